"""A run of tests that is cut leaves nothing behind for good."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from tests.support.homes import new_home, sweep
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE

CUT = """
import os
from bilag.service.database import embedded_server
from tests.support.patience import PATIENCE
from tests.support.homes import new_home
home = new_home()
embedded_server(home / "postgres")
print(home, (home / "postgres" / "postmaster.pid").read_text().split()[0], flush=True)
os.kill(os.getpid(), 9)
"""


def test_folder_and_server_of_a_run_that_was_killed_are_swept() -> None:
    root = ROOT
    cut = subprocess.run(
        [sys.executable, "-c", CUT], capture_output=True, text=True, cwd=root, timeout=PATIENCE, check=False
    )
    assert cut.returncode == -signal.SIGKILL, cut.stderr
    home, server = cut.stdout.split()
    assert Path(home).is_dir()
    assert psutil.pid_exists(int(server)), "an embedded server outlives whoever started it"
    sweep()
    assert not Path(home).exists()
    assert not psutil.pid_exists(int(server))


def test_folder_of_a_run_that_goes_on_is_left_alone() -> None:
    mine = new_home()
    other = mine.with_name(mine.name.replace(str(os.getpid()), str(os.getppid())))
    mine.rename(other)
    sweep()
    assert other.is_dir()
    other.rmdir()
