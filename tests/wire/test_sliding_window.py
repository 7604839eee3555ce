"""No minute has more requests than the other system allows, and hardly fewer where there is more to send."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pyrate_limiter import InMemoryStateStore, Rate

from bilag.wire.rate_limit import WINDOW_SECONDS
from bilag.wire.sliding_window import Pause, SlidingWindow

WINDOW, MINUTE = int(WINDOW_SECONDS * 1000), 60_000
START = 1_800_000_000_000
ALLOWANCES = st.integers(1, 700)


class Account:
    """An account at a time that the test sets; its allowance, and when requests went."""

    def __init__(self, limit: int) -> None:
        self.limit, self.now = limit, START
        self._rates = [Rate(limit, WINDOW, max(1, limit // 5))]
        self._store = InMemoryStateStore()
        self.went: list[int] = []

    def ask(self, weight: int = 1) -> int:
        """Ask for requests; return 0 if they go, or the milliseconds to wait."""
        decision = self._store.check(SlidingWindow(), self._rates, self.now, weight)
        if decision.allowed:
            self.went += [self.now] * weight
            return 0
        assert decision.retry_after_ms is not None
        assert decision.retry_after_ms > 0
        return decision.retry_after_ms

    def pause(self, seconds: float) -> None:
        self._store.check(Pause(seconds), self._rates, self.now, 1)

    def most_in_a_minute(self) -> int:
        """The most requests in any time of a minute and a second."""
        most = first = 0
        for last, at in enumerate(self.went):
            while self.went[first] <= at - MINUTE - 1000:
                first += 1
            most = max(most, last - first + 1)
        return most

    @property
    def size(self) -> int:
        state: Any = self._store.read(SlidingWindow(), self._rates)
        return len(state)


@settings(max_examples=60)
@given(ALLOWANCES, st.lists(st.tuples(st.integers(0, 30_000), st.integers(1, 200)), max_size=40))
def test_no_minute_has_more_requests_than_allowed_whoever_asks_when(limit: int, asked: list[tuple[int, int]]) -> None:
    account = Account(limit)
    for pause, times in asked:
        account.now += pause
        for _ in range(times):
            account.ask(1 + times % max(1, limit // 5))
    assert account.most_in_a_minute() <= limit
    assert account.size <= 2 * 128


@settings(max_examples=25)
@given(st.integers(1, 200), st.integers(0, 100_000), st.integers(0, 60))
def test_who_has_more_to_send_gets_nearly_all_of_the_allowance(limit: int, idle: int, late: int) -> None:
    """Even if each request comes a little later than it may."""
    account = Account(limit)
    for _ in range(limit // 3):
        account.ask()
    account.now += idle
    minutes, began = 20, account.now + MINUTE
    while account.now < began + minutes * MINUTE:
        wait = account.ask()
        account.now += wait + (late if wait else 0)
    assert sum(at >= began for at in account.went) >= 0.95 * minutes * limit - limit // 5 - 1, "but for one burst"
    assert account.most_in_a_minute() <= limit


@given(ALLOWANCES)
def test_after_quiet_a_fifth_goes_at_once_and_the_rest_at_an_even_pace(limit: int) -> None:
    account = Account(limit)
    burst = max(1, limit // 5)
    assert [account.ask() for _ in range(burst)] == [0] * burst
    wait = account.ask()
    assert wait > 0
    if limit >= 5:
        assert wait <= 2 * WINDOW / (limit - burst) + 500, "as long as the pace and the rounding of time need"


@given(ALLOWANCES, st.data())
def test_request_that_waits_as_long_as_told_goes(limit: int, data: st.DataObject) -> None:
    account = Account(limit)
    for pause in data.draw(st.lists(st.integers(0, 5_000), max_size=30)):
        account.now += pause
        for _ in range(max(1, limit // 10)):
            account.ask()
    account.now += account.ask()
    assert account.ask() == 0 or account.went[-1] == account.now


def test_pause_lets_nothing_go_until_it_ends() -> None:
    account = Account(600)
    account.ask()
    account.pause(31)
    assert account.ask() == 31_000
    account.now += 31_000
    assert account.ask() == 0


def test_state_of_an_earlier_version_is_forgotten() -> None:
    assert SlidingWindow().decode(["1800000000000000"]) == (0, 0)
    assert SlidingWindow().decode(["5", "0", "7", "1"]) == (5, 0, 7, 1)
