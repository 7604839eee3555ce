"""The trace of a transfer: from the request that queued it to its voucher.

The mark of a trace's first span is computed from the transfer and the time at which it was queued, which its row has. So
webhook, poll and try find the same trace without passing anything through the queue, in whatever process they run, and however
many requests coalesced (`docs/decisions/0021-traces.md`).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import transaction

from bilag.transfers.models import Kind
from bilag.wire import spans
from bilag.wire.spans import Mark

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
CAUSES = ("webhook", "poll", "reconciliation")
"""Causes that name no person."""
PERSON = "person"


class Accepted(NamedTuple):
    """A request that was written on its transfer."""

    transfer: int
    requested_at: datetime | None
    company: int
    kind: str
    number: str
    came: int


def mark_of(transfer_id: int, requested_at: datetime) -> Mark:
    """Return the first span's mark of the trace of a transfer that was queued at this time."""
    return spans.mark_of("transfer", transfer_id, (requested_at - EPOCH) // MICROSECOND)


def accepted(requests: Sequence[Accepted], cause: str, now: datetime) -> None:
    """Record the requests after their commit. The one that queued its transfer, at `now`, is the first span of the trace."""
    begun = spans.clock()
    transaction.on_commit(partial(_accepted, requests, cause, now, begun, spans.current()))


def _accepted(requests: Sequence[Accepted], cause: str, now: datetime, begun: int, during: Mark | None) -> None:
    links, firsts, ended = [during] if during is not None else [], set(), spans.clock()
    for one in requests:
        if one.requested_at is None:
            continue
        mark = mark_of(one.transfer, one.requested_at)
        is_first = one.requested_at == now and mark not in firsts
        firsts.add(mark)
        spans.finished(
            "webhook" if one.came else "accept",
            "server" if one.came else "internal",
            began=one.came or begun,
            ended=ended,
            at=mark if is_first else None,
            within=None if is_first else mark,
            links=links,
            transfer=one.transfer,
            company_id=one.company,
            kind=one.kind,
            number=shown_number(one.kind, one.number),
            asked_by=cause if cause in CAUSES else PERSON,
        )


def queued_again(transfer_ids: Sequence[int], at: datetime, why: str) -> None:
    """Record, after the commit, that Bilag itself queued the transfers: the first span of each one's trace."""
    if spans.is_on() and transfer_ids:
        transaction.on_commit(partial(_queued_again, transfer_ids, at, why, spans.clock(), spans.current()))


def _queued_again(transfer_ids: Sequence[int], at: datetime, why: str, began: int, during: Mark | None) -> None:
    links, ended = [during] if during is not None else [], spans.clock()
    for transfer_id in transfer_ids:
        mark = mark_of(transfer_id, at)
        spans.finished(
            "queue again", began=began, ended=ended, at=mark, links=links, transfer=transfer_id, asked_by=why
        )


def shown_number(kind: str, number: str) -> str | None:
    """Return the number of an invoice. Other kinds' numbers may be text that a person chose, so they are left out."""
    return number if kind == Kind.INVOICE and number.isascii() and number.isdigit() else None
