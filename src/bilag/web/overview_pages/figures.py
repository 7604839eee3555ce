"""Compute the key figures of the overview with a few indexed queries, however many transfers there are."""

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
"""Leaves out a transfer of which a new version was received after it was done, and is not done yet."""


@dataclass(frozen=True, slots=True)
class Day:
    """The transfers done on one day in Oslo's time zone."""

    day: date
    done: int = 0
    invoices: int = 0
    seconds: float | None = None
    """Median time from webhook to posting, invoices only."""

    @property
    def others(self) -> int:
        """The number of customers and projects."""
        return self.done - self.invoices


@dataclass
class Period:
    """Today or this month: what was done, and the current state of what was received."""

    begin: datetime
    done: int = 0
    invoices: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    """Total of the posted invoices, by currency."""
    waiting: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """All key figures. `states` counts transfers that are not done, whenever they were received."""

    today: Period
    month: Period
    days: list[Day]
    states: Mapping[str, int]
    polls: list[PollMark]

    @property
    def under_way(self) -> int:
        """The number of transfers that Bilag is working on."""
        return sum(self.states.get(state, 0) for state in ACTIVE)


def figures(company_id: int, now: datetime) -> Figures:
    """Return the figures at a time. Days and months are in Oslo's time zone."""
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
    """Return what was done on each day since `first`."""
    with connection.cursor() as cursor:
        cursor.execute(DONE_BY_DAY, [company_id, _midnight(first)])
        return {row[0]: Day(*row) for row in cursor.fetchall()}


def _amounts(company_id: int, today: Period, month: Period) -> None:
    """Add the totals of posted invoices to both periods."""
    posted = Transfer.objects.filter(company_id=company_id, kind=Kind.INVOICE, done_at__gte=month.begin)
    sums = posted.values("currency").annotate(
        in_month=Sum("total"), today=Sum("total", filter=Q(done_at__gte=today.begin))
    )
    for row in sums.order_by("currency"):
        for period, total in ((month, row["in_month"]), (today, row["today"])):
            if total is not None:
                period.amounts[row["currency"] or ""] = total


def _open(company_id: int, today: Period, month: Period) -> dict[str, int]:
    """Count transfers that are not done by state, and add the counts of those received in each period to it."""
    rows: Any = Transfer.objects.filter(company_id=company_id, state__in=OPEN_STATES).values("state")
    rows = rows.annotate(
        count=Count("id"),
        received_today=Count("id", filter=Q(hinted_at__gte=today.begin)),
        received_in_month=Count("id", filter=Q(hinted_at__gte=month.begin)),
    )
    states: dict[str, int] = {}
    for row in rows.order_by("state"):
        states[row["state"]] = row["count"]
        name = "skipped" if row["state"] == State.SKIPPED else "waiting"
        setattr(today, name, getattr(today, name) + row["received_today"])
        setattr(month, name, getattr(month, name) + row["received_in_month"])
    return states


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OSLO)
