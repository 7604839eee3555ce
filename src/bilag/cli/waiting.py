"""Wait until transfers are completed, with a progress bar, or until another process is finished."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bilag.cli.output import err, say
from bilag.jobs import health
from bilag.jobs.lease import Busy
from bilag.transfers.queries import transfers

LOOK_EVERY_SECONDS = 0.1
T = TypeVar("T")


def wait_for(ids: list[int]) -> None:
    """Return when none of the transfers is in progress. Ctrl-C stops the waiting, not the transfers."""
    with _worker_running(), _progress() as progress:
        bar = progress.add_task("Transferring", total=len(ids))
        pause = threading.Event()
        while remaining := transfers.under_way(ids):
            progress.update(bar, completed=len(ids) - remaining)
            pause.wait(LOOK_EVERY_SECONDS)
        progress.update(bar, completed=len(ids))


def in_turn(running: str, run: Callable[[timedelta], T]) -> T:
    """Return what `run` returns. While another process holds the lease, say so ("An import of fjell") and wait for it.

    `run` gets how long to wait for the lease, and raises `Busy` after that.
    """
    try:
        return run(timedelta(0))
    except Busy:
        say(f"{running} is already running. Yours starts when it is finished.")
        return run(timedelta.max)


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
def _worker_running() -> Iterator[None]:
    """Run a worker in this process while the context lasts, if no other is running."""
    if health.worker_alive():
        yield
        return
    from bilag.service.worker import work

    say("No worker is running. This command processes the transfers.")
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(work(4, stop, alone=False)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(timeout=30)
