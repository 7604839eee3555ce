"""Calendar months: their last days, and their names in a person's language."""

from calendar import monthrange
from datetime import date

_ENGLISH = "January February March April May June July August September October November December"
_NORWEGIAN = "januar februar mars april mai juni juli august september oktober november desember"
_NAMES = {"en": _ENGLISH.split(), "nb": _NORWEGIAN.split()}


def month_of(day: date) -> tuple[int, int]:
    """Year and month, to be compared."""
    return day.year, day.month


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def next_month(year: int, month: int) -> tuple[int, int]:
    """The month after it."""
    return (year + 1, 1) if month == 12 else (year, month + 1)


def month_ends(first: date, last: date, most: int) -> list[date]:
    """The last day of each month that the days touch, at most `most` and one more; none where `last` is before `first`."""
    ends: list[date] = []
    year, month = month_of(first)
    while last >= first and (year, month) <= month_of(last) and len(ends) <= most:
        ends.append(last_day(year, month))
        if ends[-1] == date.max:  # nothing comes after it
            break
        year, month = next_month(year, month)
    return ends


def month_named(year: int, month: int, language: str) -> str:
    """ "June 2026", in Norwegian "juni 2026"."""
    return f"{_NAMES['nb' if language == 'nb' else 'en'][month - 1]} {year}"
