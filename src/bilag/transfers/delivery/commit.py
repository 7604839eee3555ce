"""Writes down what a try came to: the transfer, its attempt, the next job and what waited for it, in one commit."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle
from bilag.companies.models import IntegrationSetup
from bilag.jobs import backoff
from bilag.posting.problem import Problem
from bilag.transfers import enqueue
from bilag.transfers.activation import pausing
from bilag.transfers.delivery.outcome import Outcome
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Kind, State, Transfer
from bilag.wire.recording import Exchange

EXCHANGE_FIELDS = fields(Exchange)
CLOSED = ("ended_at", "verdict", "exchanges", "problems", "voucher_number", "journal_number")
SETTLED = (State.DONE, State.SKIPPED, State.NEEDS_ATTENTION)


def commit_outcome(work: TransferRun, outcome: Outcome) -> None:
    """Commit the outcome. Hints that came meanwhile make the transfer queued again."""
    with transaction.atomic():
        row = Transfer.objects.select_for_update().get(pk=work.transfer.pk)
        _close_attempt(work, outcome)
        outcome = _of_current_setup(_apply_deadlines(row, work, outcome), work)
        _write(row, work, outcome)
        if row.request_count > work.seen and row.state in SETTLED:
            row.state, row.next_at = State.QUEUED, None
            enqueue.wake(row.pk)
        row.save()
        if outcome.verdict == "misconfigured":
            pausing.pause(work.setup, outcome.problems[0])
            if lifecycle.is_open(row.company_id):  # the setup was saved meanwhile: what failed was the earlier one
                enqueue.wake(row.pk)
        if outcome.state is State.DONE:
            _release(row, had_failed=work.transfer.failures > 0)


def _close_attempt(work: TransferRun, outcome: Outcome) -> None:
    """Close the attempt; a try that ended before anything left gets one only when it failed."""
    if work.attempt is None and outcome.state in (State.DONE, State.SKIPPED):
        return
    begun = work.attempt is not None
    attempt = work.attempt or work.new_attempt()
    attempt.ended_at = timezone.now()
    attempt.verdict = outcome.verdict
    attempt.exchanges = [_kept(exchange) for exchange in work.exchanges]
    attempt.problems = [problem.as_json() for problem in outcome.problems]
    attempt.voucher_number = outcome.fields.get("voucher_number")
    attempt.journal_number = outcome.fields.get("journal_number")
    attempt.save(update_fields=CLOSED if begun else None)


def _kept(exchange: Exchange) -> dict[str, Any]:
    """An exchange as JSON; what was asked and answered is JSON already."""
    return {one.name: getattr(exchange, one.name) for one in EXCHANGE_FIELDS} | {
        "began_at": exchange.began_at.isoformat()
    }


def _apply_deadlines(row: Transfer, work: TransferRun, outcome: Outcome) -> Outcome:
    """Doubt outlives a failed look; what failed for days goes to a person."""
    if outcome.state is State.WAITING and work.doubt_since is not None:
        outcome = replace(outcome, state=State.IN_DOUBT)
    since = row.failing_since
    if outcome.state in (State.WAITING, State.IN_DOUBT) and since is not None:
        days = backoff.scaled(backoff.GIVE_UP_AFTER)
        if timezone.now() - since > days:
            exhausted = Problem("retries_exhausted", f"{row.kind} {row.number}", {"hours": "72"})
            return replace(outcome, state=State.NEEDS_ATTENTION, problems=(exhausted, *outcome.problems))
    return outcome


def _of_current_setup(outcome: Outcome, work: TransferRun) -> Outcome:
    """Forget what accounting accepted of a customer or project if the setup was saved meanwhile.

    It was accepted under the earlier setup, perhaps in another ledger. The save counts as a request, so it is sent again.
    """
    sent = work.transfer.kind in (Kind.CUSTOMER, Kind.PROJECT) and outcome.fields.get("accepted_hash") is not None
    if not sent or work.setup.version == IntegrationSetup.objects.values_list("version", flat=True).get(
        company_id=work.transfer.company_id
    ):
        return outcome
    return replace(outcome, fields={**outcome.fields, "accepted_hash": None})


def _write(row: Transfer, work: TransferRun, outcome: Outcome) -> None:
    now = timezone.now()
    row.state = outcome.state
    row.reason = outcome.reason
    row.problems = [problem.as_json() for problem in outcome.problems]
    row.blocked_by_id = outcome.blocked_by
    row.next_at = None
    row.doubt_since = now if outcome.sent_in_doubt else work.doubt_since
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
    if outcome.state is State.DONE:
        row.doubt_since = None
        row.manual = False
        row.done_at = row.done_at if outcome.verdict == "unchanged" and row.done_at else now


def _pause(row: Transfer, outcome: Outcome) -> timedelta:
    if outcome.next_in is not None:
        return outcome.next_in
    if outcome.limited and outcome.retry_after is not None:
        return backoff.asked_pause(outcome.retry_after)
    return backoff.pause_after(max(1, row.failures), outcome.retry_after)


def _release(row: Transfer, *, had_failed: bool) -> None:
    """What waited for this one goes on; and if the other side answers again, everything that waits for it does."""
    if row.kind != Kind.INVOICE:
        blocked = Transfer.objects.filter(blocked_by=row.pk, state=State.NEEDS_ATTENTION)
        ids = list(blocked.order_by("id").values_list("pk", flat=True))
        blocked.update(state=State.QUEUED, blocked_by=None, problems=[], next_at=None)
        enqueue.wake_all(ids)
    if had_failed:
        waiting = Transfer.objects.filter(company=row.company_id, state=State.WAITING, next_at__gt=timezone.now())
        waiting = waiting.exclude(problems__0__code="rate_limited")  # the other side named their time
        ids = list(waiting.order_by("id").values_list("pk", flat=True))
        waiting.update(next_at=timezone.now())
        enqueue.wake_all(ids)
