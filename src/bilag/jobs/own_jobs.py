"""Let a worker end only the jobs that it still owns.

A process that was frozen until it counted as dead has lost its jobs to another worker. Without this, Procrastinate would let it
end them when it wakes, and the jobs of the other worker would be lost.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog
from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

log = structlog.get_logger(__name__)
FINISH = """
select procrastinate_finish_job_v1(job.id, %(status)s::procrastinate_job_status, %(delete_job)s)
from procrastinate_jobs job
where job.id = %(job_id)s and job.status = 'doing' and job.worker_id is not distinct from %(worker_id)s
"""
"""Procrastinate's statement, for a job that is still this worker's."""


class OwnJobs(JobManager):
    """Procrastinate's manager of jobs, for a worker."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End the job, unless another worker has taken it over."""
        finished = await self.connector.execute_query_all_async(
            FINISH, job_id=job.id, status=status.value, delete_job=delete_job, worker_id=job.worker_id
        )
        if not finished:
            _tell(job)

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


def _tell(job: Job) -> None:
    log.warning("job.taken_over", job=job.id, task=job.task_name)


def app_of_worker(app: App, connector: BaseConnector) -> App:
    """Return the app on a worker's own connections, with which it ends only jobs that are its own."""
    own = app.with_connector(connector)
    own.job_manager = OwnJobs(connector)
    return own
