"""Is anyone waiting, since when, and why? Figures over all companies, for the metrics."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Waiting:
    """Transfers of one kind that wait in one state for one reason."""

    kind: str
    state: str
    code: str
    """The code of the first problem; empty if there is none."""
    count: int
    oldest_seconds: float
    """How long the one has waited that has waited longest."""


WAITING = """
select kind, state, coalesce(problems -> 0 ->> 'code', ''), count(*),
    extract(epoch from now() - min(coalesce(failing_since, doubt_since, requested_at, hinted_at)))
from transfers_transfer
where not (state in ('done', 'skipped'))
group by 1, 2, 3
"""
"""The query reads only the index of unsettled transfers."""
LAG = """
select coalesce(max(extract(epoch from now() - coalesce(oldest, company.created_at))), 0)
from companies_company company
left join (
    select company_id, min(polled_at) as oldest from transfers_pollmark group by company_id
) mark on mark.company_id = company.id
where company.live and company.paused is null
"""
COMPANIES = """
select case when not live then 'off' when paused is null then 'live' else 'paused' end, coalesce(paused ->> 'code', ''), count(*)
from companies_company group by 1, 2
"""


def waiting() -> Iterator[Waiting]:
    """Yield the unsettled transfers, grouped by kind, state and first problem."""
    for kind, state, code, count, seconds in _rows(WAITING):
        yield Waiting(kind, state, code, int(count), max(0.0, float(seconds)))


def poll_lag_seconds() -> float:
    """Return for how long the company has not been polled for which that is longest."""
    ((seconds,),) = _rows(LAG)
    return float(seconds)


def companies() -> list[tuple[str, str, int]]:
    """Count companies by state (live, paused, off) and the code for which they are paused."""
    return [(state, code, int(count)) for state, code, count in _rows(COMPANIES)]


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
