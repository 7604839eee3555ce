"""The spans of a try: the worker's work on the transfer, the try itself, and its commit."""

from contextlib import AbstractContextManager
from typing import Any

from bilag.transfers import tracing
from bilag.transfers.delivery.outcome import Outcome
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import SHIPPED, State, Transfer, Verdict
from bilag.wire import spans


def in_log(run: TransferRun) -> dict[str, str]:
    """Return what names the trace in the lines of the log: nothing while none is recorded."""
    return {"trace": _mark(run.transfer).trace} if spans.is_on() else {}


def working(run: TransferRun, began: int) -> AbstractContextManager[None]:
    """Record the block as the work on the transfer, beginning when it was taken.

    The span is in the transfer's own trace; if another transfer needs this one first, it is a child of the work on that one.
    """
    if not spans.is_on():
        return spans.NOTHING
    row = run.transfer
    own = _mark(row)
    outer = spans.current()
    was_accepted = bool(row.cause)
    return spans.span(
        "work",
        "consumer",
        began=began,
        within=own if outer is None else None,
        links=[own] if outer is not None and was_accepted else [],
        company=run.setup.slug,
        transfer=row.pk,
        kind=row.kind,
        number=tracing.shown_number(row.kind, row.number),
        waited_ms=_waited(row, began),
    )


def trying() -> AbstractContextManager[None]:
    """Record the block as the try."""
    return spans.span("try")


def ended(run: TransferRun, outcome: Outcome, began: int) -> None:
    """Record that the outcome was committed, since `began`."""
    if not began:
        return
    row = run.transfer
    is_posted = outcome.state == State.DONE and outcome.verdict != Verdict.UNCHANGED and row.kind in SHIPPED
    spans.finished(
        "posted" if is_posted else "ended",
        began=began,
        company=run.setup.slug,
        transfer=row.pk,
        attempt=run.attempt.pk if run.attempt is not None else None,
        state=str(outcome.state),
        verdict=str(outcome.verdict),
        reason=str(outcome.reason) if outcome.reason is not None else None,
        problem=outcome.problems[0].code if outcome.problems else None,
        journal_number=_number(run, outcome, "journal_number"),
        voucher_number=_number(run, outcome, "voucher_number"),
    )


def _mark(row: Transfer) -> spans.Mark:
    return tracing.mark_of(row.pk, row.requested_at or row.hinted_at)


def _number(run: TransferRun, outcome: Outcome, name: str) -> int | None:
    found: Any = outcome.fields.get(name, getattr(run.transfer, name))
    return found if isinstance(found, int) else None


def _waited(row: Transfer, began: int) -> int:
    """Return the milliseconds from when it was due until a worker took it."""
    due = max(filter(None, (row.next_at, row.requested_at)), default=row.hinted_at)
    return max(0, began // 1_000_000 - round(due.timestamp() * 1000))
