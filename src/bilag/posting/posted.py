"""A voucher as the journal has it, read back from the accounting system."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bilag.posting.voucher import Voucher, VoucherKind


class Unread(StrEnum):
    """Stands for a field that the platform cannot store, so that nothing was read. It is not compared.

    Each platform declares such fields (`Capabilities.not_carried`), and the conformance kit allows no others.
    """

    UNREAD = "(not read)"


UNREAD: Final = Unread.UNREAD
CARRIED = (
    "number", "due_date", "payment_id", "your_reference", "credited_number", "text", "value_date", "entry_text", "units",
)  # fmt: skip
"""The fields that a platform either reads back or declares. `number` is the document's own number as the voucher's;
`entry_text` is the text of each entry, and `units` are its organisational units."""
MARKED = ("number", "due_date", "payment_id", "units")
"""Those fields that cannot hold `UNREAD`: they are named in `Posted.not_read`."""


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
    text: str | Unread | None = UNREAD
    due_date: date | Unread | None = UNREAD
    """Of a customer's entry, where the accounting system keeps it beside the voucher's."""
    payment_id: str | Unread | None = UNREAD
    """Likewise: incoming payments are matched by it."""
    value_date: date | Unread | None = UNREAD


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
    your_reference: str | Unread | None = UNREAD
    credited_number: int | Unread | None = UNREAD
    text: str | Unread | None = UNREAD
    value_date: date | Unread | None = UNREAD
    """The date that decides the accounting period."""
    not_read: frozenset[str] = frozenset()
    """Names of `MARKED` that the platform cannot carry. Where `number` is one of them, `number` is the accounting system's own.
    """

    @property
    def unread(self) -> frozenset[str]:
        """The names of the `CARRIED` fields that could not be read."""
        fields = [name for name in CARRIED if getattr(self, name, None) == UNREAD]
        texts = ["entry_text"] if any(entry.text == UNREAD for entry in self.entries) else []
        return self.not_read | {*fields, *texts}


def left_behind(voucher: Voucher, not_carried: frozenset[str]) -> tuple[str, ...]:
    """Return the names of `CARRIED` that the voucher has something in, and that do not reach the journal (`not_carried`)."""
    entries = voucher.entries
    filled = {
        "number": voucher.kind is not VoucherKind.JOURNAL,
        "due_date": voucher.due_date is not None,
        "payment_id": bool(voucher.payment_id),
        "your_reference": bool(voucher.your_reference),
        "credited_number": voucher.credited_number is not None,
        "text": bool(voucher.text),
        "entry_text": any(entry.text for entry in entries),
        "units": any(entry.units for entry in entries),
    }
    return tuple(name for name in CARRIED if name in not_carried and filled.get(name))
