"""A person's actions on expense lines: exclude, retry, mark as reviewed."""

from django.db import transaction

from bilag.events.record import EventName, record_numbers
from bilag.expenses import enqueue
from bilag.expenses.models import ExpenseLine, LineState
from bilag.expenses.route import is_left_behind
from bilag.expenses.writes import write
from bilag.posting.expense import IgnoredReason
from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight


def exclude(company_id: int, pk: int, *, origin: str) -> ExpenseLine:
    """Exclude the line: it is never imported. If it may be in a Moment that the setup no longer names, the person has looked
    there.

    Raises `ExpenseLine.DoesNotExist` and `AlreadyPostedOrInFlight`.
    """
    with transaction.atomic():
        row = ExpenseLine.objects.select_for_update().get(company_id=company_id, pk=pk)
        if row.state == LineState.DONE or (row.sent_at is not None and not is_left_behind(row)):
            raise AlreadyPostedOrInFlight(row.number)
        write(
            row,
            state=LineState.IGNORED,
            reason=IgnoredReason.EXCLUDED,
            problems=[],
            documents_due=False,
            sent_at=None,
            settle_again=bool(row.line),
        )
        record_numbers(company_id, EventName.EXPENSE_PASSED_OVER, [row.number], origin=origin)
    return row


def retry(company_id: int, pk: int, *, origin: str) -> ExpenseLine:
    """Retry a line that was excluded or needs attention: the next import, enqueued here, takes it.

    Raises `ExpenseLine.DoesNotExist`.
    """
    with transaction.atomic():
        row = ExpenseLine.objects.select_for_update().get(company_id=company_id, pk=pk)
        if row.state == LineState.IGNORED and row.reason == IgnoredReason.EXCLUDED and row.line:
            documents_due = row.lacks_documents
            write(row, state=LineState.WAITING, reason=None, documents_due=documents_due, settle_again=True)
        record_numbers(company_id, EventName.EXPENSE_TRIED_AGAIN, [row.number], origin=origin)
        enqueue.ask_import(company_id, origin=origin)
    return row


def mark_reviewed(company_id: int, pk: int, *, origin: str) -> ExpenseLine:
    """Mark a line as reviewed by a person. Raises `ExpenseLine.DoesNotExist`."""
    with transaction.atomic():
        row = ExpenseLine.objects.select_for_update().get(company_id=company_id, pk=pk)
        problems = [] if row.state == LineState.DONE else row.problems
        write(row, needs_review=False, problems=problems, count_at=None)
        record_numbers(company_id, EventName.EXPENSE_SEEN, [row.number], origin=origin)
    return row
