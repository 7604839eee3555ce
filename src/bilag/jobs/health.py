"""The state of the job queue: jobs by status, and whether a worker is alive."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection


def job_counts() -> list[tuple[str, int]]:
    """Return the number of jobs by status."""
    statement = "select status::text, count(*) from procrastinate_jobs group by 1"
    return [(str(status), int(count)) for status, count in _rows(statement)]


def failed_jobs() -> list[tuple[str, int]]:
    """Return the number of finally failed jobs by task."""
    statement = "select task_name, count(*) from procrastinate_jobs where status = 'failed' group by 1"
    return [(str(task), int(count)) for task, count in _rows(statement)]


def living_workers() -> int:
    """Return the number of workers with a recent heartbeat."""
    ((count,),) = _rows("select count(*) from procrastinate_workers where last_heartbeat > now() - interval '15 s'")
    return int(count)


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def worker_alive() -> bool:
    """Return whether a worker of the queue has lately given a sign of life."""
    return living_workers() > 0


def late_periodic_task(name: str, latest: timedelta) -> str | None:
    """Return in words that a periodic task is late; None if it was queued and begun within `latest`, or never ran yet."""
    with connection.cursor() as cursor:
        cursor.execute(LATE, [latest.total_seconds(), name])
        row = cursor.fetchone()
    if row is None:
        return None
    return (
        f"the periodic task {name} was {'not begun' if row[0] == 'todo' else 'last queued'} {round(row[1])} seconds ago"
    )


def last_queued() -> dict[str, datetime]:
    """Return when each periodic task was last queued."""
    with connection.cursor() as cursor:
        cursor.execute("select task_name, max(defer_timestamp) from procrastinate_periodic_defers group by 1")
        return {str(name): datetime.fromtimestamp(int(at), UTC) for name, at in cursor.fetchall()}


LATE = """
select job.status::text, extract(epoch from now()) - periodic.defer_timestamp
from (
    select job_id, defer_timestamp, extract(epoch from now()) - defer_timestamp > %s as is_late
    from procrastinate_periodic_defers where task_name = %s order by defer_timestamp desc limit 1
) periodic left join procrastinate_jobs job on job.id = periodic.job_id
where is_late
"""
"""A task is queued only after the previous one began, so a job that never begins keeps the newest time old."""
