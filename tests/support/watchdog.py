"""Ends what a test run leaves behind when it is interrupted: servers, workers and databases, which are processes of their own.

It waits in a session of its own until the run's process is gone, however it ended, then ends every process that carries the run's
mark in its environment, and removes the run's data folders.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil

from tests.support.paths import ROOT
from tests.support.patience import PATIENCE

MARK = "TEST_RUN_OF_BILAG"
ROUNDS = 3
"""A process that is just being started carries the mark only a little later."""


def watch() -> None:
    """Mark this run, and start its watchdog. Only in the process that `pytest` started, not in those of pytest-xdist."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    own = f"{os.getpid()}-{psutil.Process().create_time():.0f}"
    kept = {name: value for name, value in os.environ.items() if name != MARK}
    subprocess.Popen(
        [sys.executable, "-m", "tests.support.watchdog", str(os.getpid()), own],
        cwd=ROOT,
        env=kept,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.environ[MARK] = own


def marked(mark: str) -> Iterator[psutil.Process]:
    """The processes of a run."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                yield process


def end_all(mark: str) -> None:
    """End the processes of a run; a database's in the way that leaves no shared memory behind."""
    for _ in range(ROUNDS):
        found = list(marked(mark))
        for process in found:
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGQUIT if "postgres" in process.name() else signal.SIGKILL)
        psutil.wait_procs(found, PATIENCE)


def main(run: int, mark: str) -> None:
    """Wait for the end of the run, and end what is left of it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(run).wait()
    end_all(mark)
    from tests.support.homes import sweep

    sweep()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
