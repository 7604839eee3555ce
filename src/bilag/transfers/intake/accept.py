"""Accept requests for transfers: the transfer's row and its job are committed together or not at all.

A hint of a change in Moment is not trusted: it only says where to look. The transfer fetches the object itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bilag.companies import lifecycle, store
from bilag.events.record import EventName, record_numbers
from bilag.posting.selection import DECIDED, TO_TRANSFER
from bilag.transfers import enqueue
from bilag.transfers.intake.release import closed_with
from bilag.transfers.locking import locked
from bilag.transfers.models import ACTIVE, Kind, State, Transfer

Key = tuple[str, str]
REQUESTED = (
    *(
        "request_count",
        "cause",
        "manual",
        "manual_at",
        "export_status",
        "moment_id",
        "moment_version",
        "failures",
        "failing_since",
    ),
    *("state", "next_at", "hinted_at", "requested_at", "updated_at"),
)
"""Columns that a request changes."""


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """One object to be transferred."""

    kind: Kind
    number: str
    moment_id: int | None = None
    """Where a hint says that the object is. It is believed only after the object there bears the number."""

    version: int | None = None
    """Moment's version of it, where a list gave it: the poll passes over an object that it requested at this version."""

    @property
    def key(self) -> Key:
        """Kind and number, which name the transfer within its company."""
        return str(self.kind), self.number


def accept(
    company_id: int,
    requests: Iterable[TransferRequest],
    *,
    manual: bool = False,
    cause: str = "",
    as_known: bool = False,
) -> list[int]:
    """Create or refresh the transfer of each object and enqueue its job; return the transfers' ids in order.

    `cause` is shown to people: webhook, poll, reconciliation, or the person who asked. A transfer that is queued or running
    already is only marked, so that many hints coalesce into one transfer. A hint leaves alone what waits for a person: an
    excluded transfer, and one that was given up. A `manual` request tries a waiting transfer now, lifts an exclusion and
    begins the time anew after which a transfer is given up; with `as_known` the person asked for what Bilag shows of the
    transfers, and does not outvote an export status "transferred" that Bilag has not read yet. A manual request for one of an
    invoice and credit note that were closed as a pair opens both: its counterpart's id is among those returned, at the end.
    """
    asked = list(requests)
    asked += _closed_with(company_id, asked) if manual else []
    now = timezone.now()
    with transaction.atomic():
        rows = _locked_rows(company_id, asked, now)
        due: dict[int, None] = {}
        for request in asked:
            row = rows[request.key]
            if _asked_for(row, request, now, manual=manual, as_known=as_known, cause=cause):
                due[row.pk] = None
        for row in rows.values():
            row.save(update_fields=REQUESTED)
        if lifecycle.is_open(company_id):
            enqueue.wake_all(list(due))
    return [rows[request.key].pk for request in asked]


def retry(
    company_id: int, kind: Kind | None = None, numbers: Iterable[str] | None = None, *, origin: str = ""
) -> list[int]:
    """Request transfers again, as a manual request; return their ids.

    Without numbers: all of the company (of the kind) that need attention, wait or are in doubt.
    """
    rows = Transfer.objects.filter(company_id=company_id, source__left_at=None)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    else:
        rows = rows.filter(state__in=[State.NEEDS_ATTENTION, State.WAITING, State.IN_DOUBT])
    requests = [TransferRequest(Kind(row.kind), row.number, row.moment_id) for row in rows.order_by("id")]
    cause = f"tried again by {origin}" if origin else "by hand"
    with transaction.atomic():
        record_numbers(company_id, EventName.RETRIED, [one.number for one in requests], origin=origin, kind=kind or "")
        return accept(company_id, requests, manual=True, cause=cause, as_known=True)


def _closed_with(company_id: int, asked: Sequence[TransferRequest]) -> list[TransferRequest]:
    numbers = [one.number for one in asked if one.kind == Kind.INVOICE]
    rows = closed_with(store.source_of(company_id), numbers) if numbers else []
    return [TransferRequest(Kind.INVOICE, row.number, row.moment_id) for row in rows]


def given_up(row: Transfer) -> bool:
    """Whether the transfer failed for so long that it was given to a person: hints do not begin that time anew."""
    return row.state == State.NEEDS_ATTENTION and row.failing_since is not None


def _locked_rows(company_id: int, requests: Sequence[TransferRequest], now: datetime) -> Mapping[Key, Transfer]:
    """The locked row of each request; missing ones are inserted first.

    Inserts and locks each follow one order, so that lists that come in opposite orders wait for each other in line.
    """
    firsts: dict[Key, TransferRequest] = {}
    for request in requests:
        firsts.setdefault(request.key, request)
    source_id = store.source_of(company_id)
    named = Transfer.objects.filter(_named(list(firsts)), source=source_id)
    missing = set(firsts) - set(named.values_list("kind", "number")) if firsts else set()
    Transfer.objects.bulk_create(
        (
            Transfer(
                company_id=company_id,
                source_id=source_id,
                kind=kind,
                number=number,
                moment_id=firsts[kind, number].moment_id,
                moment_version=firsts[kind, number].version,
                request_count=0,
                hinted_at=now,
                requested_at=now,
            )
            for kind, number in sorted(missing)
        ),
        ignore_conflicts=True,
    )
    return {(row.kind, row.number): row for row in locked(named)} if firsts else {}


def _named(keys: Sequence[Key]) -> Q:
    condition = Q(pk__in=())
    for kind in sorted({kind for kind, _ in keys}):
        condition |= Q(kind=kind, number__in=[number for one, number in keys if one == kind])
    return condition


def _asked_for(
    row: Transfer, request: TransferRequest, now: datetime, *, manual: bool, as_known: bool, cause: str
) -> bool:
    """Write the request on the row; return whether the transfer needs a job."""
    new = row.request_count == 0
    row.request_count += 1
    row.cause = (cause or ("by hand" if manual else ""))[:300] or row.cause
    row.moment_id = row.moment_id or request.moment_id
    row.updated_at = now
    excluded = row.state == State.SKIPPED and row.reason in DECIDED
    if not manual and (excluded or given_up(row)):
        return False
    if manual:
        row.manual, row.manual_at = True, now
        row.export_status = (row.export_status or TO_TRANSFER) if as_known else None
        row.failures, row.failing_since = (
            min(row.failures, 1),
            None,
        )  # that it failed is remembered: its success wakes others
    settled = row.state not in ACTIVE
    if settled:
        is_newer = None not in (request.version, row.moment_version) and request.version != row.moment_version
        row.hinted_at = now if is_newer or (manual and row.state == State.SKIPPED) else row.hinted_at
        row.moment_version = row.moment_version if request.version is None else request.version
        row.state, row.next_at, row.requested_at = State.QUEUED, None, now
    hurried = manual and row.state in (State.QUEUED, State.WAITING, State.IN_DOUBT)
    if hurried:
        row.next_at = None
    return new or settled or hurried
