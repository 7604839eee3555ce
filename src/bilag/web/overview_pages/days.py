"""Count what was done on each day. Past days are counted once, however often the overview is read.

The figures of past days change when one of their transfers is done again: it then counts today, and no longer on its earlier
day. Today's figures, which are read every time, show that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.cache import caches
from django.db import connection

from bilag.posting.selection import OSLO

KEPT_SECONDS = 60
"""Other changes of a past day, such as recovered transfers, show after this time."""
BY_DAY = """
    select (done_at at time zone 'Europe/Oslo')::date as day, currency, grouping(currency) = 1,
        count(*), count(*) filter (where kind = 'invoice'), sum(total) filter (where kind = 'invoice'),
        percentile_cont(0.5) within group (order by extract(epoch from done_at - hinted_at))
            filter (where kind = 'invoice' and done_at >= hinted_at),
        count(*) filter (where created_at < %(begin)s), max(done_at) filter (where created_at < %(begin)s)
    from transfers_transfer where company_id = %(company)s and done_at >= %(begin)s and done_at < %(end)s
    group by grouping sets ((day), (day, currency))
"""
"""The time excludes a transfer that received a new version after it was done and is not done again."""


@dataclass(frozen=True, slots=True)
class Day:
    """The transfers done on one day in Oslo's time zone."""

    day: date
    done: int = 0
    invoices: int = 0
    seconds: float | None = None
    """Median time from webhook to posting, invoices only."""
    amounts: dict[str, Decimal] = field(default_factory=dict)
    """Total of the invoices, by currency."""

    @property
    def others(self) -> int:
        """The number of customers and projects."""
        return self.done - self.invoices


def days_since(company_id: int, first: date, today: date) -> dict[date, Day]:
    """Return each day from `first` on that anything was done on."""
    new = _read(company_id, today, None)
    cache, key = caches["process"], f"days-{company_id}-{first}-{today}-{_moved(new)}"
    earlier: dict[date, Day] | None = cache.get(key)
    if earlier is None:
        earlier = _days(_read(company_id, first, today))
        cache.set(key, earlier, KEPT_SECONDS)
    return earlier | _days(new)


def _read(company_id: int, first: date, end: date | None) -> list[tuple[Any, ...]]:
    """Return the rows of `BY_DAY` from the first day until before the last; None: until now."""
    until = midnight(end) if end is not None else "infinity"
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, {"company": company_id, "begin": midnight(first), "end": until})
        return list(cursor.fetchall())


def _moved(rows: Iterable[tuple[Any, ...]]) -> str:
    """Return how many transfers that were there before are done in these rows, and when the last of them was."""
    whole = [row for row in rows if row[2]]
    last = max((row[8] for row in whole if row[8] is not None), default=None)
    return f"{sum(row[7] for row in whole)}-{last.timestamp() if last is not None else 0}"


def _days(rows: Iterable[tuple[Any, ...]]) -> dict[date, Day]:
    """Return the rows as days."""
    found: dict[date, Day] = {}
    for day, _currency, whole, done, invoices, _total, seconds, *_ in rows:
        if whole:
            found[day] = Day(day, done, invoices, seconds)
    for day, currency, whole, _done, _invoices, total, *_ in rows:
        if not whole and total is not None:
            found[day].amounts[currency or ""] = total
    return found


def midnight(day: date) -> datetime:
    """Return the beginning of a day in Oslo."""
    return datetime.combine(day, time(), OSLO)
