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
