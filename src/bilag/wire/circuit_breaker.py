"""Circuit breakers: stop a worker's jobs from waiting for a system that does not answer.

Each company has a breaker for each system it connects to. It opens after `FAILURES` failed calls in a row (no
connection, time-out, 502, 503 or 504). After `RECOVERY_SECONDS` one job at a time tries again; success closes it.

Each address has a breaker too, shared by its companies. It opens when `FAILING_COMPANIES` breakers in a row have opened
with no successful call in between: then the system itself is down.

Only worker jobs are blocked. A user waiting for a page or a command always gets a real attempt.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass

from circuitbreaker import CircuitBreaker as LibraryBreaker

FAILURES = 3
FAILING_COMPANIES = 3
RECOVERY_SECONDS = 15.0
"""How long a breaker stays open before a job may try again."""
DOWN = frozenset({502, 503, 504})
"""HTTP statuses that count as a failed call."""


@contextmanager
def bypass_breaker() -> Iterator[None]:
    """Ignore open breakers in this context: a user requested the calls just now."""
    token = in_worker.set(None)
    try:
        yield
    finally:
        in_worker.reset(token)


@dataclass(slots=True)
class Job:
    """A worker's job, which can be rescheduled."""

    failing: bool | None = None
    """Whether the job's latest call failed; None if it has made none."""


in_worker: ContextVar[Job | None] = ContextVar("in_worker", default=None)
_address_breakers: dict[str, "SingleBreaker"] = {}
_lock = threading.Lock()


class CallFailed(Exception):
    """Counted by the breaker: the system gave no answer of its own."""


class CircuitOpen(Exception):
    """The breaker is open, so the request was not sent. `seconds` until the next attempt."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"earlier requests had no answer; the next attempt is in {seconds} s")


class SingleBreaker:
    """One breaker: for a company's connection or for an address."""

    def __init__(self, failures: int, recovery_seconds: float) -> None:
        self._breaker = LibraryBreaker(
            failure_threshold=failures, recovery_timeout=recovery_seconds, expected_exception=CallFailed
        )
        self._trying = threading.Lock()

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Raise `CircuitOpen` while the breaker is open; when half-open, let one caller through at a time."""
        if self._breaker.opened:
            raise CircuitOpen(max(1, int(self._breaker.open_remaining)))
        if self._breaker.closed:
            yield
        elif self._trying.acquire(blocking=False):
            try:
                yield
            finally:
                self._trying.release()
        else:
            raise CircuitOpen(1)

    @property
    def closed(self) -> bool:
        """Whether calls pass freely."""
        return bool(self._breaker.closed)

    def count(self, *, failed: bool) -> bool:
        """Record the outcome of a call. Returns True if this call opened the breaker."""
        closed = self.closed
        if not failed:
            self._breaker.reset()
            return False
        with suppress(CallFailed), self._breaker:
            raise CallFailed
        return closed and not self.closed


class CircuitBreaker:
    """One company's breaker for the system at `address` (scheme, host and port). Thread-safe."""

    def __init__(self, address: str, *, recovery_seconds: float = RECOVERY_SECONDS) -> None:
        with _lock:
            self._address = _address_breakers.setdefault(address, SingleBreaker(FAILING_COMPANIES, recovery_seconds))
        self._own = SingleBreaker(FAILURES, recovery_seconds)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Raise `CircuitOpen` if a breaker is open and a worker's job is calling; otherwise do nothing."""
        job = in_worker.get()
        if job is None:
            yield
            return
        try:
            with self._address.guard(), self._own.guard():
                yield
        except CircuitOpen:
            job.failing = True
            raise

    def count(self, *, failed: bool) -> None:
        """Record the outcome of a call."""
        job = in_worker.get()
        if job is not None:
            job.failing = failed
        opened = self._own.count(failed=failed)
        if opened or not failed or not self._address.closed:
            self._address.count(failed=failed)


def forget_all() -> None:
    """Forget every address's breaker. For tests, which reuse addresses."""
    with _lock:
        _address_breakers.clear()
