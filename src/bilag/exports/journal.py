"""Read the journal of a period back from the accounting system once, and keep it on disk with its totals.

The journal is exported as the accounting system confirmed it (docs/export.md): nothing is planned or computed again. Memory
grows with its accounts, customers and projects, not with its length.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from types import TracebackType
from typing import IO

from pydantic import TypeAdapter

from bilag.companies.gateways import platform_for
from bilag.companies.setup import Setup
from bilag.exports.enrichment import known_elsewhere
from bilag.exports.entries import JournalVoucher, KnownElsewhere, of_posted
from bilag.exports.provenance import BilagVouchers
from bilag.posting.chart import Chart
from bilag.posting.posted import Posted
from bilag.posting.voucher import ZERO

TOGETHER = 500
_VOUCHER: TypeAdapter[JournalVoucher] = TypeAdapter(JournalVoucher)
Progress = Callable[[int], None]


class NothingPosted(Exception):
    """Nothing was posted in the period through Bilag; `others` is the count of other vouchers."""

    def __init__(self, others: int) -> None:
        self.others = others
        super().__init__(f"nothing posted, {others} others")


@dataclass(slots=True)
class Sums:
    """Debit and credit of an account, both positive, in the company's currency."""

    debit: Decimal = ZERO
    credit: Decimal = ZERO

    def add(self, amount: Decimal) -> None:
        if amount >= 0:
            self.debit += amount
        else:
            self.credit -= amount

    @property
    def balance(self) -> Decimal:
        """The balance, debit positive."""
        return self.debit - self.credit


@dataclass
class Journal:
    """The vouchers of a period, readable any number of times. Close it to delete its file."""

    setup: Setup
    chart: Chart
    first: date
    last: date
    whole: bool
    """Whether it includes vouchers that did not come through Bilag."""
    vouchers_count: int = 0
    entries_count: int = 0
    others: int = 0
    """Vouchers of the period that were left out."""
    total: Sums = field(default_factory=Sums)
    accounts: dict[str, Sums] = field(default_factory=dict)
    customers: dict[str, dict[str, Sums]] = field(default_factory=dict)
    """Totals by customer and account."""
    vat_codes: set[str] = field(default_factory=set)
    vat: dict[str, Decimal] = field(default_factory=dict)
    """VAT by code."""
    projects: set[str] = field(default_factory=set)
    departments: set[str] = field(default_factory=set)
    currencies: set[str] = field(default_factory=set)
    earliest: date | None = None
    file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    @property
    def base_currency(self) -> str:
        return self.chart.base_currency

    def vouchers(self) -> Iterator[JournalVoucher]:
        """Yield all vouchers, in the accounting system's order."""
        self.file.seek(0)
        for line in self.file:
            yield _VOUCHER.validate_json(line)

    def add(self, voucher: JournalVoucher) -> None:
        """Store the voucher and add it to the totals."""
        self.file.write(_VOUCHER.dump_json(voucher) + b"\n")
        self.vouchers_count += 1
        self.currencies.add(voucher.currency)
        self.earliest = min(self.earliest or voucher.voucher_date, voucher.voucher_date)
        for entry in voucher.entries:
            self.entries_count += 1
            self.total.add(entry.amount)
            self.accounts.setdefault(entry.account, Sums()).add(entry.amount)
            if entry.customer:
                self.customers.setdefault(entry.customer, {}).setdefault(entry.account, Sums()).add(entry.amount)
            if entry.vat_code:
                self.vat_codes.add(entry.vat_code)
            if entry.vat_code and entry.of_vat:
                self.vat[entry.vat_code] = self.vat.get(entry.vat_code, ZERO) + entry.amount
            if entry.project:
                self.projects.add(entry.project)
            if entry.department:
                self.departments.add(entry.department)

    def name_of(self, account: str) -> str | None:
        """Return the account's name in the accounting system."""
        known = self.chart.accounts.get(account)
        return known.name if known is not None else None

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read_journal(
    setup: Setup, first: date, last: date, *, whole: bool = False, progress: Progress = lambda _count: None
) -> Journal:
    """Read the vouchers posted through Bilag with a posting date in these days, both included; `whole`: also all others.

    Raises the platform's errors, `NothingPosted`, and `OutOfBalance` for a voucher that does not sum to zero.
    """
    platform = platform_for(setup)
    journal = Journal(setup, platform.chart(), first, last, whole)
    try:
        bilag_vouchers, read = BilagVouchers(setup), 0
        vouchers = platform.list_vouchers(first, last)
        while some := list(islice(vouchers, TOGETHER)):
            _keep(journal, bilag_vouchers, some)
            read += len(some)
            progress(read)
        if not journal.vouchers_count:
            raise NothingPosted(journal.others)
    except BaseException:
        journal.close()
        raise
    return journal


def _keep(journal: Journal, bilag_vouchers: BilagVouchers, some: list[Posted]) -> None:
    taken = [one for one, mine in zip(some, bilag_vouchers.contains(some), strict=True) if mine or journal.whole]
    journal.others += len(some) - len(taken)
    setup = journal.setup
    elsewhere = known_elsewhere(setup, taken)
    for place, one in enumerate(taken):
        known = elsewhere.get(place, KnownElsewhere())
        journal.add(of_posted(one, journal.base_currency, setup.dimensions, journal.chart, known))
