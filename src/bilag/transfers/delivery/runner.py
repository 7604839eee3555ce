"""Works on one transfer: takes it, lets the room of its kind send it, and writes down what it came to.

Every way out of a try ends in `settle`, which commits the transfer's new state, its attempt and the next job together.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

import structlog
from django.db import DataError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from bilag.companies.setup import Setup
from bilag.jobs import backoff
from bilag.jobs.advisory_lock import Busy, held
from bilag.posting.problem import Problem
from bilag.transfers import enqueue
from bilag.transfers.delivery import accrued_income, customers, invoices, projects
from bilag.transfers.delivery.commit import commit_outcome
from bilag.transfers.delivery.outcome import Blocked, Outcome, needs_person, of_error
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import ACTIVE, Attempt, Kind, State, Transfer
from bilag.wire.circuit_breaker import bypass_breaker
from bilag.wire.errors import EdgeError
from bilag.wire.recording import recording

log = structlog.get_logger(__name__)
BUSY_AGAIN = timedelta(seconds=2)
SENDERS = {
    Kind.CUSTOMER: customers.send,
    Kind.PROJECT: projects.send,
    Kind.INVOICE: invoices.send,
    Kind.ACCRUED: accrued_income.send,
}


def run_transfer(transfer_id: int, *, forced: bool = False) -> None:
    """Work on the transfer, if there is anything to do for it.

    `forced`: an invoice needs it now, whatever its pause or the state filter. Raises nothing that another system or
    the data can cause; a fault of the database is raised, and the queue tries the job again.
    """
    try:
        with held("transfer", transfer_id, wait=forced):
            work = _take(transfer_id, forced)
            if work is not None:
                commit_or_record_fault(work, _try(work))
    except Busy:
        enqueue.wake(transfer_id, timezone.now() + BUSY_AGAIN)


def _take(transfer_id: int, forced: bool) -> TransferRun | None:
    """The transfer in hand, or None when there is nothing to do for it now."""
    tried = Exists(Attempt.objects.filter(transfer=OuterRef("pk")))
    row = Transfer.objects.filter(pk=transfer_id).select_related("company__setup").annotate(tried=tried).first()
    if row is None or (row.state not in ACTIVE and not forced):
        return None
    if row.next_at is not None and row.next_at > timezone.now() and not forced and row.state != State.SENDING:
        return None  # a job is on its way for that time
    setup = Setup.from_row(row.company.setup)
    if setup.paused is not None or not setup.live:
        return None  # the company's transfers are woken together when it goes on
    work = TransferRun(
        transfer=row,
        setup=setup,
        seen=row.request_count,
        forced=forced,
        tried_before=row.tried,
        exchanges=[],
        doubt_since=row.doubt_since,
    )
    if row.state == State.SENDING:
        _close_interrupted(work)
    return work


def commit_or_record_fault(work: TransferRun, outcome: Outcome) -> None:
    """Write it down; if something in it cannot be stored, write down that."""
    try:
        commit_outcome(work, outcome)
    except (DataError, ValueError, ArithmeticError) as error:
        log.exception("transfer.not_storable", transfer=work.transfer.pk)
        work.exchanges, work.source = [], None
        commit_outcome(work, _own_fault(work, error))


def _close_interrupted(work: TransferRun) -> None:
    """A worker died with this transfer in its hands: what it sent may have arrived."""
    open_attempts = Attempt.objects.filter(transfer=work.transfer, ended_at=None)
    newest = open_attempts.order_by("-id").first()
    with transaction.atomic():
        if newest is not None and work.doubt_since is None:
            work.doubt_since = newest.began_at
            Transfer.objects.filter(pk=work.transfer.pk).update(doubt_since=newest.began_at)
        open_attempts.update(ended_at=timezone.now(), verdict="interrupted")


def _try(work: TransferRun) -> Outcome:
    """Send it. Whatever happens becomes an outcome."""
    with recording() as exchanges:
        work.exchanges = exchanges
        try:
            with _on_behalf(work.transfer):
                return SENDERS[Kind(work.transfer.kind)](work)
        except Blocked as blocked:
            return Outcome(
                State.NEEDS_ATTENTION, "refused", problems=(blocked.problem,), blocked_by=blocked.transfer_id
            )
        except EdgeError as error:
            return of_error(error, sent=False, look_in=backoff.scaled(backoff.LOOK_AGAIN))
        except (
            DataError,
            ArithmeticError,
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
            AssertionError,
        ) as error:
            # A fault in Bilag. It must not stop the company's other transfers, nor be lost.
            log.exception("transfer.bilag_fault", transfer=work.transfer.pk, kind=work.transfer.kind)
            return _own_fault(work, error)


def _on_behalf(transfer: Transfer) -> AbstractContextManager[None]:
    """A person who asks for a try gets one, also where the other side did not answer before."""
    return bypass_breaker() if transfer.manual and transfer.next_at is None else nullcontext()


def _own_fault(work: TransferRun, error: Exception) -> Outcome:
    about = f"{work.transfer.kind} {work.transfer.number}"
    return needs_person(Problem("bilag_fault", about, {"error": type(error).__name__}), verdict="internal_error")
