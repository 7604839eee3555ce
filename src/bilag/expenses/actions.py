"""A person's actions on expense lines: exclude, retry, mark as reviewed."""

from django.db import transaction
from django.utils import timezone

from bilag.events.record import EventName, record_numbers
from bilag.expenses import enqueue
from bilag.expenses.models import ExpenseLine, LineState
from bilag.expenses.route import is_left_behind
from bilag.posting.expense import IgnoredReason
from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight


def exclude(company_id: int, pk: int, *, origin: str) -> ExpenseLine:
    """Exclude the line: it is never imported. Of a line that may be in a Moment which the setup no longer names, the person
    says so after having looked there. Raises `ExpenseLine.DoesNotExist` and `AlreadyPostedOrInFlight`."""
    with transaction.atomic():
        row = ExpenseLine.objects.select_for_update().get(company_id=company_id, pk=pk)
        if row.state == LineState.DONE or (row.sent_at is not None and not is_left_behind(row)):
            raise AlreadyPostedOrInFlight(row.number)
        row.state, row.reason, row.problems, row.documents_due = LineState.IGNORED, IgnoredReason.EXCLUDED, [], False
        row.sent_at, row.settle_again = None, True
        row.save()
        record_numbers(company_id, EventName.EXPENSE_PASSED_OVER, [row.number], origin=origin)
    return row


def retry(company_id: int, pk: int, *, origin: str) -> ExpenseLine:
    """Retry a line that was excluded or needs attention: the next import, enqueued here, takes it.

    Raises `ExpenseLine.DoesNotExist`.
    """
    with transaction.atomic():
        row = ExpenseLine.objects.select_for_update().get(company_id=company_id, pk=pk)
        if row.state == LineState.IGNORED and row.reason == IgnoredReason.EXCLUDED and row.line:
            row.state, row.reason, row.updated_at = LineState.WAITING, None, timezone.now()
            row.documents_due, row.settle_again = row.lacks_documents, True
            row.save()
        record_numbers(company_id, EventName.EXPENSE_TRIED_AGAIN, [row.number], origin=origin)
        enqueue.ask_import(company_id, origin=origin)
    return row


def mark_reviewed(company_id: int, pk: int, *, origin: str) -> ExpenseLine:
    """Mark a line as reviewed by a person. Raises `ExpenseLine.DoesNotExist`."""
    with transaction.atomic():
        row = ExpenseLine.objects.select_for_update().get(company_id=company_id, pk=pk)
        row.needs_review, row.problems = False, [] if row.state == LineState.DONE else row.problems
        row.save()
        record_numbers(company_id, EventName.EXPENSE_SEEN, [row.number], origin=origin)
    return row
