"""A company in the database whose two systems do not exist: for tests that never talk to them."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

NOWHERE = "http://127.0.0.1:9"


def client_of(slug: str) -> dict[str, str]:
    """A client in accounting that no other company has."""
    return {"source_client_id": str(crc32(slug.encode()) % 10**8), "parent_client_id": "S1"}


def bare_company(
    slug: str = "fjell",
    *,
    name: str = "Fjell Arkitekter AS",
    moment_company: str = "1",
    secrets: Mapping[str, str] | None = None,
) -> Any:
    """Save the company with the smallest setup, and return its row."""
    from bilag.companies.file import CompanyFile
    from bilag.companies.models import Company
    from bilag.transfers.activation.save_setup import save_setup

    file = CompanyFile(
        slug=slug,
        live=False,
        company_values={"name": name, "language": "nb", "organisation_number": None},
        settings={
            "moment": {"base_url": NOWHERE, "company_id": moment_company},
            "platform": {"kind": "azets", "azets": {"base_url": f"{NOWHERE}/v1", **client_of(slug)}},
        },
        secrets={"moment.api_key": "a-key-of-moment"} if secrets is None else secrets,
    )
    return Company.objects.get(pk=save_setup(file, origin="test").company_id)
