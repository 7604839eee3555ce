"""Wait until transfers are completed, with a progress bar, or until another process is finished."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


def in_turn(running: str, run: Callable[[], T]) -> T:
    """Return what `run` returns. While another process does the same ("An import of fjell"), say so once and wait.

    Every command that takes a lease runs by it. Ctrl-C stops the waiting. One that died holds its lease for a minute at most.
    """
    pause, told = threading.Event(), False
    while True:
        try:
            return run()
        except Busy:
            if not told:
                say(f"{running} is already running. Yours starts when it is finished.")
            told = True
            pause.wait(LOOK_EVERY_SECONDS)


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
