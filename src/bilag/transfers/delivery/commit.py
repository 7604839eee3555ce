"""Commit the outcome of a try: the transfer, its attempt, the next job and the transfers it releases, in one transaction."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle
from bilag.companies.models import IntegrationSetup
from bilag.jobs import backoff, lease
from bilag.posting.problem import Problem
from bilag.transfers import enqueue
from bilag.transfers.activation import pausing
from bilag.transfers.delivery.outcome import Outcome
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Kind, State, Transfer, Verdict
from bilag.wire.recording import Exchange

EXCHANGE_FIELDS = fields(Exchange)
CLOSED = ("ended_at", "verdict", "exchanges", "problems", "voucher_number", "journal_number")
SETTLED = (State.DONE, State.SKIPPED, State.NEEDS_ATTENTION)


def commit_outcome(run: TransferRun, outcome: Outcome) -> None:
    """Commit the outcome. A request that arrived during the try queues the transfer again.

    Raises `LeaseLost` when another process may have taken the transfer; then nothing is stored.
    """
    with transaction.atomic():
        lease.confirm()
        row = Transfer.objects.select_for_update().get(pk=run.transfer.pk)
        _close_attempt(run, outcome)
        outcome = _of_current_setup(_apply_deadlines(row, run, outcome), run)
        _write(row, run, outcome)
        if row.request_count > run.seen and row.state in SETTLED:
            row.state, row.next_at = State.QUEUED, None
            enqueue.wake(row.pk)
        row.save()
        if outcome.verdict == Verdict.MISCONFIGURED:
            pausing.pause(run.setup, outcome.problems[0])
            if lifecycle.is_open(row.company_id):  # the setup was saved during the try: the earlier one failed
                enqueue.wake(row.pk)
        if outcome.state == State.DONE:
            _release(row, had_failed=run.transfer.failures > 0)


def _close_attempt(run: TransferRun, outcome: Outcome) -> None:
    """Close the attempt. A try that ended before a request left has none, and gets one only if it failed."""
    if run.attempt is None and outcome.state in (State.DONE, State.SKIPPED):
        return
    begun = run.attempt is not None
    attempt = run.attempt or run.new_attempt()
    attempt.ended_at = timezone.now()
    attempt.verdict = outcome.verdict
    attempt.exchanges = [_as_json(exchange) for exchange in run.exchanges]
    attempt.problems = [problem.as_json() for problem in outcome.problems]
    attempt.voucher_number = outcome.fields.get("voucher_number")
    attempt.journal_number = outcome.fields.get("journal_number")
    attempt.save(update_fields=CLOSED if begun else None)


def _as_json(exchange: Exchange) -> dict[str, Any]:
    """The exchange as JSON; request and answer are JSON already."""
    return {one.name: getattr(exchange, one.name) for one in EXCHANGE_FIELDS} | {
        "began_at": exchange.began_at.isoformat()
    }


def _apply_deadlines(row: Transfer, run: TransferRun, outcome: Outcome) -> Outcome:
    """Keep a doubt that this try could not settle; give a transfer that has failed for three days to a person."""
    if outcome.state == State.WAITING and run.doubt_since is not None:
        outcome = replace(outcome, state=State.IN_DOUBT)
    since = row.failing_since
    if outcome.state in (State.WAITING, State.IN_DOUBT) and since is not None:
        days = backoff.scaled(backoff.GIVE_UP_AFTER)
        if timezone.now() - since > days:
            exhausted = Problem("retries_exhausted", run.subject, {"hours": "72"})
            return replace(outcome, state=State.NEEDS_ATTENTION, problems=(exhausted, *outcome.problems))
    return outcome


def _of_current_setup(outcome: Outcome, run: TransferRun) -> Outcome:
    """Forget what accounting accepted of a customer or project if the setup was saved meanwhile.

    It was accepted under the earlier setup, perhaps in another ledger. The save counts as a request, so it is sent again.
    """
    sent = run.transfer.kind in (Kind.CUSTOMER, Kind.PROJECT) and outcome.fields.get("accepted_hash") is not None
    if not sent or run.setup.version == IntegrationSetup.objects.values_list("version", flat=True).get(
        company_id=run.transfer.company_id
    ):
        return outcome
    return replace(outcome, fields={**outcome.fields, "accepted_hash": None})


def _write(row: Transfer, run: TransferRun, outcome: Outcome) -> None:
    now = timezone.now()
    row.state = outcome.state
    row.reason = outcome.reason
    row.problems = [problem.as_json() for problem in outcome.problems]
    row.blocked_by_id = outcome.blocked_by
    row.next_at = None
    row.doubt_since = now if outcome.sent_in_doubt else run.doubt_since
    for name, value in outcome.fields.items():
        setattr(row, name, value)
    if outcome.state in (State.WAITING, State.IN_DOUBT):
        if not outcome.limited:
            row.failures += 1
            row.failing_since = row.failing_since or now
        row.next_at = now + _pause(row, outcome)
        enqueue.wake(row.pk, row.next_at)
    else:
        row.failures, row.failing_since = 0, None
    if outcome.state == State.DONE:
        row.doubt_since = None
        row.manual = False
        row.done_at = row.done_at if outcome.verdict == Verdict.UNCHANGED and row.done_at else now


def _pause(row: Transfer, outcome: Outcome) -> timedelta:
    if outcome.next_in is not None:
        return outcome.next_in
    if outcome.limited and outcome.retry_after is not None:
        return backoff.asked_pause(outcome.retry_after)
    return backoff.pause_after(max(1, row.failures), outcome.retry_after)


def _release(row: Transfer, *, had_failed: bool) -> None:
    """Queue the transfers that this one blocked. If the other system answers again, also queue all that wait for it."""
    if row.kind != Kind.INVOICE:
        blocked = Transfer.objects.filter(blocked_by=row.pk, state=State.NEEDS_ATTENTION)
        ids = list(blocked.order_by("id").values_list("pk", flat=True))
        blocked.update(state=State.QUEUED, blocked_by=None, problems=[], next_at=None)
        enqueue.wake_all(ids)
    if had_failed:
        waiting = Transfer.objects.filter(company=row.company_id, state=State.WAITING, next_at__gt=timezone.now())
        waiting = waiting.exclude(problems__0__code="rate_limited")  # the other system named their time
        ids = list(waiting.order_by("id").values_list("pk", flat=True))
        waiting.update(next_at=timezone.now())
        enqueue.wake_all(ids)
