"""Requests accepted one by one on locked rows: the rules that the one statement of `write_requests` must keep."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any


def accept_one_by_one(
    company_id: int, asked: Sequence[Any], *, manual: bool = False, cause: str = "", as_known: bool = False
) -> list[int]:
    """Accept each request on its own, as `accept` did before it accepted in bulk. In a transaction."""
    from django.utils import timezone

    from bilag.companies import lifecycle, store
    from bilag.transfers import enqueue
    from bilag.transfers.models import Transfer

    now, due = timezone.now(), dict[int, None]()
    ids = []
    for request in asked:
        row, _ = Transfer.objects.get_or_create(
            source_id=store.source_of(company_id),
            kind=request.kind,
            number=request.number,
            defaults={
                "company_id": company_id,
                "moment_id": request.moment_id,
                "moment_version": request.version,
                "request_count": 0,
                "hinted_at": now,
                "requested_at": now,
            },
        )
        if _asked_for(row, request, now, manual=manual, as_known=as_known, cause=cause):
            due[row.pk] = None
        row.save()
        ids.append(row.pk)
    if lifecycle.is_open(company_id):
        enqueue.wake_all(list(due))
    return ids


def _asked_for(row: Any, request: Any, now: datetime, *, manual: bool, as_known: bool, cause: str) -> bool:
    from bilag.posting.selection import DECIDED, TO_TRANSFER
    from bilag.transfers.models import ACTIVE, State

    new = row.request_count == 0
    row.request_count += 1
    row.cause = cause[:300] or row.cause
    row.moment_id = row.moment_id or request.moment_id
    excluded = row.state == State.SKIPPED and row.reason in DECIDED
    given_up = row.state == State.NEEDS_ATTENTION and row.failing_since is not None
    if not manual and (excluded or given_up):
        return False
    if manual:
        row.manual, row.manual_at = True, now
        row.export_status = (row.export_status or TO_TRANSFER) if as_known else None
        row.failures, row.failing_since = min(row.failures, 1), None
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
