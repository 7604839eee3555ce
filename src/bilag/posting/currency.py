"""Facts about currencies: which have no decimals, and the plausible range of a rate to NOK."""

from decimal import Decimal

WITHOUT_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
"""Currencies with no minor unit (ISO 4217, minor unit 0)."""

_ONE_TO_HUNDRED = (Decimal(1), Decimal(100))
_TENTH_TO_TEN = (Decimal("0.1"), Decimal(10))
_HUNDREDTH_TO_ONE = (Decimal("0.01"), Decimal(1))
PLAUSIBLE = {
    "EUR": _ONE_TO_HUNDRED,
    "GBP": _ONE_TO_HUNDRED,
    "USD": _ONE_TO_HUNDRED,
    "DKK": _TENTH_TO_TEN,
    "SEK": _TENTH_TO_TEN,
    "ISK": _HUNDREDTH_TO_ONE,
    "JPY": _HUNDREDTH_TO_ONE,
}
"""The range of NOK for one unit.

No rate has come near a bound in fifty years. Norges Bank quotes SEK, DKK, JPY and ISK per hundred units; a rate entered
that way falls outside.
"""


def is_implausible(rate: Decimal, currency: str, base_currency: str) -> bool:
    """Tell whether `rate` is outside the plausible range of base currency for one unit of `currency`.

    Always False for a currency without a known range, and when the base currency is not NOK.
    """
    low, high = PLAUSIBLE.get(currency, (rate, rate)) if base_currency == "NOK" else (rate, rate)
    return not low <= rate <= high
