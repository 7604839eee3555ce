"""Close the transfers of a company of Moment that is left: no more of it is transferred."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from bilag.posting.problem import Problem
from bilag.posting.selection import SETUP_REASONS, SkipReason
from bilag.transfers.locking import locked, locked_ids
from bilag.transfers.models import ACTIVE, SHIPPED, Attempt, State, Transfer, Verdict

CLOSED: dict[str, Any] = {
    "state": State.SKIPPED,
    "reason": SkipReason.SOURCE_CHANGED,
    "problems": [],
    "next_at": None,
    "blocked_by": None,
}
SETTLED_FOR_GOOD = Q(state=State.DONE) | Q(state=State.SKIPPED) & ~Q(reason__in=SETUP_REASONS)
MAY_STAND_SOMEWHERE = Q(kind__in=SHIPPED, ledger__isnull=False)


def close_source(source_id: int) -> None:
    """Close every transfer of the source, except those that a worker is sending: they are closed when their try ends, or when
    another worker finds the try abandoned. Call it in a transaction.
    """
    rows = Transfer.objects.filter(source=source_id).exclude(SETTLED_FOR_GOOD).exclude(state=State.SENDING)
    for transfer in locked(rows.filter(MAY_STAND_SOMEWHERE)):
        close_transfer(transfer)
        transfer.save()
    Transfer.objects.filter(pk__in=locked_ids(rows.exclude(MAY_STAND_SOMEWHERE))).update(**CLOSED)


def close_transfer(transfer: Transfer) -> None:
    """Close one transfer unless it is settled for good: if it may be in accounting it needs attention, else it is skipped. The
    caller saves the row.
    """
    if transfer.state == State.SKIPPED and transfer.reason not in SETUP_REASONS:
        return
    if transfer.kind not in SHIPPED or transfer.ledger_id is None:
        for name, value in CLOSED.items():
            setattr(transfer, name, value)
    elif transfer.state in ACTIVE:
        problem = Problem("doubt_in_former_source", f"{transfer.kind} {transfer.number}", {"number": transfer.number})
        transfer.state, transfer.problems = State.NEEDS_ATTENTION, [problem.as_json()]
    transfer.next_at = None


def close_interrupted(transfer_id: int) -> None:
    """Close a transfer whose try was abandoned, and the attempt. Call it in a transaction, holding the transfer's lease."""
    for transfer in locked(Transfer.objects.filter(pk=transfer_id, state__in=ACTIVE)):
        open_attempts = Attempt.objects.of([transfer]).filter(ended_at=None)
        open_attempts.update(ended_at=timezone.now(), verdict=Verdict.INTERRUPTED)
        close_transfer(transfer)
        transfer.save()
