"""Split an amount so that the VAT that PowerOffice Go computes of its parts is the planned VAT. Pure.

Go takes gross amounts and computes the VAT of each line itself. Moment rounds the VAT of each invoice line, so that the sum of a
group may differ by some øre from the VAT of the sum. A small part, booked as a line of its own, moves the rounding.
"""

from decimal import ROUND_HALF_UP, Decimal

from bilag.posting.voucher import ZERO

CENT = Decimal("0.01")
MOST_PARTS = 40
LARGEST_PART = 30
"""In øre. Longer than the step by which the VAT of any rate grows by one øre."""


def vat_within(gross: Decimal, rate: Decimal) -> Decimal:
    """Return the VAT within a gross amount, rounded half up; `rate` is percent."""
    return (gross * rate / (100 + rate)).quantize(CENT, ROUND_HALF_UP)


def split_gross(gross: Decimal, vat: Decimal, rate: Decimal) -> tuple[Decimal, ...] | None:
    """Return parts of `gross` whose VAT sums to `vat`, the main part first; None if no few parts do."""
    parts: list[Decimal] = []
    rest, wrong = gross, vat - vat_within(gross, rate)
    while wrong:
        step = CENT if wrong > 0 else -CENT
        part = next((one for one in _candidates(rest) if _shift(rest, one, rate) == step), None)
        if part is None or len(parts) == MOST_PARTS:
            return None
        parts.append(part)
        rest, wrong = rest - part, wrong - step
    return (rest, *parts) if rest else None if gross else (ZERO,)


def _candidates(rest: Decimal) -> list[Decimal]:
    return [part for n in range(1, LARGEST_PART + 1) if (part := n * CENT) < rest]


def _shift(rest: Decimal, part: Decimal, rate: Decimal) -> Decimal:
    return vat_within(part, rate) + vat_within(rest - part, rate) - vat_within(rest, rate)
