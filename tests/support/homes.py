"""The data folder of a test run. A run that is cut leaves its folder and its PostgreSQL behind: the next one sweeps both."""

import os
import re
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

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
            _stop_postgres(folder / "postgres" / "postmaster.pid")
            shutil.rmtree(folder, ignore_errors=True)


def _stop_postgres(pid_file: Path) -> None:
    """Stop the server that the file names, if it is one and serves that folder."""
    with suppress(OSError, ValueError, IndexError, psutil.Error):  # it is gone already, or never came up
        lines = pid_file.read_text().splitlines()
        server = psutil.Process(int(lines[0]))
        if Path(lines[1]) == pid_file.parent and "postgres" in server.name():
            server.send_signal(signal.SIGQUIT)
            server.wait(10)
