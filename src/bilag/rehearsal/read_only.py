"""Moment and accounting, of which only reading is left: everything else is refused, whatever its name is.

The lists say what may be called. A method that a platform or Moment's client gets later is refused until somebody adds it here.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol, cast

from bilag.moment.client import MomentClient
from bilag.moment.expense import Expense
from bilag.moment.unreadable import UnreadableInvoice
from bilag.moment.wire import FinancialAccountWire
from bilag.platforms.base import AccountingPlatform, Capabilities, PostedPage
from bilag.posting.chart import Chart
from bilag.posting.invoice import Invoice
from bilag.posting.master import Customer
from bilag.posting.posted import Posted

READ_OF_PLATFORM = frozenset({"capabilities", "chart", "list_vouchers", "list_posted_lines"})
READ_OF_MOMENT = frozenset({"finalised_invoices", "invoice_by_number", "financial_accounts", "customer"})
READ_OF_EXPENSES = frozenset({"recent"})


class WriteRefused(Exception):
    """A rehearsal tried to call what is not on its list of readings: a fault in Bilag."""


class ReadingPlatform(Protocol):
    """What a rehearsal may do in accounting. See `AccountingPlatform`."""

    capabilities: Capabilities

    def chart(self, *, fresh: bool = False) -> Chart:
        """Return accounts, VAT codes, periods, units and limits."""
        ...

    def list_vouchers(self, first: date, last: date) -> Iterator[Posted]:
        """Yield every voucher in the journal dated from `first` to `last`."""
        ...

    def list_posted_lines(
        self, report: str, *, after: str | None = None, first: date | None = None
    ) -> Iterator[PostedPage]:
        """Yield the pages of a report's posted lines."""
        ...


class ReadingExpenses(Protocol):
    """What a rehearsal may do with Moment's project expenses."""

    def recent(self, first: date) -> Iterator[Expense]:
        """Yield the expenses dated on or after the day."""
        ...


class ReadingMoment(Protocol):
    """What a rehearsal may do in Moment. See `MomentClient`."""

    expenses: ReadingExpenses

    def finalised_invoices(self, changed_from: date | None) -> Iterator[Invoice | UnreadableInvoice]:
        """Yield each finalised invoice changed on or after the day."""
        ...

    def invoice_by_number(self, number: int) -> Invoice | None:
        """Fetch the invoice with this number."""
        ...

    def financial_accounts(self) -> list[FinancialAccountWire]:
        """List Moment's accounts in the category sales."""
        ...

    def customer(self, moment_id: int) -> Customer | None:
        """Fetch a customer."""
        ...


class ReadOnly:
    """Another object with the named attributes only. Raises `WriteRefused` for every other one, and when one is set."""

    __slots__ = ("__allowed", "__object")

    def __init__(self, of: object, allowed: frozenset[str]) -> None:
        object.__setattr__(self, "_ReadOnly__object", of)
        object.__setattr__(self, "_ReadOnly__allowed", allowed)

    def __getattr__(self, name: str) -> Any:
        if name not in self.__allowed:
            raise WriteRefused(name)
        return getattr(self.__object, name)

    def __setattr__(self, name: str, value: object) -> None:
        raise WriteRefused(name)

    def __repr__(self) -> str:
        return "ReadOnly()"


class _ReadOnlyMoment(ReadOnly):
    __slots__ = ("expenses",)

    def __init__(self, moment: MomentClient) -> None:
        super().__init__(moment, READ_OF_MOMENT)
        object.__setattr__(self, "expenses", ReadOnly(moment.expenses, READ_OF_EXPENSES))


def read_only_platform(platform: AccountingPlatform) -> ReadingPlatform:
    """Return the platform without anything that writes."""
    return cast(ReadingPlatform, ReadOnly(platform, READ_OF_PLATFORM))


def read_only_moment(moment: MomentClient) -> ReadingMoment:
    """Return Moment's client without anything that writes."""
    return cast(ReadingMoment, _ReadOnlyMoment(moment))
