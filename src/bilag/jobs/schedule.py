"""The schedule of periodic tasks, and how a job is retried."""

from datetime import timedelta

from django.conf import settings
from procrastinate import RetryStrategy

AGAIN = RetryStrategy(wait=3)
"""Retries of a job that the database failed. A failure of an object is kept in its transfer, not in the queue."""


def every(interval: timedelta) -> str:
    """Return a cron line (with seconds at the end) for about this interval under BILAG_TIME_SCALE, one second at least."""
    seconds = max(1, round(interval.total_seconds() * float(settings.BILAG_TIME_SCALE)))
    if seconds < 60:
        return f"* * * * * */{seconds}"
    return f"*/{min(59, seconds // 60)} * * * *"
