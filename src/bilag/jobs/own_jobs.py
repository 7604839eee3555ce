"""Let a worker end only the jobs that it still owns, and only those that its version knows.

A process that was frozen until it counted as dead has lost its jobs to another worker. Without this, Procrastinate would let it
end them when it wakes, and the jobs of the other worker would be lost.

During an upgrade the new version enqueues jobs beside workers of the old one. Procrastinate fails a job whose task or arguments a
worker does not know, for good; here it goes back into the queue, until a worker of the new version takes it.
"""

import inspect
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog
from django.utils import timezone
from procrastinate import App, exceptions
from procrastinate.connector import BaseConnector
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.middleware import AsyncCallNext
from procrastinate.worker import Worker

from bilag.jobs.backoff import PAUSES, pause_after

log = structlog.get_logger(__name__)
FINISH = """
select procrastinate_finish_job_v1(job.id, %(status)s::procrastinate_job_status, %(delete_job)s)
from procrastinate_jobs job
where job.id = %(job_id)s and job.status = 'doing' and job.worker_id is not distinct from %(worker_id)s
"""
"""Procrastinate's statement, for a job that is still this worker's."""


MOST_RETURNS = len(PAUSES) + 72
"""With an hour between the last ones a job that nobody knows fails after three days, as everything that is tried again does."""


class OwnJobs(JobManager):
    """Procrastinate's manager of jobs, for a worker that knows the tasks of its `app`."""

    def __init__(self, connector: BaseConnector, app: App) -> None:
        super().__init__(connector)
        self._app = app

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End the job, unless another worker has taken it over, or only another version can do it."""
        if status == Status.FAILED and not _knows(self._app, job):
            given_up = job.attempts >= MOST_RETURNS
            tell = log.error if given_up else log.warning
            arguments = sorted(job.task_kwargs)
            tell("job.of_another_version", job=job.id, task=job.task_name, arguments=arguments, given_up=given_up)
            if not given_up:
                if await self._return(job):
                    return
                status, delete_job = Status.ABORTED, True
        finished = await self.connector.execute_query_all_async(
            FINISH, job_id=job.id, status=status.value, delete_job=delete_job, worker_id=job.worker_id
        )
        if not finished:
            _tell(job)

    async def _return(self, job: Job) -> bool:
        """Queue the job again after a pause. False: one like it is queued already, of which there may be one only."""
        try:
            await self.retry_job(job, timezone.now() + pause_after(job.attempts + 1))
        except exceptions.UniqueViolation:
            return False
        return True

    async def retry_job(self, job: Job, retry_at: datetime | None = None, *given: Any, **named: Any) -> None:
        """Queue the job again, unless another worker has taken it over."""
        if await self._is_own(job):
            await super().retry_job(job, retry_at, *given, **named)

    async def _is_own(self, job: Job) -> bool:
        stored: Iterable[Job] = await self.list_jobs_async(id=job.id)
        own = any(one.status == Status.DOING.value and one.worker_id == job.worker_id for one in stored)
        if not own:
            _tell(job)
        return own


def _knows(app: App, job: Job) -> bool:
    """Whether this version has the task, and the task takes the job's arguments."""
    task = app.tasks.get(job.task_name)
    if task is None:
        return False
    try:
        inspect.signature(task.func).bind(*([None] if task.pass_context else []), **job.task_kwargs)
    except TypeError:
        return False
    return True


async def _refuse_unknown_arguments(call_next: AsyncCallNext, context: JobContext, worker: Worker) -> Any:
    """Refuse a job whose arguments its task does not take as Procrastinate refuses one whose task there is not."""
    if not _knows(worker.app, context.job):
        raise exceptions.TaskNotFound
    return await call_next()


def _tell(job: Job) -> None:
    log.warning("job.taken_over", job=job.id, task=job.task_name)


def app_of_worker(app: App, connector: BaseConnector) -> App:
    """Return the app on a worker's own connections, with which it ends only jobs that are its own."""
    own = app.with_connector(connector)
    own.job_manager = OwnJobs(connector, own)
    own.worker_defaults = {**own.worker_defaults, "worker_middleware": [_refuse_unknown_arguments]}
    return own
