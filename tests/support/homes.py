"""The data folder of a test run. A run that is cut leaves its folder and its PostgreSQL behind: the next one sweeps both."""

import os
import re
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

from tests.support.patience import PATIENCE

PREFIX = "bilag-tests"
_NAME = re.compile(rf"{PREFIX}-(\d+)-\w+")


def new_home() -> Path:
    """A folder that tells by its name whose it is. Others may read it, as PostgreSQL is another user under root."""
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}-{os.getpid()}-"))
    home.chmod(0o755)
    return home


def name_own_temporary_root() -> None:
    """Let all processes of this run make their temporary folders in one of its own.

    pytest takes other users' rights away from the folder that all runs of a user share, whenever one begins: beside another
    run, that one's PostgreSQL, which is another user under root, could open its files no more.
    """
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(new_home())


def remove_own_temporary_root() -> None:
    """Remove the folder, if this process named it."""
    root = Path(os.environ.get("PYTEST_DEBUG_TEMPROOT", ""))
    if f"-{os.getpid()}-" in root.name:
        shutil.rmtree(root, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of runs that are dead, and stop what still runs on them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}-*"):
        found = _NAME.fullmatch(folder.name)
        if found is not None and not psutil.pid_exists(int(found[1])):
            stop_postgres(folder / "postgres")
            shutil.rmtree(folder, ignore_errors=True)


def stop_postgres(data: Path) -> None:
    """Stop the server of this data folder, if one runs."""
    with suppress(OSError, ValueError, IndexError, psutil.Error):  # it is gone already, or never came up
        lines = (data / "postmaster.pid").read_text().splitlines()
        server = psutil.Process(int(lines[0]))
        if Path(lines[1]) == data and "postgres" in server.name():
            server.send_signal(signal.SIGQUIT)
            server.wait(PATIENCE)
