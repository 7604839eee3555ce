"""Calendar months: last days, and names in Norwegian and English."""

from calendar import monthrange
from datetime import date

_ENGLISH = "January February March April May June July August September October November December"
_NORWEGIAN = "januar februar mars april mai juni juli august september oktober november desember"
_NAMES = {"en": _ENGLISH.split(), "nb": _NORWEGIAN.split()}


def month_of(day: date) -> tuple[int, int]:
    """Return year and month, for comparison."""
    return day.year, day.month


def last_day(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def next_month(year: int, month: int) -> tuple[int, int]:
    """Return year and month of the following month."""
    return (year + 1, 1) if month == 12 else (year, month + 1)


def month_ends(first: date, last: date, limit: int) -> list[date]:
    """Return the last day of each month from `first` to `last`, stopping after `limit` + 1 months.

    Empty if `last` is before `first`.
    """
    ends: list[date] = []
    year, month = month_of(first)
    while last >= first and (year, month) <= month_of(last) and len(ends) <= limit:
        ends.append(last_day(year, month))
        if ends[-1] == date.max:  # the next month would overflow
            break
        year, month = next_month(year, month)
    return ends


def month_name(year: int, month: int, language: str) -> str:
    """Return "June 2026", in Norwegian "juni 2026"."""
    return f"{_NAMES['nb' if language == 'nb' else 'en'][month - 1]} {year}"
