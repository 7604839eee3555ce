"""A line that does not answer is rested by a worker's jobs, and by nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bilag.wire import circuit_breaker
from bilag.wire.circuit_breaker import CircuitBreaker, CircuitOpen, Job, bypass_breaker, in_worker

HERE = "https://hub.example"
REST = 0.2


@pytest.fixture(autouse=True)
def _no_address_is_known() -> Iterator[None]:
    circuit_breaker.forget_all()
    yield
    circuit_breaker.forget_all()


@contextmanager
def job() -> Iterator[Job]:
    made = Job()
    token = in_worker.set(made)
    try:
        yield made
    finally:
        in_worker.reset(token)


def failing(calls: int = circuit_breaker.FAILURES) -> CircuitBreaker:
    made = CircuitBreaker(HERE, recovery_seconds=REST)
    for _ in range(calls):
        made.count(failed=True)
    return made


def goes(one: CircuitBreaker) -> bool:
    try:
        with one.guard():
            return True
    except CircuitOpen:
        return False


def test_three_failures_in_a_row_hold_jobs_back_and_no_person() -> None:
    with job() as ours:
        assert goes(failing(2))
        assert not goes(failing())
        assert ours.failing
    assert goes(failing())
    with job(), bypass_breaker():
        assert goes(failing())


def test_an_answer_in_between_begins_anew() -> None:
    one = failing(2)
    one.count(failed=False)
    one.count(failed=True)
    with job():
        assert goes(one)


def test_after_the_rest_one_tries_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    one = failing()
    now = circuit_breaker.LibraryBreaker.open_remaining
    monkeypatch.setattr(circuit_breaker.LibraryBreaker, "open_remaining", property(lambda _breaker: 0))
    with job(), one.guard():
        assert not goes(one), "two at a time"
    one.count(failed=True)
    monkeypatch.setattr(circuit_breaker.LibraryBreaker, "open_remaining", now)
    with job():
        assert not goes(one), "one more failure, and it is rested again"
    one.count(failed=False)
    with job():
        assert goes(one)


def test_one_company_that_fails_holds_no_other_back() -> None:
    one = failing(10 * circuit_breaker.FAILURES)
    with job():
        assert not goes(one)
        assert goes(CircuitBreaker(HERE, recovery_seconds=REST))


def test_three_companies_that_fail_hold_back_all_of_that_address() -> None:
    failing()
    failing()
    other = CircuitBreaker(HERE, recovery_seconds=REST)
    with job():
        assert goes(other)
        failing()
        assert not goes(other)
        assert goes(CircuitBreaker("https://other.example", recovery_seconds=REST))
    other.count(failed=False)  # a person's call got through
    with job():
        assert goes(other)
