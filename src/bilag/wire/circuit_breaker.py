"""Whether the other end of a line answers, so that nobody waits for one that does not.

A line is one company's connection to one system. After `FAILURES` calls in a row that failed - no connection, no answer in
time, 502, 503 or 504 - its jobs are held back for a while, without a call; then one of them tries. When `COMPANIES` of an
address are held back and nobody got through in between, it is the other end that is down, and all of its companies wait.
Only jobs of a worker are held back, never a person who waits for an answer in a page or a command.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass

from circuitbreaker import CircuitBreaker as LibraryBreaker

FAILURES = 3
COMPANIES = 3
REST_SECONDS = 15.0
"""How long it is held back before it is tried again."""
DOWN = frozenset({502, 503, 504})


@contextmanager
def bypass_breaker() -> Iterator[None]:
    """A person asked for it just now: nothing is held back."""
    token = in_worker.set(None)
    try:
        yield
    finally:
        in_worker.reset(token)


@dataclass(slots=True)
class Job:
    """A job of a worker, which can come again later; a person cannot."""

    failing: bool | None = None
    """Whether the last call it made failed; None: it made none."""


in_worker: ContextVar[Job | None] = ContextVar("in_worker", default=None)
_ends: dict[str, "End"] = {}
_lock = threading.Lock()


class Failed(Exception):
    """A call had no answer that the other end itself gave."""


class CircuitOpen(Exception):
    """Not sent: the other end did not answer before. `seconds` until it is tried again."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"no answer before; tried again in {seconds} s")


class End:
    """What can be held back: a company's line, or an address that many companies use."""

    def __init__(self, failures: int, rest: float) -> None:
        self._breaker = LibraryBreaker(failure_threshold=failures, recovery_timeout=rest, expected_exception=Failed)
        self._trying = threading.Lock()

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Go through, or be held back: `CircuitOpen`. After a rest one goes through at a time."""
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
        """Whether nothing is held back."""
        return bool(self._breaker.closed)

    def count(self, *, failed: bool) -> bool:
        """Note how a call ended; whether that is what holds it back from now on."""
        closed = self.closed
        if not failed:
            self._breaker.reset()
            return False
        with suppress(Failed), self._breaker:
            raise Failed
        return closed and not self.closed


class CircuitBreaker:
    """One company's line to the system at `address` (scheme, host and port). Safe for several threads."""

    def __init__(self, address: str, *, rest: float = REST_SECONDS) -> None:
        with _lock:
            self._address = _ends.setdefault(address, End(COMPANIES, rest))
        self._own = End(FAILURES, rest)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Raises `CircuitOpen` in a job of a worker while the other end is down; else nothing is done here."""
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
        """Note how a call ended."""
        job = in_worker.get()
        if job is not None:
            job.failing = failed
        held = self._own.count(failed=failed)
        if held or not failed or not self._address.closed:
            self._address.count(failed=failed)


def forget_all() -> None:
    """Know nothing of any address. For tests, in which addresses come again."""
    with _lock:
        _ends.clear()
