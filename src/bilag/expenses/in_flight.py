"""Keep several requests to Moment in flight. Lines are independent unless the caller orders them."""

import contextvars
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from types import TracebackType
from typing import TypeVar

from bilag.jobs.threads import giving_back

AT_ONCE = 4
"""The most requests in flight: few, because Moment's rate limit is not known (contracts/moment.md). 1: without threads."""
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
        """For each item, yield it with a function that returns its request's result, or raises its error, in order.

        At most `AT_ONCE` are in flight: the next is taken from `given` when there is room. If you do not exhaust the iterator,
        close it: no further request starts, and those in flight finish first.
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
