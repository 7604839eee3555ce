"""Read the next chunk from another system while the previous one is compared and stored."""

import contextvars
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

from bilag.jobs.threads import giving_back

AHEAD = True
"""False: without a thread, in one order."""
Item = TypeVar("Item")


def chunks(items: Iterable[Item], size: int) -> Generator[list[Item]]:
    """Yield the items in lists of `size`; the last may be shorter. A thread reads the next list meanwhile.

    The thread has the caller's context variables: its leases, its recorder, and whether it is a worker's job. Raises what
    reading raises. If you do not exhaust the iterator, close it, so that reading stops.
    """
    reading = iter(items)
    if not AHEAD:
        while some := list(islice(reading, size)):
            yield some
        return

    def read() -> list[Item]:
        return list(islice(reading, size))

    with ThreadPoolExecutor(1, "read ahead") as pool:

        def begin() -> Future[list[Item]]:
            return pool.submit(contextvars.copy_context().run, giving_back(read))

        following = begin()
        while some := following.result():
            following = begin()
            yield some
