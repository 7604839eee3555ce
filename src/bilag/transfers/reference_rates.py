"""Reference rates of the European Central Bank, as the package currencyconverter ships them. Nothing is downloaded.

They are as new as the installed package (`newest_day`): `uv lock --upgrade-package currencyconverter` brings newer ones.
"""

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from currency_converter import CurrencyConverter, RateNotFoundError

from bilag.posting.exchange_rates import ReferenceRate

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=1)
def _published() -> CurrencyConverter:
    """Load the rates once in each process that needs a foreign one: it takes a fifth of a second.

    As floats, which take a third of the memory; rates are compared only within a quarter.
    """
    return CurrencyConverter()


def newest_day() -> date:
    """Return the last day for which there are rates."""
    newest: date = _published().bounds["EUR"].last_date
    return newest


@lru_cache(maxsize=10_000)
def reference_rate(currency: str, base_currency: str, day: date) -> ReferenceRate | None:
    """Return the newest rate on or before the day, base currency for one unit.

    None for a currency that the bank does not publish, and for a day before its first rate.
    """
    published = _published()
    if not {currency, base_currency} <= published.currencies:
        return None
    bounds = [published.bounds[one] for one in (currency, base_currency)]
    at = min(day, *(one.last_date for one in bounds))
    first = max(one.first_date for one in bounds)
    while at >= first:
        try:
            return ReferenceRate(Decimal(str(published.convert(1, currency, base_currency, at))), at)
        except RateNotFoundError:  # no rate is published on weekends and holidays
            at -= ONE_DAY
    return None
