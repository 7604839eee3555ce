"""The schedule of periodic tasks, and how a job is retried."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import TaskNotFound
from procrastinate.jobs import Job

from bilag.jobs.backoff import pause_after, scaled

LONGEST_PAUSE = timedelta(minutes=5)
"""A database that is back after hours gets the jobs of that time within so long."""


class GrowingPauses(BaseRetryStrategy):
    """Retry a job until it succeeds, after pauses from two seconds to `LONGEST_PAUSE`."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when the job is tried next; `job.attempts` does not count the one that failed now. None for a job of another
        version, which goes back into the queue as `bilag.jobs.own_jobs` decides.
        """
        if isinstance(exception, TaskNotFound):
            return None
        return RetryDecision(retry_at=timezone.now() + min(pause_after(job.attempts + 1), scaled(LONGEST_PAUSE)))


AGAIN = GrowingPauses()
"""Retries of a job that the database failed. A failure of an object is kept in its transfer, not in the queue."""


def every(interval: timedelta) -> str:
    """Return a cron line (with seconds at the end) for about this interval under BILAG_TIME_SCALE, one second at least."""
    seconds = max(1, round(interval.total_seconds() * float(settings.BILAG_TIME_SCALE)))
    if seconds < 60:
        return f"* * * * * */{seconds}"
    return f"*/{min(59, seconds // 60)} * * * *"
