"""A voucher as the journal has it, read back from the accounting system."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """One journal entry: `amount` in base currency and `currency_amount`, both signed, debit positive."""

    account: str
    amount: Decimal
    currency_amount: Decimal
    vat_code: str | None = None
    customer: str | None = None
    units: tuple[tuple[int, str], ...] = ()
    """Organisational unit and value, ordered by unit. Empty values ("0" in a whole-number unit) are left out."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted voucher. `kind` is a `VoucherKind` value, or another word if Bilag did not post it.

    `total` is signed, in `currency`: the increase of the customer's debt. `external_id` is None if Bilag did not post
    it.
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
