"""The one way to change a stored line, and the position in the report: only as they were read, so that no process overwrites what
another wrote meanwhile."""

from datetime import datetime

from django.utils import timezone

from bilag.expenses.models import ExpenseLine, ExpenseMark


class Overtaken(Exception):
    """Another process changed the line or the position after it was read: a second import, or a person. What was to be written is
    dropped."""


def write(row: ExpenseLine, **columns: object) -> None:
    """Store these columns if nobody changed the line since `row` was read; `row` has them afterwards. Raises `Overtaken`.

    It is stored at once, unless the caller opened a transaction: what was sent must be known whenever the process ends.
    """
    now, generation = timezone.now(), row.generation
    mine = ExpenseLine.objects.filter(pk=row.pk, generation=generation)
    if not mine.update(**columns, generation=generation + 1, updated_at=now):
        raise Overtaken(row.number)
    for name, value in columns.items():
        setattr(row, name, value)
    row.generation, row.updated_at = generation + 1, now


def write_mark(mark: ExpenseMark, **columns: object) -> None:
    """Store these columns if no later import has begun; `mark` has them afterwards. Raises `Overtaken`."""
    if not ExpenseMark.objects.filter(pk=mark.pk, generation=mark.generation).update(**columns):
        raise Overtaken(str(mark))
    for name, value in columns.items():
        setattr(mark, name, value)


def count_at(row: ExpenseLine, when: datetime) -> None:
    """Let an import at that time or later count the line's expenses in Moment, whoever changed the line since."""
    ExpenseLine.objects.filter(pk=row.pk).update(count_at=when)
