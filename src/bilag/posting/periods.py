"""Periods that a person asks for: from a first to a last day, both included. Pure."""

from datetime import date

from bilag.posting.months import last_day

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Days outside this range are typing errors. The range leaves room for reading before and after a period."""
LONGEST_DAYS = 3660

Period = tuple[date, date]


class NotAPeriod(ValueError):
    """The days are no period. The text says why, in English."""


def period(first: date, last: date) -> Period:
    """Return the period. Raises `NotAPeriod` if it ends before it begins, or is too long, too early or too late."""
    if last < first:
        raise NotAPeriod(f"{last} is before {first}")
    if (last - first).days > LONGEST_DAYS:
        raise NotAPeriod("the period is longer than ten years")
    if first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise NotAPeriod(f"give a period between {FIRST_YEAR} and {LAST_YEAR}")
    return first, last


def month_period(day: date) -> Period:
    """Return the month of the day. Raises `NotAPeriod`."""
    return period(day.replace(day=1), last_day(day.year, day.month))


def parsed_period(first: str, last: str) -> Period:
    """Return the period of two days written as 2026-11-01. Raises `NotAPeriod`."""
    return period(_day(first), _day(last))


def parsed_month(month: str) -> Period:
    """Return the period of a month written as 2026-11. Raises `NotAPeriod`."""
    return month_period(_day(f"{month}-01"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotAPeriod(f"{text!r} is not a date") from error
