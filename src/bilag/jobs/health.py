"""The state of the job queue: jobs by status, and whether a worker is alive."""

from django.db import connection


def job_counts() -> list[tuple[str, int]]:
    """Jobs in the queue by status."""
    with connection.cursor() as cursor:
        cursor.execute("select status::text, count(*) from procrastinate_jobs group by 1 order by 1")
        return [(str(status), int(count)) for status, count in cursor.fetchall()]


def worker_alive() -> bool:
    """Whether a worker of the queue has lately given a sign of life."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists(select 1 from procrastinate_workers where last_heartbeat > now() - interval '15 s')"
        )
        return bool(cursor.fetchone()[0])
