"""Compute the key figures of the overview with a few indexed queries, however many transfers there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from bilag.posting.selection import OSLO
from bilag.transfers.models import ACTIVE, Kind, PollMark, State, Transfer
from bilag.web.overview_pages.days import Day, days_since, midnight

DAYS_SHOWN = 30
OPEN_STATES = [*ACTIVE, State.NEEDS_ATTENTION, State.SKIPPED]


@dataclass
class Period:
    """Today or this month: what was done, and the state of what was received."""

    begin: datetime
    done: int = 0
    invoices: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    """Total of the posted invoices, by currency."""
    waiting: int = 0
    skipped: int = 0

    def add(self, day: Day) -> None:
        """Add what was done on a day."""
        self.done += day.done
        self.invoices += day.invoices
        sums = {**self.amounts}
        for currency, total in day.amounts.items():
            sums[currency] = sums.get(currency, Decimal(0)) + total
        self.amounts = dict(sorted(sums.items()))


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
    by_day = days_since(company_id, first, today)
    periods = Period(midnight(today)), Period(midnight(today.replace(day=1)))
    for period in periods:
        for day in sorted(by_day):
            if day >= period.begin.date():
                period.add(by_day[day])
    states = _open(company_id, *periods)
    days = [today - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]
    polls = sorted(PollMark.objects.filter(company_id=company_id), key=lambda mark: list(Kind).index(Kind(mark.kind)))
    return Figures(*periods, [by_day.get(day, Day(day)) for day in days], states, polls)


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
