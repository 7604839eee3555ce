"""A database that is migrated once for a test run; whoever needs one gets a copy of its files.

Making a database and migrating it takes four seconds of CPU, a copy a twentieth. `BILAG_TEST_TEMPLATE` names the folder to
all processes of a run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bilag.service import database
from tests.support.homes import new_home
from tests.support.locks import held

VARIABLE = "BILAG_TEST_TEMPLATE"
QUICK = ("fsync = off", "full_page_writes = off")
"""What protects data from a loss of power. A server that is killed keeps every commit all the same."""


def name_template() -> None:
    """Name the folder, when no other process of this run has; it is filled when it is needed first."""
    os.environ.setdefault(VARIABLE, str(new_home()))


def fill(home: Path) -> None:
    """Give a data folder a migrated database, unless it has one."""
    postgres = home / "postgres"
    if postgres.exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    template = _template()
    subprocess.run(["cp", "-a", "--reflink=auto", str(template), str(postgres)], check=True)


def fill_own(home: Path) -> None:
    """Fill the data folder of this process before its server starts, whatever import it is that starts it."""
    start = database.embedded_server

    def filled(folder: Path) -> Any:
        if folder == home / "postgres":
            fill(home)
        return start(folder)

    database.embedded_server = filled


def _template() -> Path:
    folder = Path(os.environ[VARIABLE])
    done = folder / "complete"
    with held(folder):
        if not done.exists():
            kept = {name: value for name, value in os.environ.items() if not name.startswith("BILAG_")}
            environment = kept | {"BILAG_HOME": str(folder)}
            subprocess.run(
                [sys.executable, "-m", "bilag.cli", "migrate"], check=True, env=environment, capture_output=True
            )
            postgres = folder / "postgres"
            with (postgres / "postgresql.auto.conf").open("a") as file:
                file.writelines(f"{line}\n" for line in QUICK)
            for left in (".handle_pids.json", "log", "postmaster.opts"):
                (postgres / left).unlink(missing_ok=True)
            done.touch()
    return folder / "postgres"


def remove_template() -> None:
    """Remove the folder, if this process named it."""
    folder = Path(os.environ.get(VARIABLE, ""))
    if f"-{os.getpid()}-" in folder.name:
        shutil.rmtree(folder, ignore_errors=True)
