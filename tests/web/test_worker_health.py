"""What `/readyz` says of the worker in its process; tests/service/test_lost_sessions.py shows it with a real one."""

import pytest

from bilag.jobs import worker_health
from bilag.jobs.worker_health import SILENT_SECONDS, WorkerHealth


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(worker_health, "time", clock)
    return clock


def test_without_a_worker_nothing_is_wrong() -> None:
    assert WorkerHealth().problem() is None


def test_a_worker_that_has_not_reached_the_database_is_not_ready(clock: Clock) -> None:
    health = WorkerHealth()
    health.starting()
    assert health.problem() == "the worker is starting"
    health.passed()
    assert health.problem() is None


def test_a_silent_worker_is_not_ready(clock: Clock) -> None:
    health = WorkerHealth()
    health.passed()
    clock.now += SILENT_SECONDS
    assert health.problem() is None
    clock.now += 1
    assert health.problem() == "the worker has not reached the database for 21 seconds"


def test_a_worker_that_failed_is_ready_again_once_it_passed_and_forgotten_once_it_stopped(clock: Clock) -> None:
    health = WorkerHealth()
    health.passed()
    health.failed("the worker stopped")
    assert health.problem() == "the worker stopped"
    health.passed()
    assert health.problem() is None
    health.failed("the worker stopped")
    health.stopped()
    assert health.problem() is None
