"""A company in the database whose two systems do not exist: for tests that never talk to them."""

from collections.abc import Mapping
from typing import Any

NOWHERE = "http://127.0.0.1:9"


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
            "platform": {"kind": "azets", "azets": {"base_url": f"{NOWHERE}/v1"}},
        },
        secrets={"moment.api_key": "a-key-of-moment"} if secrets is None else secrets,
    )
    return Company.objects.get(pk=save_setup(file, origin="test").company_id)
