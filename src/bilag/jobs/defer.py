"""Enqueue jobs by their task's name, in the transaction of the rows that they work on.

Naming tasks by text avoids importing them and their dependencies.
"""

import zlib
from contextlib import suppress
from datetime import datetime, timedelta
from enum import IntEnum

from django.db import transaction
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.types import JSONDict, JSONValue


class Urgency(IntEnum):
    """The order in which workers take jobs; equally urgent ones by age. It is the job's `priority` in the queue."""

    PERSON = 10
    """Somebody waits for it in front of a page or a command."""
    USUAL = 0
    """Transfers, the polls that find them, and emails: none of them may wait for the others to be done."""
    BACKGROUND = -20
    """Imports and comparisons that the clock starts: ten thousand of them must not hold up an invoice, and may wait for many.
    """


def defer(task: str, *, at: datetime | None = None, **arguments: JSONValue) -> None:
    """Enqueue a job, to run now or at a time (UTC)."""
    app.configure_task(task, schedule_at=at).defer(**arguments)


def defer_many(task: str, jobs: list[JSONDict]) -> None:
    """Enqueue one job for each set of arguments, in one statement."""
    if jobs:
        app.configure_task(task).batch_defer(*jobs)


def defer_coalesced(
    task: str,
    lock: str,
    *,
    after: timedelta | None = None,
    urgency: Urgency = Urgency.USUAL,
    **arguments: JSONValue,
) -> None:
    """Enqueue a job, unless one with the same lock waits in the queue already: duplicates coalesce.

    The savepoint keeps the transaction around it usable when the database refuses the duplicate.
    """
    at = timezone.now() + after if after is not None else None
    with suppress(exceptions.AlreadyEnqueued), transaction.atomic():
        app.configure_task(task, queueing_lock=lock, schedule_at=at, priority=urgency).defer(**arguments)


def cancel(lock: str, **arguments: JSONValue) -> None:
    """Remove the job with this lock from the queue if it still waits there, and has these arguments."""
    waiting = ProcrastinateJob.objects.filter(queueing_lock=lock, status="todo", args__contains=arguments)
    for job_id in waiting.values_list("id", flat=True):
        app.job_manager.cancel_job_by_id(job_id, delete_job=True)


def urgency_of(origin: str) -> Urgency:
    """Return the urgency of an import or comparison: `origin` is the person who requested it, empty for scheduled ones."""
    return Urgency.PERSON if origin else Urgency.BACKGROUND


def spread(company_id: int, interval: timedelta) -> timedelta:
    """Return a company's fixed moment within an interval, so that companies are spread over it."""
    return interval * (zlib.crc32(str(company_id).encode()) % 1000) / 1000


def has_job(*locks: str) -> bool:
    """Return whether a job with one of these locks is queued or running."""
    jobs = ProcrastinateJob.objects.filter(queueing_lock__in=locks, status__in=("todo", "doing"))
    return bool(jobs.exists())


def subjects_with_job(task: str, argument: str) -> set[JSONValue]:
    """Return the values of an argument for which a job of the task waits or runs."""
    jobs = ProcrastinateJob.objects.filter(task_name=task, status__in=("todo", "doing"))
    return set(jobs.values_list(f"args__{argument}", flat=True))
