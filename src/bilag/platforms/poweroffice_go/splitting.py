"""Split an amount so that the VAT that PowerOffice Go computes of its parts is the planned VAT. Pure.

Go takes gross amounts and computes the VAT of each line itself. Moment rounds the VAT of each invoice line, so that the sum of a
group may differ by some øre from the VAT of the sum. Small parts, posted as lines of their own, move the rounding.
"""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MOST_PARTS = 40
LARGEST_PART = 30
"""In øre. Longer than the step by which the VAT of any rate grows by one øre."""


def vat_within(gross: Decimal, rate: Decimal) -> Decimal:
    """Return the VAT within a gross amount, rounded half up; `rate` is percent."""
    return (gross * rate / (100 + rate)).quantize(CENT, ROUND_HALF_UP)


def split_gross(gross: Decimal, vat: Decimal, rate: Decimal) -> tuple[Decimal, ...] | None:
    """Return parts of `gross` whose VAT sums to `vat`, the main part first; None if no few equal small parts beside it do."""
    if vat_within(gross, rate) == vat:
        return (gross,)
    for count in range(1, MOST_PARTS + 1):
        for size in range(1, LARGEST_PART + 1):
            part = size * CENT
            rest = gross - count * part
            if rest > 0 and count * vat_within(part, rate) + vat_within(rest, rate) == vat:
                return (rest, *[part] * count)
    return None
