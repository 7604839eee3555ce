"""The folder, the ports and the processes of the demo."""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

MARK = "made-by-bilag-demo"
START_SECONDS = 60.0
STOP_SECONDS = 25.0


class DemoFault(Exception):
    """The demo cannot continue. The message says why."""


class PortTaken(DemoFault):
    """Another program began to listen on the port of a part before the part did."""


def fresh_folder(named: str | None) -> Path:
    """Return an empty folder for the demo. Only the files of an earlier demo are removed."""
    folder = Path(named).expanduser().absolute() if named else Path.cwd() / ".bilag-demo"
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise DemoFault(f"{folder} contains other files than an earlier demo: set BILAG_HOME to an empty folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    (folder / MARK).write_text("This folder belongs to `bilag demo`, which empties it at every start.\n")
    return folder


def check_free(port: int) -> None:
    """Raise `DemoFault` if a program uses the port that a person chose."""
    if not _is_free(port):
        raise DemoFault(f"Port {port} is in use. Give another one with --port.")


def free_port(preferred: int, report: Callable[[str], None]) -> int:
    """Return the preferred port if it is free, otherwise another one, which is reported; 0 prefers none."""
    if preferred and _is_free(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    if preferred:
        report(f"Port {preferred} is in use. Using {port} instead.")
    return port


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Parts:
    """The processes of the demo. Leaving the context stops all of them, the last one first."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._processes: list[tuple[str, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> "Parts":
        return self

    def __exit__(self, *_: object) -> None:
        for _name, process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for _name, process in reversed(self._processes):
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, name: str, *arguments: str, says: str, answers: str) -> None:
        """Start `bilag` with these arguments. Wait until its log contains `says` and the address answers.

        The log is in the folder. Raises `PortTaken` if another program listens on the port, `DemoFault` if the part ends.
        """
        log = self._folder / f"{name}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "bilag.cli", *arguments],
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=self._environment,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - the demo has no thread when it starts a part
            )
        self._processes.append((name, process))
        until, pause = time.monotonic() + START_SECONDS, threading.Event()
        while time.monotonic() < until:
            ended = process.poll() is not None
            said = log.read_text(errors="replace")
            if ended:
                fault: type[DemoFault] = PortTaken if _answers(answers) else DemoFault
                raise fault(f"{name} stopped during its start:\n{said[-2000:]}")
            if says in said and _answers(answers):  # an earlier answer comes from another program on the port
                return
            pause.wait(0.1)
        raise DemoFault(f"{name} does not answer on {answers}. See the log: {log}")

    def ended(self) -> list[str]:
        """Return the names of the processes that have stopped."""
        return [name for name, process in self._processes if process.poll() is not None]


def _answers(address: str) -> bool:
    """Return whether a server answers there with a status below 500."""
    try:
        return httpx2.get(address, timeout=2, trust_env=False).status_code < 500
    except httpx2.HTTPError:
        return False


def end_with_parent() -> None:
    """Leave Ctrl-C to the parent, and on Linux end when the parent is killed. Runs in the child, before its program."""
    os.setpgrp()
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            ctypes.CDLL(None).prctl(1, signal.SIGTERM)
