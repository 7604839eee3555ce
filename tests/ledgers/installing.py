"""Tryton for the tests: installed once into a virtual environment of its own, kept between runs.

Tryton is GPL: Bilag never imports it and does not depend on it; the tests start it as a server and speak HTTP with it.
The folder is `BILAG_TEST_CACHE`, else `~/.cache/bilag`; to begin anew, remove it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION = "8.0"
PINNED = (
    "trytond==8.0.12",
    "trytond-account==8.0.4",
    "trytond-account-invoice==8.0.2",
    "trytond-analytic-account==8.0.1",
    "trytond-analytic-invoice==8.0.0",
    "trytond-project==8.0.4",
    "trytond-company==8.0.1",
    "trytond-party==8.0.4",
    "psycopg[binary,pool]==3.3.9",
    "python-stdnum==2.2",
)
INSTALL_SECONDS = 300


class NotInstalled(Exception):
    """Tryton cannot be had on this machine; the message says why."""


def cache() -> Path:
    """The folder that is kept between runs, one for each set of versions."""
    root = Path(os.environ.get("BILAG_TEST_CACHE") or Path.home() / ".cache" / "bilag")
    return root / f"tryton-{VERSION}-{fingerprint(*PINNED, sys.version)}"


def fingerprint(*parts: str) -> str:
    """A short name for these texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Be the only test run that fills the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def installed() -> Path:
    """The folder with Tryton's programs. Raises `NotInstalled`. Call it while the cache is held."""
    place = cache() / "venv"
    done = place / "complete"
    if not done.exists():
        shutil.rmtree(place, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(place)], "a virtual environment cannot be made")
        _run([str(place / "bin" / "pip"), "install", "--quiet", *PINNED], "pip cannot install it")
        done.touch()
    return place / "bin"


def _run(command: list[str], why: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS)
    except subprocess.CalledProcessError as error:
        last = (error.stderr or error.stdout or "").strip().splitlines()[-1:] or ["no word of why"]
        raise NotInstalled(f"{why}: {last[0]}") from error
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"{why}: not done after {INSTALL_SECONDS} seconds") from error
