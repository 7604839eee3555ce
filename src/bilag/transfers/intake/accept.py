"""Accept requests for transfers: the transfer's row and its job are committed together or not at all.

A hint of a change in Moment is not trusted: it only says where to look. The transfer fetches the object itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle, store
from bilag.events.record import EventName, record_numbers
from bilag.posting.selection import SkipReason
from bilag.transfers import enqueue
from bilag.transfers.models import ACTIVE, Kind, State, Transfer


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """One object to be transferred."""

    kind: Kind
    number: str
    moment_id: int | None = None


def accept(company_id: int, requests: Iterable[TransferRequest], *, manual: bool = False, cause: str = "") -> list[int]:
    """Create or refresh the transfer of each object and enqueue its job; return the transfers' ids in order.

    `cause` is shown to people: webhook, poll, reconciliation, or the person who asked. A transfer that is queued or running
    already is only marked, so that many hints coalesce into one transfer. A `manual` request tries a waiting transfer now and
    lifts an exclusion.
    """
    now = timezone.now()
    with transaction.atomic():
        source_id = store.source_of(company_id)
        told = cause or ("by hand" if manual else "")
        accepted = [_accept(company_id, source_id, one, now, manual, told) for one in requests]
        if lifecycle.is_open(company_id):
            enqueue.wake_all([pk for pk, due in accepted if due])
    return [pk for pk, _ in accepted]


def _accept(
    company_id: int, source_id: int, request: TransferRequest, now: datetime, manual: bool, cause: str
) -> tuple[int, bool]:
    """The transfer's id, and whether it needs a job."""
    row, created = Transfer.objects.select_for_update().get_or_create(
        source_id=source_id,
        kind=request.kind,
        number=request.number,
        defaults={
            "company_id": company_id,
            "moment_id": request.moment_id,
            "hinted_at": now,
            "manual": manual,
            "cause": cause[:300],
        },
    )
    if created:
        return row.pk, True
    row.request_count += 1
    row.cause = cause[:300] or row.cause
    row.manual = row.manual or manual
    row.moment_id = request.moment_id if request.moment_id is not None else row.moment_id
    excluded = row.state == State.SKIPPED and row.reason == SkipReason.EXCLUDED
    settled = row.state not in ACTIVE and (manual or not excluded)
    if settled:
        row.state, row.next_at, row.hinted_at = State.QUEUED, None, now
    hurried = manual and row.state in (State.QUEUED, State.WAITING, State.IN_DOUBT) and not settled
    if hurried:
        row.next_at = None
    row.save()
    return row.pk, settled or hurried


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
    forget_failures = rows.exclude(state=State.SENDING)
    with transaction.atomic():
        forget_failures.update(failures=0, failing_since=None)
        record_numbers(company_id, EventName.RETRIED, [one.number for one in requests], origin=origin, kind=kind or "")
        return accept(company_id, requests, manual=True, cause=f"tried again by {origin}" if origin else "")
