"""Run one transfer: take it, let the sender of its kind deliver it, and commit the outcome.

Every try ends in `commit_outcome`, which commits the transfer's new state, its attempt and the next job together.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import DataError, transaction
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from bilag.companies import store
from bilag.companies.models import Ledger
from bilag.companies.setup import Setup
from bilag.jobs import backoff
from bilag.jobs.lease import LONGEST_WAIT, Busy, LeaseLost, held
from bilag.posting.problem import Problem
from bilag.transfers import enqueue
from bilag.transfers.activation import leave_source
from bilag.transfers.delivery import accrued_income, customers, invoices, projects, statements, traced
from bilag.transfers.delivery.commit import commit_outcome
from bilag.transfers.delivery.outcome import Blocked, Outcome, held_up, needs_attention, of_error
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import ACTIVE, GOOD_VERDICTS, SHIPPED, Attempt, Kind, State, Transfer, Verdict
from bilag.wire import counters, spans
from bilag.wire.circuit_breaker import bypass_breaker
from bilag.wire.errors import EdgeError
from bilag.wire.recording import recording

log = structlog.get_logger(__name__)
BUSY_AGAIN = timedelta(seconds=2)
RELEASE = timedelta(seconds=0.5)
"""How long to wait for a lease: a commit may enqueue the transfer again, and that job may start before this lease is released.
"""
SENDERS: dict[Kind, Callable[[TransferRun], Outcome]] = {
    Kind.CUSTOMER: customers.send,
    Kind.PROJECT: projects.send,
    Kind.INVOICE: invoices.send,
    Kind.ACCRUED: accrued_income.send,
}


def run_transfer(transfer_id: int, *, forced: bool = False, asked_at: datetime | None = None) -> None:
    """Run the transfer if it is due.

    `forced`: an invoice needs it now, whatever the state filter. A failed one is left to its own next try, unless a person
    requested the invoice since then (`asked_at`): its backoff grows with time, not with the number of invoices that need it.

    Raises nothing that another system or the data can cause. A database error is raised, and the queue retries the job.
    """
    began = spans.clock()
    try:
        wait = LONGEST_WAIT if forced else RELEASE
        with held("transfer", transfer_id, wait=wait, query=statements.query_of(transfer_id)) as lease:
            run = _take(statements.taken(lease), forced, asked_at)
            if run is not None:
                named = {"company": run.transfer.company_id, "transfer": transfer_id, "attempt": None}
                # `named` is in every line of the log until the try has ended.
                with bound_contextvars(**named, **traced.in_log(run)), traced.working(run, began):
                    with traced.trying():
                        outcome = _try(run)
                    commit_or_record_fault(run, outcome)
    except Busy:
        enqueue.wake(transfer_id, timezone.now() + BUSY_AGAIN)
    except LeaseLost as lost:
        log.warning("transfer.lease_lost", transfer=transfer_id, lease=str(lost))
        enqueue.wake(transfer_id)  # the next try looks up what this one sent


def commit_or_record_fault(run: TransferRun, outcome: Outcome) -> None:
    """Commit the outcome. If the database cannot store something in it, commit that fault instead."""
    began = spans.clock()
    try:
        commit_outcome(run, outcome)
    except (DataError, ValueError, ArithmeticError) as error:
        log.exception("transfer.not_storable", transfer=run.transfer.pk)
        run.exchanges, run.source = [], None
        outcome = _bilag_fault(run, error)
        commit_outcome(run, outcome)
    _count(run.transfer, outcome)
    traced.ended(run, outcome, began)


def _count(row: Transfer, outcome: Outcome) -> None:
    """Count the try in the metrics, and log it if it failed."""
    verdict = str(outcome.verdict)
    counters.TRIES.count(row.kind, verdict)
    if outcome.state == State.DONE and outcome.verdict != Verdict.UNCHANGED:
        counters.POSTED.observe((timezone.now() - row.hinted_at).total_seconds(), row.kind)
    elif outcome.verdict not in GOOD_VERDICTS:
        log.info("transfer.not_done", kind=row.kind, verdict=verdict, state=str(outcome.state))


def _take(taken: statements.Taken | None, forced: bool, asked_at: datetime | None) -> TransferRun | None:
    """Begin a try of the transfer, or return None if it is not due."""
    if taken is None or (taken.transfer.state not in ACTIVE and not forced):
        return None
    row = taken.transfer
    if not _is_time(row, forced, asked_at):
        return None  # a job is scheduled for that time
    setup = store.load_setup_at(row.company_id, taken.stamp)
    if setup.paused is not None or not setup.live:
        return None  # resuming the company enqueues all its transfers
    if row.source_id != setup.source_id:  # it belongs to a Moment that the company has left
        with transaction.atomic():
            leave_source.close_interrupted(row.pk)
        return None
    run = TransferRun(
        transfer=row,
        setup=setup,
        seen=row.request_count,
        forced=forced,
        written_by=taken.written_by,
        parties=taken.parties,
        exchanges=[],
        deliver_first=partial(run_transfer, forced=True, asked_at=row.manual_at or asked_at),
        doubt_since=row.doubt_since,
        former_ledger=_former_ledger(row, setup),
    )
    if row.state == State.SENDING:
        _close_interrupted(run)
    return run


def _is_time(row: Transfer, forced: bool, asked_at: datetime | None) -> bool:
    """Return whether the backoff after the last try is over, or does not apply."""
    if row.next_at is None or row.next_at <= timezone.now() or row.state == State.SENDING:
        return True
    asked_since = asked_at is not None and asked_at > row.updated_at
    return forced and (row.failures == 0 or asked_since)


def _former_ledger(row: Transfer, setup: Setup) -> Ledger | None:
    """Return the former ledger that has or may have the object; None if it is the present one."""
    if (
        row.ledger_id is None
        or row.kind not in SHIPPED
        or (setup.ledger is not None and row.ledger_id == setup.ledger.id)
    ):
        return None
    return row.ledger


def _close_interrupted(run: TransferRun) -> None:
    """Close the attempt of a worker that died while it ran this transfer, and mark what it sent as in doubt."""
    open_attempts = Attempt.objects.of([run.transfer]).filter(ended_at=None)
    newest = open_attempts.order_by("-id").first()
    with transaction.atomic():
        if newest is not None and run.doubt_since is None:
            run.doubt_since = newest.began_at
            Transfer.objects.filter(pk=run.transfer.pk).update(doubt_since=newest.began_at)
        open_attempts.update(ended_at=timezone.now(), verdict=Verdict.INTERRUPTED)


def _try(run: TransferRun) -> Outcome:
    """Deliver the transfer. Every failure becomes an outcome."""
    with recording() as exchanges:
        run.exchanges = exchanges
        try:
            with _breaker_for(run.transfer):
                return SENDERS[Kind(run.transfer.kind)](run)
        except Blocked as blocked:
            return held_up(blocked)
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
            # An error in Bilag must neither stop the company's other transfers nor get lost.
            log.exception("transfer.bilag_fault", transfer=run.transfer.pk, kind=run.transfer.kind)
            return _bilag_fault(run, error)


def _breaker_for(transfer: Transfer) -> AbstractContextManager[None]:
    """Let a person's request through even while the circuit breaker is open."""
    return bypass_breaker() if transfer.manual and transfer.next_at is None else nullcontext()


def _bilag_fault(run: TransferRun, error: Exception) -> Outcome:
    problem = Problem("bilag_fault", run.subject, {"error": type(error).__name__})
    return needs_attention(problem, verdict=Verdict.INTERNAL_ERROR)
