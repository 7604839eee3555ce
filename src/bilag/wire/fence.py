"""A fence before each request: immediately before it is written, the holder of a lease verifies that the lease is still valid.

The wire does not know the checks. A check that fails raises a `Fenced`, and nothing is sent.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

_check: ContextVar[Callable[[], None] | None] = ContextVar("fence", default=None)


class Fenced(Exception):
    """The request was not sent, because its sender has lost the right to send. The other system is not at fault."""


@contextmanager
def checked_by(check: Callable[[], None]) -> Iterator[None]:
    """Call `check` before each request that is sent in this context. It raises a `Fenced` to refuse."""
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def check() -> None:
    """Run the checks before a request is sent. Raises `Fenced`."""
    asked = _check.get()
    if asked is not None:
        asked()


class RequestLock:
    """A lock that is held during requests, so that one thread sends and the others use its answer.

    A thread that has to wait for the lock first releases what the holder may need, such as its database connection. Otherwise
    the waiting threads could hold all connections, and the holder none.
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
