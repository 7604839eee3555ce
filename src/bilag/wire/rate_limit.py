"""Keep requests within another system's allowance for a minute or a second, shared by all who use the account.

`SlidingWindow` counts, in a `StateStore` of pyrate-limiter. `unshared_rate_limit` keeps the state in this process,
`bilag.companies.allowances` in PostgreSQL for all workers.
"""

import threading
import time
from collections.abc import Callable
from math import ceil
from typing import Protocol

from pyrate_limiter import Decision, InMemoryStateStore, Rate, StateStore, WallClock

from bilag.wire.sliding_window import Pause, SlidingWindow

MAX_WAIT_SECONDS = 5.0
"""The longest a request waits for its turn. Beyond it the caller must retry later."""
BEGUN_WAIT_SECONDS = 30.0
"""The longest that a request waits whose job has sent some already: to begin again would cost those once more."""
LEASE_SECONDS = 1.0
"""How long a batch of requests taken from the store may be used."""
MOST_LEASED = 50
MINUTE = 60.0
LONGEST_SPREAD_SECONDS = 1.0
"""By how much one request may be longer on its way than another, of a minute; a quarter of a shorter time."""
WINDOW_SECONDS = MINUTE + LEASE_SECONDS + LONGEST_SPREAD_SECONDS
"""A minute as it is kept, so that the other system counts no more in any of its own."""

_WINDOW, _CLOCK = SlidingWindow(), WallClock()


class RateLimited(Exception):
    """The allowance is used up for `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"the allowance is used up for {seconds} s")


class RateLimit:
    """The rate limit of one account: so many requests in any minute, or in any other `seconds`. Thread-safe.

    A fifth of them may burst, the rest is evenly paced, so that no minute, wherever it begins, exceeds the allowance. While
    nobody waits, several requests are taken from the store at once to save round trips. Waiting threads of this process form a
    queue, and only the first queries the store.
    """

    def __init__(
        self,
        store: StateStore,
        requests: int,
        seconds: float = MINUTE,
        *,
        before_wait: Callable[[], None] = lambda: None,
    ) -> None:
        """`before_wait` is called in a thread that is about to wait: it releases what others need meanwhile."""
        self._store, self._before_wait = store, before_wait
        self._lock, self._line = threading.Lock(), threading.Lock()
        self._waiting = 0
        self._scarce = False
        self._leased, self._leased_until = 0, 0.0
        self._seconds, self._requests = seconds, 0
        self._window = seconds + min(LONGEST_SPREAD_SECONDS, seconds / 4) + (LEASE_SECONDS if self._leases else 0.0)
        self.set_allowance(requests)

    @property
    def _leases(self) -> bool:
        """Return whether requests may be taken in advance: not if their window is shorter than ten leases."""
        return self._seconds >= 10 * LEASE_SECONDS

    def set_allowance(self, requests: int) -> None:
        """Set the number of requests allowed for each minute (or the other time given), as the other system reports it."""
        with self._lock:
            if requests == self._requests:
                return
            self._requests = requests
            self._rates = [Rate(requests, int(self._window * 1000), max(1, requests // 5))]
            self._lease = max(1, min(MOST_LEASED, requests // 100)) if self._leases else 1
            self._leased = min(self._leased, self._lease)

    def pause(self, seconds: float) -> None:
        """Send nothing for `seconds`, as the other system requested."""
        with self._lock:
            self._leased = 0
        self._check(Pause(seconds), 1)

    def acquire(self, *, begun: bool = False) -> None:
        """Take a place for one request, waiting up to `MAX_WAIT_SECONDS`; up to `BEGUN_WAIT_SECONDS` if the caller has `begun`.

        Raises `RateLimited` if that is too short, at once if the queue is too long: only as many wait as get their turn in
        time, so that the account cannot occupy a whole worker.
        """
        if self._from_lease():
            return
        longest = BEGUN_WAIT_SECONDS if begun else MAX_WAIT_SECONDS
        with self._lock:
            ahead = self._waiting * self._window / self._requests
            if ahead > longest and not begun:
                raise RateLimited(ceil(ahead))
            self._waiting += 1
        try:
            self._wait_in_line(time.monotonic() + longest, longest)
        finally:
            with self._lock:
                self._waiting -= 1

    def _wait_in_line(self, deadline: float, longest: float) -> None:
        self._before_wait()
        if not self._line.acquire(timeout=longest):
            raise RateLimited(ceil(longest))
        try:
            while not self._from_lease():
                wait = self._take()
                if wait <= 0:
                    return
                if time.monotonic() + wait > deadline:
                    raise RateLimited(ceil(wait))
                self._before_wait()
                time.sleep(wait)
        finally:
            self._line.release()

    def _from_lease(self) -> bool:
        with self._lock:
            if self._leased and time.monotonic() < self._leased_until:
                self._leased -= 1
                return True
            return False

    def _take(self) -> float:
        """Take a few requests, or one where they are scarce, and use one. Returns 0, or the seconds until the next attempt."""
        if not self._scarce and self._lease > 1 and self._check(_WINDOW, self._lease).allowed:
            with self._lock:
                self._leased, self._leased_until = self._lease - 1, time.monotonic() + LEASE_SECONDS
            return 0.0
        decision = self._check(_WINDOW, 1)
        self._scarce = not decision.allowed
        return 0.0 if decision.allowed else max(0.001, (decision.retry_after_ms or 1000) / 1000)

    def _check(self, algorithm: SlidingWindow, weight: int) -> Decision:
        decision = self._store.check(algorithm, self._rates, _CLOCK.now(), weight)
        if not isinstance(decision, Decision):
            raise TypeError(f"{type(self._store).__name__} is asynchronous")
        return decision


class RateLimits(Protocol):
    """Returns the rate limit of an account, given a name shared by all users of its allowance, and the initial allowance: so
    many requests in `seconds`. A system that counts by the second as well as by the minute has two rate limits, with two names.
    """

    def __call__(self, account: str, requests: int, seconds: float = MINUTE) -> RateLimit:
        """Return the rate limit."""
        ...


def unshared_rate_limit(account: str, requests: int, seconds: float = MINUTE) -> RateLimit:
    """Return a rate limit for this process alone."""
    return RateLimit(InMemoryStateStore(), requests, seconds)
