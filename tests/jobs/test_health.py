"""Whether periodic tasks run is read off the queue."""

from datetime import timedelta

import pytest

from bilag.jobs.health import late_periodic_task

LATEST = timedelta(minutes=5)


@pytest.fixture
def queued(database: None) -> None:
    """A periodic task that was queued ten minutes ago."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp) "
            "values ('transfers.tend', '', extract(epoch from now())::bigint - 600)"
        )


def test_one_that_was_never_queued_is_not_late(database: None) -> None:
    assert late_periodic_task("transfers.tend", LATEST) is None


def test_one_that_nobody_queued_since_is_late(queued: None) -> None:
    said = late_periodic_task("transfers.tend", LATEST)
    assert said is not None
    assert said.startswith("the periodic task transfers.tend was last queued 60")
    assert late_periodic_task("transfers.tend", timedelta(minutes=11)) is None


def test_one_that_nobody_begins_is_late(queued: None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "with job as (insert into procrastinate_jobs (task_name, queue_name) values ('transfers.tend', 'default') "
            "returning id) "
            "update procrastinate_periodic_defers set job_id = job.id from job"
        )
    assert "was not begun 60" in (late_periodic_task("transfers.tend", LATEST) or "")
