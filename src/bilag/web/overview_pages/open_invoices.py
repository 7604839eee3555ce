"""Read the unfinished invoices: by the day they were received, and those waiting for a system that does not answer."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from bilag.companies.setup import Setup
from bilag.messages import entry_of
from bilag.transfers.models import ACTIVE, State
from bilag.web import labels
from bilag.web.overview_pages.days import midnight

BY_DAY = """
    select (hinted_at at time zone 'Europe/Oslo')::date, state = 'needs_attention', currency, count(*), sum(total)
    from transfers_transfer
    where company_id = %(company)s and state = any(%(states)s) and kind = 'invoice' and hinted_at >= %(begin)s
    group by 1, 2, 3
"""
UNANSWERED = """
    select problems #>> '{0,code}', count(*), min(failing_since)
    from transfers_transfer
    where company_id = %(company)s and state = any(%(states)s) and failing_since is not null and problems <> '[]'
    group by 1
"""


@dataclass(slots=True)
class Open:
    """Invoices received on one day that are not done: how many, and their totals by currency."""

    count: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, count: int, currency: str | None, total: Decimal | None) -> None:
        """Add the invoices of one currency. The total of an unreadable invoice is unknown."""
        self.count += count
        if currency and total is not None:
            self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + total


@dataclass(frozen=True, slots=True)
class Outage:
    """A system that does not answer: its name, since when, and how many transfers wait for it."""

    system: str
    since: datetime
    waiting: int


def open_by_day(company_id: int, first: date) -> tuple[dict[date, Open], dict[date, Open]]:
    """Return the invoices received since `first` that are under way, and those that need attention, by Oslo's day."""
    under_way: dict[date, Open] = {}
    attention: dict[date, Open] = {}
    states = [*ACTIVE, State.NEEDS_ATTENTION]
    with connection.cursor() as cursor:
        cursor.execute(BY_DAY, {"company": company_id, "states": states, "begin": midnight(first)})
        for day, needs_attention, currency, count, total in cursor.fetchall():
            (attention if needs_attention else under_way).setdefault(day, Open()).add(count, currency, total)
    return under_way, attention


def _is_silence(code: str) -> bool:
    """Return whether the problem is that another system does not answer. A limit of our own machine is not that."""
    entry = entry_of(code)
    return entry.problem_class == "transient" and entry.who != "bilag"


def outages(setup: Setup) -> list[Outage]:
    """Return the systems that transfers wait for, the one with the most first."""
    found: dict[str, Outage] = {}
    with connection.cursor() as cursor:
        cursor.execute(UNANSWERED, {"company": setup.company_id, "states": [State.WAITING, State.IN_DOUBT]})
        for code, count, since in cursor.fetchall():
            if code is None or not _is_silence(code):
                continue
            system = labels.system_name("moment" if code.startswith("moment_") else setup.platform_kind)
            earlier = found.get(system)
            if earlier is not None:
                since, count = min(since, earlier.since), count + earlier.waiting
            found[system] = Outage(system, since, count)
    return sorted(found.values(), key=lambda one: -one.waiting)
