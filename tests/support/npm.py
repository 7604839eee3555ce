"""Programs that judge what Bilag makes, from npm: installed once into a folder of the project that git ignores."""

import shutil
import subprocess
from pathlib import Path

import pytest

INSTALLS_IN_SECONDS = 900
"""Twenty seconds usually; more than five minutes on a machine that others keep busy."""


def installed(folder: Path, package: str, title: str) -> Path:
    """Where the packages in this folder are. Installs when missing and possible; skips with the reason otherwise.

    `package` has its version ("lighthouse@12"). `title` is its name in the reason.
    """
    modules = folder / "node_modules"
    if not (modules / package.rpartition("@")[0]).exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip(f"{title} needs Node.js and npm, which are not installed")
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), package]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALLS_IN_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip(f"{title} was not installed within {INSTALLS_IN_SECONDS} seconds")
        if done.returncode:
            pytest.skip(f"{title} cannot be installed here: {done.stderr.strip()[-200:]}")
    return modules
