"""Keep requests within another system's allowance for a minute, shared by all who use the account.

pyrate-limiter's generic cell rate algorithm counts; its `StateStore` holds the state. `unshared_rate_limit` keeps it in
this process, `bilag.companies.allowances` in PostgreSQL for all workers.
"""

import threading
import time
from collections.abc import Callable
from math import ceil
from random import SystemRandom

from pyrate_limiter import GCRA, Decision, Duration, InMemoryStateStore, Rate, StateStore, WallClock
from pyrate_limiter.abstracts.algorithm import ADMITTED, State

MAX_WAIT_SECONDS = 5.0
"""The longest a request waits for its turn. Beyond it the caller must retry later."""
MAX_WAITERS = 4
"""How many threads of this process may wait for one account, so that it cannot occupy a whole worker."""
LEASE_SECONDS = 2.0
"""How long a batch of requests taken from the store may be used."""

_random = SystemRandom()


class RateLimited(Exception):
    """The allowance is used up for `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"the allowance is used up for {seconds} s")


class _Pause(GCRA):
    """Marks the whole allowance as used for a time, whatever was admitted before."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def step(self, rates: list[Rate], state: State, now: int, weight: int) -> tuple[State, Decision]:
        """Return the state that admits nothing until the pause ends."""
        until = now * 1000 + ceil(self._seconds * 1_000_000)
        empty = (until + (rate.burst - 1) * self._emission_us(rate) for rate in rates)
        return tuple(max(int(before), after) for before, after in zip(state, empty, strict=True)), ADMITTED


class RateLimit:
    """The rate limit of one account. Thread-safe.

    A fifth of a minute's requests may go in a burst, the rest at an even pace, so that no minute, wherever it begins,
    exceeds the allowance. While nobody waits, a few requests are taken from the store at once to save round trips.
    """

    def __init__(self, store: StateStore, per_minute: int) -> None:
        self._store = store
        self._clock = WallClock()
        self._lock = threading.Lock()
        self._waiters = threading.BoundedSemaphore(MAX_WAITERS)
        self._leased, self._leased_until = 0, 0.0
        self._per_minute = 0
        self.set_allowance(per_minute)

    def set_allowance(self, per_minute: int) -> None:
        """Set the number of requests allowed for each minute, as the other system reports it."""
        with self._lock:
            if per_minute == self._per_minute:
                return
            self._per_minute = per_minute
            burst = max(1, per_minute // 5)
            self._rates = [Rate(max(1, per_minute * 3 // 4), Duration.MINUTE, burst)]
            self._lease = max(1, per_minute // 100)
            self._leased = min(self._leased, self._lease)

    def pause(self, seconds: float) -> None:
        """Send nothing for `seconds`, as the other system asked."""
        with self._lock:
            self._leased = 0
        self._check(_Pause(seconds), 1)

    def acquire(self) -> None:
        """Take a place for one request, waiting up to `MAX_WAIT_SECONDS`. Raises `RateLimited` if that is too short."""
        if self._from_lease():
            return
        wait = self._take(self._lease) if self._lease > 1 else None
        if wait is None or wait > 0:
            wait = self._take(1)
        if wait > 0:
            self._wait(wait)

    def _wait(self, wait: float) -> None:
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        if not self._waiters.acquire(blocking=False):
            raise RateLimited(ceil(wait + MAX_WAIT_SECONDS))
        try:
            while wait > 0:
                wait *= _random.uniform(1.0, 1.2)  # jitter, so that waiters do not all wake at once
                if time.monotonic() + wait > deadline:
                    raise RateLimited(ceil(wait))
                time.sleep(wait)
                wait = self._take(1)
        finally:
            self._waiters.release()

    def _from_lease(self) -> bool:
        with self._lock:
            if self._leased and time.monotonic() < self._leased_until:
                self._leased -= 1
                return True
            return False

    def _take(self, weight: int) -> float:
        """Take `weight` requests and use one. Returns 0, or the seconds until the next attempt."""
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
"""Returns the rate limit of an account, given a name shared by all users of its allowance and the initial allowance."""


def unshared_rate_limit(_account: str, per_minute: int) -> RateLimit:
    """Return a rate limit for this process alone."""
    return RateLimit(InMemoryStateStore(), per_minute)
