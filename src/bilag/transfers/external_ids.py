"""External ids of vouchers: computed from the company and the document, so that a second try finds the first."""

import re
from datetime import date

from bilag.companies.setup import Setup
from bilag.moment.source import canonical_company
from bilag.transfers.canonical_json import digest

LONGEST = 19
PLAIN = re.compile(r"[0-9A-Za-z._-]{1,50}")
"""An external id that the hub (contracts/azets-hub.openapi.yaml) and Tryton accept unchanged."""


def external_id(setup: Setup, number: int) -> str:
    """The external id of an invoice: company and number, nothing else (contracts/decisions.md)."""
    return f"{_invoices_of(setup)}{number}"


def invoice_of(setup: Setup, external_id: str) -> int | None:
    """The number of the invoice that Bilag gave this external id; None for an id that is not of this company's invoices."""
    prefix = _invoices_of(setup)
    number = external_id.removeprefix(prefix)
    is_ours = external_id.startswith(prefix) and number.isascii() and number.isdecimal() and len(number) < LONGEST
    return int(number) if is_ours else None


def _invoices_of(setup: Setup) -> str:
    return f"moment-{canonical_company(setup.moment.company_id)}-invoice-"


def accrued_external_id(setup: Setup, month: date, project: str, sequence: int) -> str:
    """The external id of an amount of accrued income: company, month, project and sequence, or
    their digest when that is no valid id."""
    company = canonical_company(setup.moment.company_id)
    told = f"moment-{company}-accrued-{month:%Y%m}-{project}-{sequence}"
    if PLAIN.fullmatch(told):
        return told
    return f"moment-acc-{digest([company, month, project, sequence])[:32]}"
