"""A fence before each request: immediately before it is written, whoever works under a lease is asked whether it still holds.

The wire does not know what is asked. A check that refuses raises a `Fenced`, and nothing is sent.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

_check: ContextVar[Callable[[], None] | None] = ContextVar("fence", default=None)


class Fenced(Exception):
    """The request was not sent: whoever wanted it may no longer send. It is no fault of the other system."""


@contextmanager
def checked_by(check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before each request that is sent in this context. It raises a `Fenced` to refuse."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def check() -> None:
    """Ask whether a request may be sent now. Raises `Fenced`."""
    asked = _check.get()
    if asked is not None:
        asked()


class RequestLock:
    """A lock that its holder keeps during requests, so that one thread asks and the others use its answer.

    Whoever has to wait for it first does what it does before a request of its own: it lets go of what the holder may need, such as
    a connection to the database. Otherwise those that wait could have all of them, and the holder none.
    """

    def __init__(self) -> None:
        self._lock = Lock()

    def __enter__(self) -> None:
        """Wait for the lock. Raises `Fenced` as `check` does."""
        if not self._lock.acquire(blocking=False):
            check()
            self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
