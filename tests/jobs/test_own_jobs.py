"""A worker that was frozen, and whose job another took over, does not end that job when it wakes."""

from typing import Any

import pytest


@pytest.fixture
def taken_over(database: None) -> Any:
    """A job that a worker has begun, and that was queued again because the worker gave no sign of life."""
    from procrastinate.contrib.django import app

    from simulation import queue

    queue.queue_app()
    app.configure_task("transfers.probe", queueing_lock="probe-1").defer(company_id=1, probes=1)
    frozen = start_one()
    age_of_workers(60)
    assert queue.requeue_abandoned(20) == 1
    return frozen


def start_one() -> Any:
    """A new worker takes the next job."""
    from simulation import queue

    manager = queue.queue_app().job_manager
    return queue.run_sync(manager.fetch_job(None, queue.run_sync(manager.register_worker())))


def age_of_workers(seconds: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "update procrastinate_workers set last_heartbeat = now() - make_interval(secs => %s)", [float(seconds)]
        )


def status_of(job: Any) -> str | None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return ProcrastinateJob.objects.filter(pk=job.id).values_list("status", flat=True).first()


def end(job: Any, how: str) -> None:
    from procrastinate.jobs import Status

    from simulation import queue

    manager = queue.queue_app().job_manager
    if how == "retry":
        queue.run_sync(manager.retry_job(job))
    else:
        queue.run_sync(manager.finish_job(job, Status(how), delete_job=how == "succeeded"))


WAYS = ("succeeded", "failed", "retry")


@pytest.mark.parametrize("how", WAYS)
def test_a_job_that_waits_for_another_worker_is_left_alone(taken_over: Any, how: str) -> None:
    end(taken_over, how)
    assert status_of(taken_over) == "todo"


@pytest.mark.parametrize("how", WAYS)
def test_a_job_that_another_worker_is_doing_is_left_to_it(taken_over: Any, how: str) -> None:
    other = start_one()
    assert other.id == taken_over.id
    end(taken_over, how)
    assert status_of(other) == "doing"
    end(other, "succeeded")
    assert status_of(other) is None


def test_a_worker_ends_its_own_jobs(taken_over: Any) -> None:
    own = start_one()
    end(own, "retry")
    assert status_of(own) == "todo"
    end(start_one(), "failed")
    assert status_of(own) == "failed"
