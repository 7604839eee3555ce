"""A test run that is interrupted leaves no server running."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from tests.support.paths import ROOT
from tests.support.patience import PATIENCE, wait_for
from tests.support.watchdog import MARK, marked

RUN = ("-p", "no:cacheprovider", "-n", "2", "tests/service/test_killed.py", "tests/jobs/test_lease.py")


@pytest.mark.service
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_run_that_is_interrupted_leaves_nothing_running(number: signal.Signals) -> None:
    ours = ("BILAG_", MARK, "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    run = subprocess.Popen(
        [sys.executable, "-m", "pytest", *RUN],
        cwd=ROOT,
        env=kept,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        mark = wait_for(lambda: _mark_of(run.pid), "the run has processes")

        wait_for(lambda: any(_is_database(one) for one in marked(mark)), "a database runs")
        run.send_signal(number)
        run.wait(PATIENCE)
        wait_for(lambda: not list(marked(mark)), "everything that the run started has ended")
    finally:
        run.kill()
        run.wait(PATIENCE)


def _is_database(process: psutil.Process) -> bool:
    try:
        return "postgres" in process.name()
    except psutil.NoSuchProcess:  # it ended meanwhile
        return False


def _mark_of(pid: int) -> str | None:
    """The mark of the run, as one of the processes that it started carries it."""
    for child in psutil.Process(pid).children():
        try:
            mark = child.environ().get(MARK)
        except psutil.Error:
            continue
        if mark:
            return mark
    return None
