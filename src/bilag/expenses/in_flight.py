"""Keep several requests to Moment in flight: the lines of an import depend on each other's order only where the caller says so."""

import contextvars
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from types import TracebackType
from typing import TypeVar

from bilag.jobs.threads import giving_back

AT_ONCE = 4
"""Moment's rate limit is not known (contracts/moment.md): few enough to be taken for a few users. 1: without threads."""
Given = TypeVar("Given")
Found = TypeVar("Found")
Answer = Callable[[], Found]


class InFlight:
    """Threads for requests, while the context lasts. Each request runs with the caller's context variables: its leases, its
    recorder, and whether it is a worker's job."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, "in flight") if AT_ONCE > 1 else None

    def __enter__(self) -> "InFlight":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each(self, request: Callable[[Given], Found], given: Iterable[Given]) -> Generator[tuple[Given, Answer[Found]]]:
        """Yield each with a function that returns what its request returned, or raises what it raised; in their order.

        At most `AT_ONCE` are in flight: the next is taken from `given` when there is room. Close the iterator if it is not read to
        its end: no other request is begun then, and those in flight have ended.
        """
        if self._pool is None:
            for one in given:
                yield one, partial(request, one)
            return
        flying: deque[tuple[Given, Future[Found]]] = deque()
        try:
            for one in given:
                flying.append((one, self._pool.submit(contextvars.copy_context().run, giving_back(request), one)))
                if len(flying) == AT_ONCE:
                    first, future = flying.popleft()
                    yield first, future.result
            while flying:
                first, future = flying.popleft()
                yield first, future.result
        finally:
            wait([future for _one, future in flying])
