"""The figures of the overview: a handful of queries over indexes, however many transfers there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum

from bilag.posting.selection import OSLO
from bilag.transfers.models import ACTIVE, Kind, PollMark, State, Transfer

DAYS_SHOWN = 30
OPEN_STATES = [*ACTIVE, State.NEEDS_ATTENTION, State.SKIPPED]
DONE_BY_DAY = """
    select (done_at at time zone 'Europe/Oslo')::date, count(*), count(*) filter (where kind = 'invoice'),
           percentile_cont(0.5) within group (order by extract(epoch from done_at - hinted_at))
               filter (where kind = 'invoice' and done_at >= hinted_at)
    from transfers_transfer where company_id = %s and done_at >= %s group by 1
"""
"""A transfer that was hinted at again after it was done has lost the time of its first hint: it is not measured."""


@dataclass(frozen=True, slots=True)
class Day:
    """What was done on one day in Oslo."""

    day: date
    done: int = 0
    invoices: int = 0
    seconds: float | None = None
    """Median from the hint to the posting, of the invoices."""

    @property
    def others(self) -> int:
        """Customers and projects."""
        return self.done - self.invoices


@dataclass
class Period:
    """Today or this month: what was done in it, and how what came in it stands now."""

    begin: datetime
    done: int = 0
    invoices: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    """Sum of the invoices that were posted, by currency."""
    waiting: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it. `states` counts what is not done, whenever it came."""

    today: Period
    month: Period
    days: list[Day]
    states: Mapping[str, int]
    polls: list[PollMark]

    @property
    def under_way(self) -> int:
        """What goes on by itself."""
        return sum(self.states.get(state, 0) for state in ACTIVE)


def figures(company_id: int, now: datetime) -> Figures:
    """The figures at a time. Days and months are Oslo's."""
    today = now.astimezone(OSLO).date()
    first = min(today - timedelta(days=DAYS_SHOWN - 1), today.replace(day=1))
    by_day = _done_by_day(company_id, first)
    periods = Period(_midnight(today)), Period(_midnight(today.replace(day=1)))
    for period in periods:
        for one in by_day.values():
            if one.day >= period.begin.date():
                period.done += one.done
                period.invoices += one.invoices
    _amounts(company_id, *periods)
    states = _open(company_id, *periods)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]
    polls = sorted(PollMark.objects.filter(company_id=company_id), key=lambda mark: list(Kind).index(Kind(mark.kind)))
    return Figures(*periods, [by_day.get(day, Day(day)) for day in days], states, polls)


def _done_by_day(company_id: int, first: date) -> dict[date, Day]:
    with connection.cursor() as cursor:
        cursor.execute(DONE_BY_DAY, [company_id, _midnight(first)])
        return {row[0]: Day(*row) for row in cursor.fetchall()}


def _amounts(company_id: int, today: Period, month: Period) -> None:
    posted = Transfer.objects.filter(company_id=company_id, kind=Kind.INVOICE, done_at__gte=month.begin)
    sums = posted.values("currency").annotate(
        in_month=Sum("total"), today=Sum("total", filter=Q(done_at__gte=today.begin))
    )
    for row in sums.order_by("currency"):
        for period, total in ((month, row["in_month"]), (today, row["today"])):
            if total is not None:
                period.amounts[row["currency"] or ""] = total


def _open(company_id: int, today: Period, month: Period) -> dict[str, int]:
    """Counts of what is not done by state; what of it came in each period is written there."""
    rows: Any = Transfer.objects.filter(company_id=company_id, state__in=OPEN_STATES).values("state")
    rows = rows.annotate(
        count=Count("id"),
        came_today=Count("id", filter=Q(hinted_at__gte=today.begin)),
        came_in_month=Count("id", filter=Q(hinted_at__gte=month.begin)),
    )
    states: dict[str, int] = {}
    for row in rows.order_by("state"):
        states[row["state"]] = row["count"]
        name = "skipped" if row["state"] == State.SKIPPED else "waiting"
        setattr(today, name, getattr(today, name) + row["came_today"])
        setattr(month, name, getattr(month, name) + row["came_in_month"])
    return states


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OSLO)
