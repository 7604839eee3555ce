"""Look several expenses up in Moment at the same time: reading changes nothing, so its order does not matter."""

import contextvars
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from django.db import connection

AT_ONCE = 4
"""Moment's rate limit is not known (contracts/moment.md): few enough to be taken for a few users. 1: without threads."""
Given = TypeVar("Given")
Found = TypeVar("Found")
Answer = Callable[[], Found]


def look_up_all(find: Callable[[Given], Found], given: Sequence[Given]) -> Iterator[Answer[Found]]:
    """Yield, for each in its order, a function that returns what was found, or raises what `find` raised.

    Each look-up runs with the caller's context: its leases, its recorder and whether it is a worker's job. Those that were not
    begun when the caller stops reading are not made.
    """
    if AT_ONCE == 1:
        yield from (partial(find, one) for one in given)
        return
    pool = ThreadPoolExecutor(AT_ONCE, "look up")
    try:
        for future in [pool.submit(contextvars.copy_context().run, _released, find, one) for one in given]:
            yield future.result
    finally:
        pool.shutdown(cancel_futures=True)


def _released(find: Callable[[Given], Found], one: Given) -> Found:
    """Give the thread's database connection back: keeping a lease may have needed one."""
    try:
        return find(one)
    finally:
        connection.close()
