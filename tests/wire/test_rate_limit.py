"""Who waits for a place in an account's allowance, how long, and who is sent away at once."""

import threading
from collections.abc import Iterator

import pytest
from pyrate_limiter import InMemoryStateStore

from bilag.wire import rate_limit
from bilag.wire.rate_limit import BEGUN_WAIT_SECONDS, MAX_WAIT_SECONDS, RateLimit, RateLimited
from tests.support.held_time import HeldTime
from tests.support.patience import PATIENCE, wait_for


@pytest.fixture
def held_time(monkeypatch: pytest.MonkeyPatch) -> HeldTime:
    return HeldTime().rule(monkeypatch, rate_limit)


def used_up(per_minute: int) -> RateLimit:
    """A limit whose burst has gone: the next request has to wait."""
    limit = RateLimit(InMemoryStateStore(), per_minute)
    for _ in range(max(1, per_minute // 5)):
        limit.acquire()
    return limit


def test_who_gets_its_turn_in_time_waits_for_it(held_time: HeldTime) -> None:
    limit = used_up(60)
    limit.acquire()
    assert 0.5 < sum(held_time.slept) < MAX_WAIT_SECONDS


def test_job_that_has_begun_waits_longer_than_one_that_has_not(held_time: HeldTime) -> None:
    limit = used_up(6)
    with pytest.raises(RateLimited) as caught:
        limit.acquire()
    assert held_time.slept == []
    assert MAX_WAIT_SECONDS < caught.value.seconds < BEGUN_WAIT_SECONDS
    limit.acquire(begun=True)
    assert sum(held_time.slept) > MAX_WAIT_SECONDS


def test_nobody_waits_for_a_rest_that_is_longer(held_time: HeldTime) -> None:
    limit = used_up(600)
    limit.pause(BEGUN_WAIT_SECONDS + 1)
    for begun in (False, True):
        with pytest.raises(RateLimited):
            limit.acquire(begun=begun)
    assert held_time.slept == []


class _Asleep(HeldTime):
    """A time in which whoever sleeps is woken by the test."""

    def __init__(self) -> None:
        super().__init__()
        self.woken = threading.Event()

    def sleep(self, seconds: float) -> None:
        assert self.woken.wait(PATIENCE)
        super().sleep(seconds)


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Asleep]:
    made = _Asleep()
    made.rule(monkeypatch, rate_limit)
    monkeypatch.setattr(rate_limit, "BEGUN_WAIT_SECONDS", PATIENCE)
    yield made
    made.woken.set()


def test_as_many_stand_in_line_as_get_their_turn_in_time_and_the_others_go_at_once(asleep: _Asleep) -> None:
    limit = used_up(60)  # one a second: five get their turn in five seconds
    went: list[bool] = []
    threads = [threading.Thread(target=lambda: went.append(limit.acquire(begun=True) is None)) for _ in range(6)]
    for thread in threads:
        thread.start()
    wait_for(lambda: limit._waiting == len(threads), "all to stand in line")
    with pytest.raises(RateLimited) as caught:
        limit.acquire()
    assert caught.value.seconds >= MAX_WAIT_SECONDS
    asleep.woken.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert went == [True] * len(threads)
    limit.acquire()


def test_who_counts_by_the_second_gets_no_burst_of_a_minute(held_time: HeldTime) -> None:
    """600 a minute let 128 go in the first second, where PowerOffice Go allows 10."""
    limit = RateLimit(InMemoryStateStore(), 10, 1)
    begun, sent = held_time.time(), list[float]()
    for _ in range(60):
        limit.acquire(begun=True)
        sent.append(held_time.time() - begun)
    assert max(sum(first <= one < first + 1 for one in sent) for first in sent) <= 10
    assert sent[-1] < 60 / 7, "seven a second go at least"
