"""Tryton for the tests: installed once into a virtual environment of its own, kept between runs.

Tryton is GPL: Bilag never imports it and does not depend on it; the tests start it as a server and speak HTTP with it.
The folder is `BILAG_TEST_CACHE`, else `~/.cache/bilag`; to begin anew, remove it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

MODULES_OF = {
    "8.0": {"": "8.0.12", "account": "8.0.4", "account-invoice": "8.0.2", "analytic-account": "8.0.1"}
    | {"analytic-invoice": "8.0.0", "project": "8.0.4", "company": "8.0.1", "party": "8.0.4"},
    "8.2": {"": "8.2.1", "account": "8.2.1", "account-invoice": "8.2.0", "analytic-account": "8.2.0"}
    | {"analytic-invoice": "8.2.0", "project": "8.2.0", "company": "8.2.0", "party": "8.2.0"},
}
VERSION = os.environ.get("BILAG_TEST_TRYTON", "8.0")
"""The long-term version unless the variable names the newer one."""
PINNED = (
    *(f"trytond{f'-{name}' if name else ''}=={version}" for name, version in MODULES_OF[VERSION].items()),
    "psycopg[binary,pool]==3.3.9",
    "python-stdnum==2.2",
)
INSTALL_SECONDS = 1800
"""A package index that does not answer is given up then."""


class NotInstalled(Exception):
    """Tryton cannot be had on this machine; the message says why."""


def cache() -> Path:
    """The folder that is kept between runs, one for each set of versions."""
    root = Path(os.environ.get("BILAG_TEST_CACHE") or Path.home() / ".cache" / "bilag")
    return root / f"tryton-{VERSION}-{fingerprint(*PINNED, sys.version)}"


def fingerprint(*parts: str) -> str:
    """A short name for these texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]


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
