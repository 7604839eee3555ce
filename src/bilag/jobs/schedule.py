"""The schedule of periodic tasks, and what a worker thread keeps between jobs."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from procrastinate import RetryStrategy

AGAIN = RetryStrategy(wait=3)
"""Retries of a job that the database failed. A failure of an object is kept in its transfer, not in the queue."""


def every(interval: timedelta) -> str:
    """A cron line (with seconds at the end) for about this interval under BILAG_TIME_SCALE, one second at least."""
    seconds = max(1, round(interval.total_seconds() * float(settings.BILAG_TIME_SCALE)))
    if seconds < 60:
        return f"* * * * * */{seconds}"
    return f"*/{min(59, seconds // 60)} * * * *"


def keep_connection() -> None:
    """Let a thread of the worker keep its connection from job to job, instead of giving it back to the pool.

    Django asks `close_at` at the end of each job; one that broke is replaced all the same.
    """
    connection.ensure_connection()
    connection.close_at = None
