"""CPU and memory of processes, and processes that end with the benchmark."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

import psutil

from bilag.cli.demo.processes import end_with_parent

STOP_SECONDS = 60


@contextlib.contextmanager
def python(
    *arguments: str, environment: Mapping[str, str] | None = None, log: IO[bytes] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """Run Python with these arguments while the context lasts: see `program`."""
    with program(sys.executable, *arguments, environment=environment, log=log) as process:
        yield process


@contextlib.contextmanager
def program(
    *command: str, environment: Mapping[str, str] | None = None, log: IO[bytes] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """Run a program while the context lasts, with pipes to its input and output; with a log, faults are written there."""
    process = subprocess.Popen(
        command,
        env=None if environment is None else dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - a benchmark has no thread when it starts a program
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def say(process: "subprocess.Popen[str]", line: str) -> None:
    """Write a line to the process."""
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def hear(process: "subprocess.Popen[str]") -> str:
    """Read a line from the process. Raises `RuntimeError` if it ended."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{process.args} ended with status {process.wait(STOP_SECONDS)}")
    return line.strip()


def cpu_seconds(pids: Iterable[int]) -> float:
    """CPU of these processes and all their descendants, the ended ones too, user and system together."""
    total = 0.0
    for pid in pids:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
    return total


def memory_mb(pids: Iterable[int], *, unshared: bool = False) -> float:
    """Memory of these processes and their descendants in MB; `unshared` leaves out what they share."""
    total = 0
    for pid in pids:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                total += process.memory_full_info().uss if unshared else process.memory_info().rss
    return total / 1e6


def postmaster(data: Path) -> int:
    """The process id of the PostgreSQL on this data folder."""
    return int((data / "postmaster.pid").read_text().splitlines()[0])
