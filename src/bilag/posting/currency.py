"""What is known of currencies: which have no decimals, and what a rate to NOK can possibly be."""

from decimal import Decimal

WITHOUT_DECIMALS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
"""Currencies whose smallest coin is one (ISO 4217, minor unit 0)."""

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
"""NOK for one unit lies between these. No rate has come near a bound in fifty years, and one that is a hundred times too
high or too low lies outside: Norges Bank tells SEK, DKK, JPY and ISK for a hundred units."""


def is_implausible(rate: Decimal, currency: str, base_currency: str) -> bool:
    """Whether `rate` cannot be the company's currency for one unit of `currency`. Of most currencies it is not known."""
    low, high = PLAUSIBLE.get(currency, (rate, rate)) if base_currency == "NOK" else (rate, rate)
    return not low <= rate <= high
