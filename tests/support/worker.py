"""The real worker, in a thread beside the test."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from tests.support.patience import PATIENCE

CONCURRENCY = 8


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """The real worker, in a thread of its own."""
    from bilag.jobs.fair_share import fair_share
    from bilag.service.worker import work

    stop, loops = asyncio.Event(), []

    async def living() -> None:
        loops.append(asyncio.get_running_loop())
        await work(CONCURRENCY, stop, alone=False)

    thread = threading.Thread(target=lambda: asyncio.run(living()))
    thread.start()
    try:
        yield
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        fair_share.places = None
        assert not thread.is_alive()
