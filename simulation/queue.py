"""A worker's life: jobs fetched from Procrastinate's own tables with its own manager, performed, finished or retried.

It is what Procrastinate's worker does, one job at a time and without an event loop, so that a run is the same each time.
"""

import json
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, connection
from procrastinate import App, exceptions, jobs
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from psycopg import Error as DriverError

from bilag.jobs.registry import register_tasks
from bilag.service.worker import take_up_abandoned
from simulation.clock import CLOCK

T = TypeVar("T")
LOST = (DatabaseError, InterfaceError, DriverError, exceptions.ConnectorException)


class _Direct(DjangoConnector):
    """Procrastinate's connector for Django, without a detour through threads."""

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        self.execute_query(query, **arguments)

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        return _read(self.execute_query_one(query, **arguments))

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> Any:
        return [_read(row) for row in self.execute_query_all(query, **arguments)]


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """A job's arguments as JSON: Django's connections leave them as text."""
    return {**row, "args": json.loads(row["args"])} if isinstance(row.get("args"), str) else row


@cache
def queue_app() -> App:
    """Procrastinate's app on this connector, with the tasks of all apps."""
    register_tasks()
    return django_app.with_connector(_Direct())


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    raise AssertionError("it waits for something")


def live(most: int, note: Callable[[str], None]) -> int:
    """Perform jobs that are due, `most` at most, and end in good order; gives how many were performed.

    A worker that loses the database ends its life, as the service's does; the next one begins anew.
    """
    performed = 0
    try:
        worker = at_once(queue_app().job_manager.register_worker())
        at_once(queue_app().job_manager.update_heartbeat(worker))
        while performed < most:
            job = at_once(queue_app().job_manager.fetch_job(None, worker))
            if job is None:
                break
            _perform(job, note)
            performed += 1
        at_once(queue_app().job_manager.unregister_worker(worker))
    except LOST as error:
        note(f" the worker lost the database: {type(error).__name__}")
        connection.close()
    return performed


def _perform(job: jobs.Job, note: Callable[[str], None]) -> None:
    note(f" job {job.task_name} {_told(job)}")
    task = queue_app().tasks[job.task_name]
    try:
        task.func(**job.task_kwargs)
    except Exception as error:
        note(f" job {job.task_name} raised {type(error).__name__}: {error}")
        if isinstance(error, LOST) and not connection.is_usable():
            raise
        again = task.get_retry_exception(exception=error, job=job)
        if again is None:
            at_once(queue_app().job_manager.finish_job(job, jobs.Status.FAILED, delete_job=False))
        else:
            at_once(queue_app().job_manager.retry_job(job, retry_at=again.retry_decision.retry_at))
        return
    at_once(queue_app().job_manager.finish_job(job, jobs.Status.SUCCEEDED, delete_job=True))


def _told(job: jobs.Job) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(job.task_kwargs.items()))


def take_up(seconds: float) -> int:
    """What the service does for workers that gave no sign of life for so long."""
    return at_once(take_up_abandoned(queue_app(), seconds))


def next_due() -> Any:
    """When the next job is due; None when none waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(coalesce(scheduled_at, %s)) from procrastinate_jobs where status = 'todo'", [CLOCK.wall]
        )
        return cursor.fetchone()[0]
