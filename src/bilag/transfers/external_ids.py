"""External ids of vouchers: computed from the company and the document, so that a second try finds the first."""

import re
from datetime import date

from bilag.companies.setup import Setup
from bilag.transfers.canonical_json import digest

PLAIN = re.compile(r"[0-9A-Za-z._-]{1,50}")
"""An external id that the hub (contracts/azets-hub.openapi.yaml) and Tryton accept unchanged."""


def external_id(setup: Setup, number: int) -> str:
    """The external id of an invoice: company and number, nothing else (contracts/decisions.md)."""
    return f"moment-{setup.moment.company_id}-invoice-{number}"


def accrued_external_id(setup: Setup, month: date, project: str, sequence: int) -> str:
    """The external id of an amount of accrued income: company, month, project and sequence, or
    their digest when that is no valid id."""
    company = setup.moment.company_id
    told = f"moment-{company}-accrued-{month:%Y%m}-{project}-{sequence}"
    if PLAIN.fullmatch(told):
        return told
    return f"moment-acc-{digest([company, month, project, sequence])[:32]}"
