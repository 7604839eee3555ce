"""A worker's loop: jobs are fetched from Procrastinate's tables by its own manager, performed, finished or retried.

It does what Procrastinate's worker does, but one job at a time and without an event loop, so that runs are
reproducible.
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

from bilag.jobs.own_jobs import app_of_worker
from bilag.service.worker import take_up_abandoned
from simulation.clock import CLOCK

T = TypeVar("T")
LOST = (DatabaseError, InterfaceError, DriverError, exceptions.ConnectorException)


class _Direct(DjangoConnector):
    """Procrastinate's connector for Django, without threads."""

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        self.execute_query(query, **arguments)

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        return _read(self.execute_query_one(query, **arguments))

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> Any:
        return [_read(row) for row in self.execute_query_all(query, **arguments)]


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """Parse a job's arguments, which Django's connections return as text."""
    return {**row, "args": json.loads(row["args"])} if isinstance(row.get("args"), str) else row


@cache
def queue_app() -> App:
    """Return Procrastinate's app on this connector."""
    return app_of_worker(django_app, _Direct())


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    raise AssertionError("the coroutine waits")


def work(limit: int, note: Callable[[str], None]) -> int:
    """Perform due jobs, at most `limit`, and unregister; returns how many were performed.

    A worker that loses the database ends, as in the service; the next one starts over.
    """
    performed = 0
    try:
        worker = run_sync(queue_app().job_manager.register_worker())
        run_sync(queue_app().job_manager.update_heartbeat(worker))
        while performed < limit:
            job = run_sync(queue_app().job_manager.fetch_job(None, worker))
            if job is None:
                break
            _perform(job, note)
            performed += 1
        run_sync(queue_app().job_manager.unregister_worker(worker))
    except LOST as error:
        note(f" the worker lost the database: {type(error).__name__}")
        connection.close()
    return performed


def _perform(job: jobs.Job, note: Callable[[str], None]) -> None:
    note(f" job {job.task_name} {_arguments(job)}")
    task = queue_app().tasks[job.task_name]
    try:
        task.func(**job.task_kwargs)
    except Exception as error:
        note(f" job {job.task_name} raised {type(error).__name__}: {error}")
        if isinstance(error, LOST) and not connection.is_usable():
            raise
        retry = task.get_retry_exception(exception=error, job=job)
        if retry is None:
            run_sync(queue_app().job_manager.finish_job(job, jobs.Status.FAILED, delete_job=False))
        else:
            run_sync(queue_app().job_manager.retry_job(job, retry_at=retry.retry_decision.retry_at))
        return
    run_sync(queue_app().job_manager.finish_job(job, jobs.Status.SUCCEEDED, delete_job=True))


def _arguments(job: jobs.Job) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(job.task_kwargs.items()))


def requeue_abandoned(seconds: float) -> int:
    """Requeue the jobs of workers without a heartbeat for `seconds`, as the service does."""
    return run_sync(take_up_abandoned(queue_app(), seconds))


def tend() -> None:
    """Do what the schedule does each minute for work that lost its job."""
    queue_app().tasks["transfers.tend"].func(timestamp=0)


def next_due() -> Any:
    """Return when the next job is due; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select min(coalesce(scheduled_at, %s)) from procrastinate_jobs where status = 'todo'", [CLOCK.wall]
        )
        return cursor.fetchone()[0]
