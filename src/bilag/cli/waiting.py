"""Waits until transfers are settled, with a progress bar; works on them here when no worker is running."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bilag.cli.output import err, say
from bilag.jobs import health
from bilag.transfers.queries import transfers

LOOK_EVERY_SECONDS = 0.1


def wait_for(ids: list[int]) -> None:
    """Return when none of the transfers is under way any more; Ctrl-C stops the waiting, not the work."""
    with _somebody_working(), _progress() as progress:
        bar = progress.add_task("Transferring", total=len(ids))
        pause = threading.Event()
        while left := transfers.under_way(ids):
            progress.update(bar, completed=len(ids) - left)
            pause.wait(LOOK_EVERY_SECONDS)
        progress.update(bar, completed=len(ids))


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err(),
        transient=True,
    )


@contextmanager
def _somebody_working() -> Iterator[None]:
    """A worker of our own while the context lasts, if there is no other."""
    if health.worker_alive():
        yield
        return
    from bilag.service.worker import work

    say("No worker is running: working here.")
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(work(4, stop, alone=False)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=30)
