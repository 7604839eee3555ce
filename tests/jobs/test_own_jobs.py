"""A worker ends its own jobs only: not one that another took over while it was frozen, nor one that only another version can do."""

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
    from bilag.jobs.registry import register_tasks
    from simulation import queue

    register_tasks()
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


OF_ANOTHER_VERSION = {
    "a task": ("transfers.of_the_next_version", {"company_id": 1}),
    "an argument": ("transfers.probe", {"company_id": 1, "probes": 1, "of_the_next_version": True}),
    "an argument less": ("transfers.probe", {"company_id": 1}),
}


@pytest.fixture
def of_another_version(database: None, request: pytest.FixtureRequest) -> Any:
    """A job that the next version enqueued, taken by a worker of this one."""
    from procrastinate.contrib.django import app

    from simulation import queue

    task, arguments = OF_ANOTHER_VERSION[request.param]
    queue.queue_app()
    app.configure_task(task, queueing_lock="only one").defer(**arguments)
    return start_one()


@pytest.mark.parametrize("of_another_version", OF_ANOTHER_VERSION, indirect=True)
def test_a_job_that_only_another_version_can_do_waits_for_it(of_another_version: Any) -> None:
    from django.utils import timezone
    from procrastinate.contrib.django.models import ProcrastinateJob

    end(of_another_version, "failed")
    waiting = ProcrastinateJob.objects.get(pk=of_another_version.id)
    assert (waiting.status, waiting.attempts) == ("todo", 1)
    assert waiting.scheduled_at > timezone.now()
    assert start_one() is None, "not at once: it would be taken again and again"


@pytest.mark.parametrize("of_another_version", OF_ANOTHER_VERSION, indirect=True)
def test_it_fails_when_no_worker_knew_it_for_three_days(of_another_version: Any) -> None:
    from attrs import evolve

    from bilag.jobs.own_jobs import MOST_RETURNS

    end(evolve(of_another_version, attempts=MOST_RETURNS), "failed")
    assert status_of(of_another_version) == "failed"


@pytest.mark.parametrize("of_another_version", OF_ANOTHER_VERSION, indirect=True)
def test_it_ends_when_one_like_it_was_queued_meanwhile(of_another_version: Any) -> None:
    from procrastinate.contrib.django import app

    app.configure_task(of_another_version.task_name, queueing_lock="only one").defer(company_id=2)
    end(of_another_version, "failed")
    assert status_of(of_another_version) is None


@pytest.mark.parametrize("what", OF_ANOTHER_VERSION)
def test_it_is_told_in_one_warning_without_a_traceback(
    database: None, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    from procrastinate.contrib.django import app

    from bilag.service.logs import is_no_task_of_another_version
    from tests.support.world import work_off

    task, arguments = OF_ANOTHER_VERSION[what]
    app.configure_task(task, queueing_lock="only one").defer(**arguments)
    work_off()
    logged = [one for one in caplog.records if is_no_task_of_another_version(one)]
    assert [one for one in logged if one.exc_info or one.levelname == "ERROR"] == []
    told = [one.getMessage() for one in logged] + capsys.readouterr().out.splitlines()  # wherever structlog writes here
    assert ["given_up=False" in one or "'given_up': False" in one for one in told if "of_another_version" in one] == [
        True
    ]


def test_a_job_of_this_version_that_failed_has_failed(taken_over: Any) -> None:
    end(start_one(), "failed")
    assert status_of(taken_over) == "failed"
