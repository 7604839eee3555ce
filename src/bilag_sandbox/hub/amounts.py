"""Money as whole øre, rates and percents as exact decimals; never float."""

import re
from decimal import ROUND_HALF_UP, Decimal

AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})\.[0-9]{2}")
RATE = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,8})?")


def ore(text: str) -> int:
    """Convert `"91636.75"` to 9163675."""
    return int(text.replace(".", ""))


def shown(amount: int) -> str:
    """Format øre as a decimal string with two decimals; never "-0.00"."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def rounded(value: Decimal) -> int:
    """Round to whole øre, half away from zero."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def converted(amount: int, rate: str) -> int:
    """Convert øre of a currency to øre of the base currency; `rate` is base units for one unit."""
    return rounded(Decimal(amount) * Decimal(rate))
