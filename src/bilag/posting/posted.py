"""A voucher as it stands in the journal, read back from the accounting system."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """One entry of the journal: `amount` in base currency and `currency_amount`, both signed, debit positive."""

    account: str
    amount: Decimal
    currency_amount: Decimal
    vat_code: str | None = None
    customer: str | None = None
    units: tuple[tuple[int, str], ...] = ()
    """Organisational unit and value, in order of unit; units without value ("0" in whole-number units) left out."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted voucher. `kind` is a `VoucherKind` value, or another word for what did not come from Bilag.

    `total` is signed, in `currency`: what the customer owes more. `external_id` None: it did not come from here.
    """

    number: int
    kind: str
    journal_number: int | None
    external_id: str | None
    voucher_date: date
    currency: str
    entries: tuple[PostedEntry, ...]
    due_date: date | None = None
    payment_id: str | None = None
    customer: str | None = None
    total: Decimal | None = None
    related_number: int | None = None
    batch_number: int | None = None
