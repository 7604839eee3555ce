"""What a person does with expense lines: looked at, passed over, tried again."""

from django.db import transaction
from django.utils import timezone

from bilag.expenses import enqueue
from bilag.expenses.models import ExpenseLine, LineState
from bilag.notices import events

KEPT_BACK = "kept_back"


class MayBeThere(Exception):
    """The line is in Moment, or may be: it cannot be passed over."""


def pass_over(company_id: int, pk: int, *, origin: str) -> ExpenseLine:
    """The line stays in accounting for good. Raises `ExpenseLine.DoesNotExist` and `MayBeThere`."""
    with transaction.atomic():
        row = ExpenseLine.objects.select_for_update().get(company_id=company_id, pk=pk)
        if row.state in (LineState.DONE, LineState.SENDING) or row.sent_at is not None:
            raise MayBeThere(row.number)
        row.state, row.reason, row.problems, row.documents_due = LineState.IGNORED, KEPT_BACK, [], False
        row.save()
        events.record_numbers(company_id, "expense_passed_over", [row.number], origin=origin)
    return row


def take_again(company_id: int, pk: int, *, origin: str) -> ExpenseLine:
    """A line that was passed over, or that needs a person, is looked at again at once.

    Raises `ExpenseLine.DoesNotExist`.
    """
    with transaction.atomic():
        row = ExpenseLine.objects.select_for_update().get(company_id=company_id, pk=pk)
        if row.state == LineState.IGNORED and row.reason == KEPT_BACK and row.line:
            row.state, row.reason, row.updated_at = LineState.WAITING, None, timezone.now()
            row.save()
        events.record_numbers(company_id, "expense_tried_again", [row.number], origin=origin)
        enqueue.ask_import(company_id, origin=origin)
    return row


def seen(company_id: int, pk: int, *, origin: str) -> ExpenseLine:
    """Somebody has looked at it and dealt with it. Raises `ExpenseLine.DoesNotExist`."""
    with transaction.atomic():
        row = ExpenseLine.objects.select_for_update().get(company_id=company_id, pk=pk)
        row.to_be_seen, row.problems = False, [] if row.state == LineState.DONE else row.problems
        row.save()
        events.record_numbers(company_id, "expense_seen", [row.number], origin=origin)
    return row
