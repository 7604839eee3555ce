"""How voucher numbers follow from invoice numbers: by one sum, by one for each range, or by another for credit notes. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

CREDIT = "credit "
LEAST = 3
"""So many invoices must agree on a range of numbers, where another sum has more."""
LEAST_SHARE = 50
"""And one in so many."""


@dataclass(frozen=True, slots=True)
class Range:
    """Invoices from `first` to `last` (None: no limit) whose vouchers' numbers are `offset` higher."""

    offset: int
    first: int | None = None
    last: int | None = None
    credit_notes: bool = False
    """Whether it is of credit notes only. They go before the ranges of all documents."""

    def has(self, number: int) -> bool:
        """Tell whether the invoice number is in the range."""
        return (self.first is None or self.first <= number) and (self.last is None or number <= self.last)

    @property
    def spelled(self) -> str:
        """The range as one word: "100000", "100000@5151-", "credit 300000"."""
        first, last = ("" if one is None else str(one) for one in (self.first, self.last))
        limits = f"@{first}-{last}" if first or last else ""
        return f"{CREDIT if self.credit_notes else ''}{self.offset}{limits}"


@dataclass(frozen=True, slots=True)
class Seen:
    """An offset that invoices and vouchers of equal totals have: how often, and the lowest and highest invoice number."""

    credit_notes: bool
    offset: int
    count: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """The ranges of a company's voucher numbers. The ranges of all documents cover every number."""

    ranges: tuple[Range, ...] = (Range(0),)

    @classmethod
    def read(cls, spelled: str) -> Self:
        """Read what `spelled` wrote."""
        return cls(tuple(_read(one) for one in spelled.split("; "))) if spelled else cls()

    @property
    def spelled(self) -> str:
        """The ranges as text: of one sum for all, the sum alone."""
        return "; ".join(one.spelled for one in self.ranges)

    def range_of(self, number: int, *, credit_note: bool) -> Range:
        """Return the range of an invoice or credit note."""
        own = (one for one in self.ranges if one.has(number) and (credit_note or not one.credit_notes))
        return min(own, key=lambda one: not one.credit_notes, default=Range(0))

    def offset(self, number: int, *, credit_note: bool) -> int:
        """Return what the voucher's number is above the invoice's."""
        return self.range_of(number, credit_note=credit_note).offset

    def invoice_number(self, voucher_number: int, *, credit_note: bool) -> int:
        """Return the number of the invoice whose voucher has this number."""
        for one in sorted(self.ranges, key=lambda one: one.credit_notes is not credit_note):
            if one.has(voucher_number - one.offset) and (credit_note or not one.credit_notes):
                return voucher_number - one.offset
        return voucher_number


def _read(spelled: str) -> Range:
    rest = spelled.removeprefix(CREDIT)
    offset, _, limits = rest.partition("@")
    first, _, last = limits.partition("-")
    return Range(int(offset), int(first) if first else None, int(last) if last else None, rest != spelled)


def is_credit(total: Decimal) -> bool:
    """Tell whether the document is numbered as a credit note."""
    return total < 0


def ranges_seen(seen: Sequence[Seen]) -> list[Seen]:
    """Choose the ranges that most of the pairs agree on and that do not overlap, in order of number; none if most do not agree."""
    chosen: list[Seen] = []
    whole = sum(one.count for one in seen)
    for one in sorted(seen, key=lambda one: (-one.count, abs(one.offset))):
        enough = not chosen or one.count >= max(LEAST, -(-whole // LEAST_SHARE))
        apart = all(one.highest < other.lowest or one.lowest > other.highest for other in chosen)
        if enough and apart:
            chosen.append(one)
    agreed = sum(one.count for one in chosen)
    return sorted(chosen, key=lambda one: one.lowest) if 2 * agreed > whole else []


def numbering_of(general: Sequence[tuple[Seen, int]], credit_notes: Iterable[Seen]) -> Numbering:
    """Return the numbering by the ranges of all documents, each with the first invoice number of the range, and by what credit
    notes have otherwise."""
    ranges = [
        Range(
            one.offset,
            begins if place else None,
            general[place + 1][1] - 1 if place + 1 < len(general) else None,
        )
        for place, (one, begins) in enumerate(general)
    ] or [Range(0)]
    made = Numbering(tuple(ranges))
    others = list(credit_notes)
    if all(
        made.offset(number, credit_note=False) == one.offset for one in others for number in (one.lowest, one.highest)
    ):
        return made
    own = [
        Range(
            one.offset,
            one.lowest if place else None,
            others[place + 1].lowest - 1 if place + 1 < len(others) else None,
            credit_notes=True,
        )
        for place, one in enumerate(others)
    ]
    return Numbering((*ranges, *own))
