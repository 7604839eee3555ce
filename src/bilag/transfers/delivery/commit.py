"""Commit the outcome of a try: the transfer, its attempt, the next job and the transfers it releases, in one transaction."""

from copy import copy
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle
from bilag.companies.models import IntegrationSetup
from bilag.jobs import backoff, lease
from bilag.posting.invoice import Invoice
from bilag.posting.problem import Problem
from bilag.posting.selection import SETUP_REASONS, SkipReason
from bilag.transfers import enqueue, tracing
from bilag.transfers.activation import leave_source, pausing
from bilag.transfers.canonical_json import fitting
from bilag.transfers.delivery import statements
from bilag.transfers.delivery.outcome import Outcome
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.intake.release import release_blocked
from bilag.transfers.locking import locked, locked_ids
from bilag.transfers.models import SHIPPED, Attempt, Kind, State, Transfer, Verdict
from bilag.wire.recording import Exchange

EXCHANGE_FIELDS = fields(Exchange)
CLOSED = ("ended_at", "verdict", "exchanges", "problems", "voucher_number", "journal_number")
WRITTEN = (
    *("state", "reason", "problems", "blocked_by_id", "next_at", "doubt_since", "failures", "failing_since"),
    *(
        "export_status",
        "credited_number",
        "hinted_at",
        "moment_version",
        "manual",
        "manual_at",
        "done_at",
        "updated_at",
    ),
)
"""Columns that the end of a try sets, besides those of the outcome."""
SETTLED = (State.DONE, State.SKIPPED, State.NEEDS_ATTENTION)
GIVEN_UP = "retries_exhausted"


def commit_outcome(run: TransferRun, outcome: Outcome) -> None:
    """Commit the outcome. A request that arrived during the try queues the transfer again.

    Raises `LeaseLost` when another process may have taken the transfer; then nothing is stored.
    """
    with transaction.atomic():
        if _stored_as_usual(run, outcome):
            return
        lease.confirm()
        # The blocker is locked too, so that the later of the two commits sees the earlier one's rows.
        held = locked(Transfer.objects.filter(pk__in=[run.transfer.pk, outcome.blocked_by]))
        row = next(one for one in held if one.pk == run.transfer.pk)
        _close_attempt(row, run, outcome)
        outcome = _of_current_setup(_apply_deadlines(row, run, outcome), run)
        _write(row, run, outcome)
        if any(one.pk == outcome.blocked_by and no_longer_blocks(one) for one in held):
            row.blocked_by, row.problems = None, []
            _queue_again(row)
        elif _asked_again(row, run, outcome):
            _queue_again(row)
        if row.state != State.DONE and row.source_id != _present_source(row.company_id):
            leave_source.close_transfer(row)
        row.save()
        if outcome.verdict == Verdict.MISCONFIGURED:
            pausing.pause(run.setup, outcome.problems[0])
            if lifecycle.is_open(row.company_id):  # the setup was saved during the try: only the earlier setup failed
                enqueue.wake(row.pk)
        if outcome.state == State.DONE or no_longer_blocks(row):
            release_blocked(row)
        if outcome.state == State.DONE:
            _wake_waiting(row, had_failed=run.transfer.failures > 0)


def _stored_as_usual(run: TransferRun, outcome: Outcome) -> bool:
    """Store the outcome in the usual case: done without an earlier failure, and nobody changed transfer or setup meanwhile.
    Return False, with nothing stored, in any other case.
    """
    intent, attempt = run.intent, run.attempt
    if (
        outcome.state != State.DONE
        or intent is None
        or attempt is None
        or not intent.untouched
        or run.transfer.failures
    ):
        return False
    row = copy(run.transfer)
    for name, value in intent.columns.items():
        setattr(row, name, value)
    _write(row, run, outcome)
    row.updated_at = timezone.now()
    columns = {name: getattr(row, name) for name in {*WRITTEN, *outcome.fields}}
    _close(attempt, run, outcome)
    ended = statements.Ended(columns, {name: getattr(attempt, name) for name in CLOSED})
    blocked = statements.store_end(row, attempt, ended, intent=intent.transaction, setup_version=run.setup.version)
    if blocked is None:
        return False
    if blocked:
        release_blocked(row)
    return True


def _asked_again(row: Transfer, run: TransferRun, outcome: Outcome) -> bool:
    """Return whether the transfer must run again because of a request during the try. Hints do not revive one that was given
    up.
    """
    if row.state not in SETTLED:
        return False
    if outcome.reason in SETUP_REASONS and run.setup.version != _setup_version(row.company_id):
        return True  # it was skipped under an earlier setup
    return row.request_count > run.seen and (row.manual or not _gave_up(outcome))


def _queue_again(row: Transfer) -> None:
    now = timezone.now()
    row.state, row.next_at, row.requested_at = State.QUEUED, None, now
    enqueue.wake(row.pk)
    tracing.queued_again([row.pk], now, "request_during_try")


def _present_source(company_id: int) -> int:
    return IntegrationSetup.objects.values_list("source", flat=True).get(company_id=company_id)


def _setup_version(company_id: int) -> int:
    return IntegrationSetup.objects.values_list("version", flat=True).get(company_id=company_id)


def _gave_up(outcome: Outcome) -> bool:
    return any(problem.code == GIVEN_UP for problem in outcome.problems)


def _close_attempt(row: Transfer, run: TransferRun, outcome: Outcome) -> None:
    """Close the attempt. A try that sent no change has no attempt, and gets one only if it has news."""
    if run.attempt is None and not _is_news(run, outcome):
        return
    attempt = run.attempt or run.new_attempt()
    _close(attempt, run, outcome)
    if run.attempt is None:
        row.attempt_count += 1
        attempt.save(force_insert=True)
    else:
        Attempt.objects.this(attempt).update(**{name: getattr(attempt, name) for name in CLOSED})


def _close(attempt: Attempt, run: TransferRun, outcome: Outcome) -> None:
    """Set the result of the try. The caller saves the attempt."""
    attempt.ended_at = timezone.now()
    attempt.verdict = outcome.verdict
    attempt.exchanges = [_as_json(exchange) for exchange in run.exchanges]
    attempt.problems = [problem.as_json() for problem in outcome.problems]
    attempt.voucher_number = outcome.fields.get("voucher_number")
    attempt.journal_number = outcome.fields.get("journal_number")


def _is_news(run: TransferRun, outcome: Outcome) -> bool:
    """Return whether a try without an attempt deserves one: it failed, or it resolved a doubt."""
    if run.transfer.doubt_since is None and run.transfer.state != State.SENDING:
        return outcome.state not in (State.DONE, State.SKIPPED)
    known = {problem.get("code") for problem in run.transfer.problems}
    nothing_else = {problem.code for problem in outcome.problems} <= known
    return not (outcome.verdict == Verdict.IN_DOUBT and not outcome.sent_in_doubt and nothing_else)


def _as_json(exchange: Exchange) -> dict[str, Any]:
    """Return the exchange as JSON; request and answer are JSON already."""
    return {one.name: getattr(exchange, one.name) for one in EXCHANGE_FIELDS} | {
        "began_at": exchange.began_at.isoformat()
    }


def _apply_deadlines(row: Transfer, run: TransferRun, outcome: Outcome) -> Outcome:
    """Keep a doubt that this try could not settle; give a transfer that has failed for three days to a person."""
    if outcome.state == State.WAITING and outcome.verdict != Verdict.CREATED and run.doubt_since is not None:
        outcome = replace(outcome, state=State.IN_DOUBT)
    since = row.failing_since
    if outcome.state in (State.WAITING, State.IN_DOUBT) and since is not None:
        days = backoff.scaled(backoff.GIVE_UP_AFTER)
        if timezone.now() - since > days:
            exhausted = Problem(GIVEN_UP, run.subject, {"hours": "72"})
            return replace(outcome, state=State.NEEDS_ATTENTION, problems=(exhausted, *outcome.problems))
    return outcome


def _of_current_setup(outcome: Outcome, run: TransferRun) -> Outcome:
    """Mark a customer or project as unsent if the setup was saved meanwhile.

    Accounting accepted it under the earlier setup, perhaps in another ledger. The save counts as a request, so it is sent
    again.
    """
    sent = run.transfer.kind in (Kind.CUSTOMER, Kind.PROJECT) and outcome.fields.get("accepted_hash") is not None
    if not sent or run.setup.version == _setup_version(run.transfer.company_id):
        return outcome
    return replace(outcome, fields={**outcome.fields, "accepted_hash": None})


def _write(row: Transfer, run: TransferRun, outcome: Outcome) -> None:
    now = timezone.now()
    _write_reading(row, run, outcome)
    row.state = outcome.state
    row.reason = outcome.reason
    row.problems = [problem.as_json() for problem in outcome.problems]
    row.blocked_by_id = outcome.blocked_by
    row.next_at = None
    row.doubt_since = _doubt_since(row, run, outcome)
    for name, value in outcome.fields.items():
        setattr(row, name, value)
    if outcome.state in (State.WAITING, State.IN_DOUBT):
        row.failures += 0 if outcome.limited else 1
        row.failing_since = row.failing_since or now
        row.next_at = now + _pause(row, outcome, now - row.failing_since)
        enqueue.wake(row.pk, row.next_at)
    elif outcome.verdict != Verdict.MISCONFIGURED and not _gave_up(outcome):
        row.failures, row.failing_since = 0, None
    if outcome.state in SETTLED and row.manual_at == run.transfer.manual_at:
        row.manual, row.manual_at = False, None
    if outcome.state == State.DONE:
        row.doubt_since = None
        row.done_at = row.done_at if outcome.verdict == Verdict.UNCHANGED and row.done_at else now


def _write_reading(row: Transfer, run: TransferRun, outcome: Outcome) -> None:
    """Store what the try read of the object. A new version counts as received with the last request."""
    source = run.source_object
    if isinstance(source, Invoice):
        row.export_status = source.export_status[:50]
        row.credited_number = fitting(source.credited_number)
    version = source.version if source is not None else None
    known = run.transfer.moment_version  # the row has the new one already, since the intent was committed
    is_newer = None not in (version, known) and version != known
    if is_newer and outcome.verdict != Verdict.UNCHANGED and row.requested_at is not None:
        row.hinted_at = row.requested_at
    if outcome.state in SETTLED and version is not None:
        row.moment_version = fitting(version)


def _doubt_since(row: Transfer, run: TransferRun, outcome: Outcome) -> datetime | None:
    """Return since when accounting may have the object without proof: an answer was lost, it is stored there but not posted, or
    Bilag failed after beginning to send.
    """
    if outcome.sent_in_doubt:
        return timezone.now()
    begun_and_failed = outcome.verdict == Verdict.INTERNAL_ERROR and run.attempt is not None
    if run.doubt_since is None and row.kind in SHIPPED and (outcome.verdict == Verdict.CREATED or begun_and_failed):
        return timezone.now()
    return run.doubt_since


def _pause(row: Transfer, outcome: Outcome, waited: timedelta) -> timedelta:
    if outcome.next_in is not None:
        return backoff.patient_pause(outcome.next_in, waited)
    if outcome.limited and outcome.retry_after is not None:
        return backoff.patient_pause(backoff.asked_pause(outcome.retry_after), waited)
    return backoff.pause_after(max(1, row.failures), outcome.retry_after)


def no_longer_blocks(row: Transfer) -> bool:
    """Return whether the transfers that this one blocks may continue. An invoice that a person posted elsewhere is skipped, and
    so settled.
    """
    if row.kind == Kind.INVOICE and row.state == State.SKIPPED:
        return row.reason != SkipReason.CANCELLED_BEFORE_POSTING
    return row.state == State.DONE


def _wake_waiting(row: Transfer, *, had_failed: bool) -> None:
    """If the other system answers again, queue all transfers that wait for it, except those that another transaction holds."""
    now = timezone.now()
    if had_failed:
        waiting = Transfer.objects.filter(company=row.company_id, state=State.WAITING, next_at__gt=now)
        # The other system named the end of its rate limit.
        ids = locked_ids(waiting.exclude(problems__0__code="rate_limited"), skip_locked=True)
        Transfer.objects.filter(pk__in=ids).update(next_at=now)
        enqueue.wake_all(ids)
