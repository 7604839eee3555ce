"""Keeps requests within what the other side allows in a minute, over all that share the allowance.

The counting is pyrate-limiter's generic cell rate algorithm; where its state is kept is said by its `StateStore`: here for
one process, in PostgreSQL for all workers (`bilag.companies.allowances`).
"""

import threading
import time
from collections.abc import Callable
from math import ceil
from random import SystemRandom

from pyrate_limiter import GCRA, Decision, Duration, InMemoryStateStore, Rate, StateStore, WallClock
from pyrate_limiter.abstracts.algorithm import ADMITTED, State

LONGEST_WAIT = 5.0
"""Seconds that a request waits for its turn. For more, the caller comes back later."""
WAITING_PLACES = 4
"""So many wait at the same time in this process; no worker is filled with threads that wait for one account."""
LEASE_SECONDS = 2.0

_random = SystemRandom()


class RateLimited(Exception):
    """The allowance is used up for `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"the allowance is used up for {seconds} s")


class _Rest(GCRA):
    """Nothing is admitted for a time, whatever was admitted before."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def step(self, rates: list[Rate], state: State, now: int, weight: int) -> tuple[State, Decision]:
        """The state of a bucket that will be empty until then."""
        until = now * 1000 + ceil(self._seconds * 1_000_000)
        empty = (until + (rate.burst - 1) * self._emission_us(rate) for rate in rates)
        return tuple(max(int(before), after) for before, after in zip(state, empty, strict=True)), ADMITTED


class RateLimit:
    """Everybody's requests against one allowance. Safe for several threads.

    A fifth of a minute's requests may go at once and the others at an even pace, so that within no minute, wherever it
    begins, more are sent than are allowed. A few are taken from the store together while nobody waits.
    """

    def __init__(self, store: StateStore, per_minute: int) -> None:
        self._store = store
        self._clock = WallClock()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(WAITING_PLACES)
        self._leased, self._leased_until = 0, 0.0
        self._per_minute = 0
        self.allow(per_minute)

    def allow(self, per_minute: int) -> None:
        """The other side says how many requests it allows in a minute."""
        with self._lock:
            if per_minute == self._per_minute:
                return
            self._per_minute = per_minute
            burst = max(1, per_minute // 5)
            self._rates = [Rate(max(1, per_minute * 3 // 4), Duration.MINUTE, burst)]
            self._lease = max(1, per_minute // 100)
            self._leased = min(self._leased, self._lease)

    def rest(self, seconds: float) -> None:
        """The other side wants no request for so long."""
        with self._lock:
            self._leased = 0
        self._check(_Rest(seconds), 1)

    def enter(self) -> None:
        """Take a place for one request, which may wait for `LONGEST_WAIT`. Raises `TooMany` if that is too short."""
        if self._from_lease():
            return
        wait = self._take(self._lease) if self._lease > 1 else None
        if wait is None or wait > 0:
            wait = self._take(1)
        if wait > 0:
            self._wait(wait)

    def _wait(self, wait: float) -> None:
        until = time.monotonic() + LONGEST_WAIT
        if not self._places.acquire(blocking=False):
            raise RateLimited(ceil(wait + LONGEST_WAIT))
        try:
            while wait > 0:
                wait *= _random.uniform(1.0, 1.2)  # those who wait for the same moment do not all come back at it
                if time.monotonic() + wait > until:
                    raise RateLimited(ceil(wait))
                time.sleep(wait)
                wait = self._take(1)
        finally:
            self._places.release()

    def _from_lease(self) -> bool:
        with self._lock:
            if self._leased and time.monotonic() < self._leased_until:
                self._leased -= 1
                return True
            return False

    def _take(self, weight: int) -> float:
        """Seconds until it may be tried again; 0 when `weight` requests were taken, of which one is used now."""
        decision = self._check(GCRA(), weight)
        if not decision.allowed:
            return max(0.001, (decision.retry_after_ms or 1000) / 1000)
        with self._lock:
            self._leased, self._leased_until = weight - 1, time.monotonic() + LEASE_SECONDS
        return 0.0

    def _check(self, algorithm: GCRA, weight: int) -> Decision:
        decision = self._store.check(algorithm, self._rates, self._clock.now(), weight)
        if not isinstance(decision, Decision):
            raise TypeError(f"{type(self._store).__name__} is asynchronous")
        return decision


RateLimits = Callable[[str, int], RateLimit]
"""Gives the meter of an account, by a name that all who share its allowance have in common, and what is allowed at first."""


def own_rate_limit(_account: str, per_minute: int) -> RateLimit:
    """A meter that nobody else shares."""
    return RateLimit(InMemoryStateStore(), per_minute)
