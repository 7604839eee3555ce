"""Money and rates as the hub keeps them: whole øre, and exact decimals for rates and percents. Never float."""

import re
from decimal import ROUND_HALF_UP, Decimal

AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})\.[0-9]{2}")
RATE = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,8})?")


def ore(text: str) -> int:
    """`"91636.75"` as 9163675."""
    return int(text.replace(".", ""))


def shown(amount: int) -> str:
    """Øre as a decimal string with two decimals; never "-0.00"."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def rounded(value: Decimal) -> int:
    """To whole øre, half away from zero."""
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def converted(amount: int, rate: str) -> int:
    """Øre of a currency in øre of the base currency, at base units for one unit of the currency."""
    return rounded(Decimal(amount) * Decimal(rate))
