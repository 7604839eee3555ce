"""External ids of vouchers: computed from the company and the document, so that a second try finds the first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bilag.companies.setup import Setup
from bilag.moment.source import canonical_company
from bilag.posting.posted import Posted
from bilag.transfers.canonical_json import digest

LONGEST = 19
DIGESTED = "moment-acc-"
ACCRUED = re.compile(r"([0-9]{4})(0[1-9]|1[0-2])-(.+)-([1-9][0-9]{0,8})")
MOST_SEQUENCES = 30
"""Amounts of one project and month that are tried to read a digest."""
PLAIN = re.compile(r"[0-9A-Za-z._-]{1,50}")
"""An external id that the hub (contracts/azets-hub.openapi.yaml) and Tryton accept unchanged."""


def external_id(setup: Setup, number: int) -> str:
    """Return the external id of an invoice: company and number, nothing else (contracts/decisions.md)."""
    return f"{_invoices_of(setup)}{number}"


def document_key(setup: Setup, document_id: int) -> str:
    """Return the permanent key of an invoice's document in Moment, by which it is attached once."""
    return f"{_company_of(setup)}-attachment-{document_id}"


def invoice_of(setup: Setup, external_id: str) -> int | None:
    """Return the number of the invoice that Bilag gave this external id; None for an id that is not of this company's invoices."""
    prefix = _invoices_of(setup)
    number = external_id.removeprefix(prefix)
    is_ours = external_id.startswith(prefix) and number.isascii() and number.isdecimal() and len(number) < LONGEST
    return int(number) if is_ours else None


def with_document_number(setup: Setup, posted: Posted) -> Posted | None:
    """Return the voucher with its document's number, by the external id, if the accounting system numbers vouchers itself
    (`Posted.not_read`). None: it belongs to no invoice of this company, or its document is unknown.
    """
    if "number" not in posted.not_read:
        return posted
    number = invoice_of(setup, posted.external_id or "")
    return replace(posted, number=number) if number is not None else None


def _invoices_of(setup: Setup) -> str:
    return f"{_company_of(setup)}-invoice-"


def _company_of(setup: Setup) -> str:
    return f"moment-{canonical_company(setup.moment.company_id)}"


@dataclass(frozen=True, slots=True)
class AccruedName:
    """The meaning of an external id of accrued income."""

    month: date
    project: str
    sequence: int

    @property
    def number(self) -> str:
        """The number of its transfer."""
        return f"{self.month:%Y-%m}:{self.project}:{self.sequence}"


class AccruedNames:
    """Reads external ids of accrued income. A digest can be read only for the known `projects`."""

    def __init__(self, setup: Setup, projects: Iterable[str]) -> None:
        self._setup, self._projects = setup, tuple(projects)
        self._digests: dict[date, dict[str, AccruedName]] = {}

    def is_ours(self, external_id: str) -> bool:
        """Return whether Bilag gave, or may have given, this external id to accrued income of this company."""
        return external_id.startswith((f"{_company_of(self._setup)}-accrued-", DIGESTED))

    def read(self, external_id: str, day: date) -> AccruedName | None:
        """Return its meaning; `day` is the voucher's date, on the month's last day or the day after. None: unreadable."""
        plain = external_id.removeprefix(f"{_company_of(self._setup)}-accrued-")
        told = ACCRUED.fullmatch(plain) if plain != external_id else None
        if told is not None:
            return AccruedName(date(int(told[1]), int(told[2]), 1), told[3], int(told[4]))
        months = {day.replace(day=1), (day - timedelta(days=1)).replace(day=1)}
        return next((name for month in months if (name := self._of(month).get(external_id)) is not None), None)

    def _of(self, month: date) -> dict[str, AccruedName]:
        if month not in self._digests:
            names = (AccruedName(month, one, n) for one in self._projects for n in range(1, MOST_SEQUENCES + 1))
            self._digests[month] = {
                accrued_external_id(self._setup, month, name.project, name.sequence): name for name in names
            }
        return self._digests[month]


def accrued_external_id(setup: Setup, month: date, project: str, sequence: int) -> str:
    """Return the external id of an amount of accrued income: company, month, project and sequence, or
    their digest when that is no valid id."""
    company = canonical_company(setup.moment.company_id)
    told = f"{_company_of(setup)}-accrued-{month:%Y%m}-{project}-{sequence}"
    if PLAIN.fullmatch(told):
        return told
    return f"{DIGESTED}{digest([company, month, project, sequence])[:32]}"
