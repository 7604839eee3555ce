"""Close what belongs to a company of Moment that is left: nothing of it is transferred any more."""

from django.db.models import Q
from django.utils import timezone

from bilag.posting.problem import Problem
from bilag.posting.selection import SETUP_REASONS, SkipReason
from bilag.transfers.locking import locked
from bilag.transfers.models import ACTIVE, SHIPPED, Attempt, State, Transfer, Verdict

SETTLED_FOR_GOOD = Q(state=State.DONE) | Q(state=State.SKIPPED) & ~Q(reason__in=SETUP_REASONS)


def close_source(source_id: int) -> None:
    """Close every transfer of the source but those that a worker sends at this moment: they are closed when their try ends, or
    when another worker finds that it never ended. In a transaction."""
    rows = Transfer.objects.filter(source=source_id).exclude(SETTLED_FOR_GOOD).exclude(state=State.SENDING)
    for transfer in locked(rows):
        close_transfer(transfer)
        transfer.save()


def close_transfer(transfer: Transfer) -> None:
    """Close one: what may stand in accounting goes to a person, the rest is skipped. The caller saves the row."""
    if transfer.kind not in SHIPPED or transfer.ledger_id is None:
        transfer.state, transfer.reason, transfer.problems = State.SKIPPED, SkipReason.SOURCE_CHANGED, []
        transfer.blocked_by = None
    elif transfer.state in ACTIVE:
        problem = Problem("doubt_in_former_source", f"{transfer.kind} {transfer.number}", {"number": transfer.number})
        transfer.state, transfer.problems = State.NEEDS_ATTENTION, [problem.as_json()]
    transfer.next_at = None


def close_interrupted(transfer_id: int) -> None:
    """Close one whose try never ended, and the try. In a transaction, by the holder of the transfer's lease."""
    for transfer in locked(Transfer.objects.filter(pk=transfer_id, state__in=ACTIVE)):
        open_attempts = Attempt.objects.filter(transfer=transfer, ended_at=None)
        open_attempts.update(ended_at=timezone.now(), verdict=Verdict.INTERRUPTED)
        close_transfer(transfer)
        transfer.save()
