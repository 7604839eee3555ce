"""The thirty Norwegian standard VAT codes (SAF-T): which are for sales, and each one's rate on a given day.

Taken from Skatteetaten's Standard_Tax_Codes and the rates of mva-meldingen; tests compare the table with both. Rates
are percent. What those lists leave out (the regular rate before 2005, say) is unknown here too.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Rates = tuple[tuple[date, Decimal], ...]
"""First day and rate, oldest first; each applies until the next."""

REGULAR: Rates = ((date(2005, 1, 1), Decimal(25)),)
MIDDLE: Rates = ((date(2012, 1, 1), Decimal(15)),)
RAW_FISH: Rates = ((date(1970, 1, 1), Decimal("11.11")),)
LOW: Rates = (
    (date(2006, 1, 1), Decimal(8)),
    (date(2016, 1, 1), Decimal(10)),
    (date(2018, 1, 1), Decimal(12)),
    (date(2020, 4, 1), Decimal(6)),
    (date(2021, 10, 1), Decimal(12)),
)
NO_VAT: Rates = ((date.min, Decimal(0)),)
"""Zero-rated, outside the VAT act, or without VAT treatment."""


@dataclass(frozen=True, slots=True)
class StandardCode:
    """One standard code. `for_sales` is False for codes of purchases and imports."""

    code: str
    for_sales: bool
    rates: Rates

    def rate_on(self, day: date) -> Decimal | None:
        """Return the rate in force on `day`, in percent; None before the oldest known rate."""
        return next((rate for first, rate in reversed(self.rates) if first <= day), None)

    def rates_until(self, day: date) -> tuple[Decimal, ...]:
        """Return every rate in force on or before `day`, oldest first: those a credit note of that day may reverse."""
        return tuple(rate for first, rate in self.rates if first <= day)


def _of(rates: Rates, *codes: str, for_sales: bool = False) -> list[StandardCode]:
    return [StandardCode(code, for_sales, rates) for code in codes]


STANDARD_CODES = {
    one.code: one
    for one in [
        *_of(REGULAR, "3", for_sales=True),
        *_of(MIDDLE, "31", for_sales=True),
        *_of(RAW_FISH, "32", for_sales=True),
        *_of(LOW, "33", for_sales=True),
        *_of(NO_VAT, "5", "51", "52", "6", "7", for_sales=True),
        *_of(REGULAR, "1", "14", "21", "81", "82", "86", "87", "91", "92"),
        *_of(MIDDLE, "11", "15", "22", "83", "84"),
        *_of(RAW_FISH, "12"),
        *_of(LOW, "13", "88", "89"),
        *_of(NO_VAT, "0", "20", "85"),
    ]
}
"""All thirty, by code."""
