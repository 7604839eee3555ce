"""The voucher to post in the journal. An unbalanced one cannot be constructed.

Amounts are `Decimal` in the voucher's currency with two decimals, never negative: the side gives the direction.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bilag.posting.invoice import ServicePeriod

ZERO = Decimal("0.00")


class Side(StrEnum):
    """Debit or credit."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def opposite(self) -> "Side":
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class VoucherKind(StrEnum):
    """The voucher's type in the journal."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    JOURNAL = "journal"


INVOICE_KINDS = (VoucherKind.INVOICE, VoucherKind.CREDIT_NOTE)
"""Vouchers of invoices and credit notes: they bear the document's number."""


class UnbalancedError(ValueError):
    """A voucher's entries do not add up: a fault in Bilag, because the plan turns faults in data into problems."""


@dataclass(frozen=True, slots=True)
class LineAccrual:
    """An accrual the accounting system makes itself from an entry of the invoice (`Chart.line_accrual`)."""

    period: ServicePeriod
    debit_account: str
    credit_account: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a voucher: a group of invoice lines on one account.

    `units` holds organisational unit (1-12) and value, ordered by unit. `project` and `department` are Moment's
    numbers, for platforms without units; None if no dimension is chosen for them.
    """

    account: str
    side: Side
    net: Decimal
    vat: Decimal = ZERO
    vat_code: str | None = None
    text: str | None = None
    units: tuple[tuple[int, str], ...] = ()
    project: str | None = None
    department: str | None = None
    accrual: LineAccrual | None = None

    def __post_init__(self) -> None:
        for name in ("net", "vat"):
            amount: Decimal = getattr(self, name)
            if amount < 0 or amount != amount.quantize(ZERO):
                raise UnbalancedError(
                    f"{name} of account {self.account} is {amount}: it must be positive with two decimals"
                )

    @property
    def gross(self) -> Decimal:
        """Net plus VAT."""
        return self.net + self.vat

    @property
    def signed_gross(self) -> Decimal:
        """Gross, debit positive."""
        return self.gross if self.side is Side.DEBIT else -self.gross


@dataclass(frozen=True, slots=True)
class Voucher:
    """One voucher. `total` includes VAT: what the customer owes (invoice) or is owed (credit note).

    A journal has zero `total`, no customer and a number the accounting system assigns; `related_number` is its invoice,
    if any. `exchange_rate` is company currency for one unit of `currency`.
    """

    number: int
    kind: VoucherKind
    voucher_date: date
    text: str
    currency: str
    entries: tuple[Entry, ...]
    total: Decimal = ZERO
    due_date: date | None = None
    payment_id: str | None = None
    customer: str | None = None
    your_reference: str | None = None
    exchange_rate: Decimal = Decimal(1)
    credited_number: int | None = None
    related_number: int | None = None

    def __post_init__(self) -> None:
        if not self.entries:
            raise UnbalancedError(f"voucher {self.number} has no entries")
        if self.total < 0:
            raise UnbalancedError(f"voucher {self.number} has the negative total {self.total}")
        debit_of_customer = {VoucherKind.INVOICE: self.total, VoucherKind.CREDIT_NOTE: -self.total}.get(self.kind, ZERO)
        difference = debit_of_customer + sum((entry.signed_gross for entry in self.entries), ZERO)
        if difference != 0:
            raise UnbalancedError(f"voucher {self.number} is out of balance by {difference}")
