"""Read a company's log: its events, the attempts of its transfers and the changes of its setup, in one order.

Each source is read through its own index from a place in the order, so a page costs the same at a million rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from bilag.companies.models import SetupChange
from bilag.events.models import Event
from bilag.transfers.models import GOOD_VERDICTS, WENT_WRONG, Attempt, Transfer

MOST_FOUND = 500
"""A search by number looks at so many transfers, the newest."""


class Sort(StrEnum):
    """The part of the log to read."""

    ALL = "all"
    TRANSFERS = "transfers"
    SETUP = "setup"
    POLLS = "polls"
    PEOPLE = "people"
    BAD = "bad"


EVENTS_OF = {
    Sort.TRANSFERS: (
        *("transfers_asked", "retried", "excluded", "cancelled"),
        *("recovered", "ledger_ahead", "not_recovered"),
    ),
    Sort.SETUP: (
        "live",
        "not_live",
        "paused",
        "resumed",
        "setup_saved",
        "ledger_changed",
        "parties_confirmed",
        "webhook_test",
        "webhook_first",
        "setup_checked",
        "guide_step",
        "invoice_previewed",
        "company_changed",
    ),
    Sort.POLLS: ("poll", "poll_failed"),
    Sort.PEOPLE: (
        *("invited", "joined", "invitation_withdrawn", "role_changed", "member_removed"),
        *("token_made", "token_revoked"),
    ),
}


@dataclass(frozen=True, slots=True)
class LogFilters:
    """A part of the log, from `begin` until before `end`, and objects whose number contains `number`."""

    sort: Sort = Sort.ALL
    begin: datetime | None = None
    end: datetime | None = None
    number: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the order: by time, then source, then id. No two lines share a place."""

    at: datetime
    rank: int
    pk: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log. `name` is the event's name, an attempt's verdict, or the changed field of the setup."""

    place: Place
    what: str
    good: bool | None
    name: str = ""
    origin: str = ""
    kind: str = ""
    number: str = ""
    transfer_id: int | None = None
    problems: tuple[dict[str, Any], ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    old: Any = None
    new: Any = None

    @property
    def at(self) -> datetime:
        """The time of the line."""
        return self.place.at


def lines(company_id: int, filters: LogFilters, before: Place | None, most: int) -> list[Line]:
    """Return the newest lines before a place, at most `most`."""
    readers: list[Callable[[int, LogFilters, Place | None, int], list[Line]]] = [_events]
    if filters.sort in (Sort.ALL, Sort.TRANSFERS, Sort.BAD):
        readers.append(_attempts)
    if filters.sort in (Sort.ALL, Sort.SETUP) and not filters.number:
        readers.append(_changes)
    found = [line for reader in readers for line in reader(company_id, filters, before, most)]
    return sorted(found, key=lambda line: line.place, reverse=True)[:most]


def _events(company_id: int, filters: LogFilters, before: Place | None, most: int) -> list[Line]:
    rows = Event.objects.filter(company_id=company_id)
    if filters.sort is Sort.BAD:
        rows = rows.filter(good=False)
    elif filters.sort is not Sort.ALL:
        rows = rows.filter(name__in=EVENTS_OF[filters.sort])
    if filters.number:
        rows = rows.filter(facts__numbers__icontains=filters.number)
    return [
        Line(
            Place(row.at, 3, row.pk),
            "event",
            row.good,
            row.name,
            row.origin,
            facts=row.facts,
            problems=(row.problem,) if row.problem else (),
        )
        for row in _cut(rows, "at", 3, filters, before)[:most]
    ]


def _attempts(company_id: int, filters: LogFilters, before: Place | None, most: int) -> list[Line]:
    rows = Attempt.objects.filter(company_id=company_id)
    if filters.sort is Sort.BAD:
        rows = rows.filter(WENT_WRONG)
    if filters.number:
        known = Transfer.objects.filter(company_id=company_id, number__icontains=filters.number).order_by("-id")
        rows = rows.filter(transfer_id__in=list(known.values_list("pk", flat=True)[:MOST_FOUND]))
    wanted = ("pk", "began_at", "verdict", "problems", "transfer_id", "transfer__kind", "transfer__number")
    return [
        Line(
            Place(began_at, 2, pk),
            "attempt",
            None if verdict is None else verdict in GOOD_VERDICTS,
            verdict or "",
            kind=kind,
            number=number,
            transfer_id=transfer_id,
            problems=tuple(problems),
        )
        for pk, began_at, verdict, problems, transfer_id, kind, number in _cut(
            rows, "began_at", 2, filters, before
        ).values_list(*wanted)[:most]
    ]


def _changes(company_id: int, filters: LogFilters, before: Place | None, most: int) -> list[Line]:
    rows = SetupChange.objects.filter(company_id=company_id).exclude(
        field="company.live"
    )  # switching live is an event already
    return [
        Line(Place(row.at, 1, row.pk), "change", True, row.field, row.origin, old=row.old, new=row.new)
        for row in _cut(rows, "at", 1, filters, before)[:most]
    ]


def _cut(rows: QuerySet[Any], column: str, rank: int, filters: LogFilters, before: Place | None) -> QuerySet[Any]:
    """Return the rows that match the filters' times, after the place, in the order."""
    if filters.begin is not None:
        rows = rows.filter(**{f"{column}__gte": filters.begin})
    if filters.end is not None:
        rows = rows.filter(**{f"{column}__lt": filters.end})
    if before is not None and rank == before.rank:
        rows = rows.filter(**{f"{column}__lte": before.at})
        rows = rows.filter(Q(**{f"{column}__lt": before.at}) | Q(pk__lt=before.pk))
    elif before is not None:
        rows = rows.filter(**{f"{column}__lte" if rank < before.rank else f"{column}__lt": before.at})
    return rows.order_by(f"-{column}", "-pk")
