"""A company's stored setup with some settings changed, as a valid company file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bilag.companies import store
from bilag.companies.file import CompanyFile, parse_company_file
from bilag.companies.models import Company

DAYS = ("export.invoices_from", "expenses.from_date")
OF_COMPANY = ("slug", "name", "organisation_number", "language")


def amended(company: Company, changes: Mapping[str, Any]) -> CompanyFile:
    """Return the company's file with the changes: new values by dotted name, None removes a setting. Nothing is stored.

    Raises `CompanyFileError` if the result is not valid.
    """
    _version, settings, secrets = store.stored(company.pk)
    values = {**store.flat(settings), **secrets, **changes}
    document: dict[str, Any] = {"company": {name: getattr(company, name) for name in OF_COMPANY}}
    document["company"] = {name: value for name, value in document["company"].items() if value is not None}
    for dotted, value in values.items():
        if value is None:
            continue
        *path, key = dotted.split(".")
        place = document
        for part in path:
            place = place.setdefault(part, {})
        place[key] = date.fromisoformat(value) if dotted in DAYS and isinstance(value, str) else value
    return parse_company_file(document, None)
