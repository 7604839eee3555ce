"""Tryton for the tests: a server on a copy of a template database, both on an embedded PostgreSQL."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil
import psycopg
from psycopg import sql

from bilag.service.database import embedded_server
from bilag_sandbox.hub import defaults
from tests.support import local_http
from tests.support.locks import held
from tests.support.patience import PATIENCE, wait_for
from tests.support.template import QUICK
from tests.support.tryton import bootstrap
from tests.support.tryton.installing import NotInstalled, cache, fingerprint, installed
from tests.support.tryton.rpc import PASSWORD, Person

MODULES = ("account", "account_invoice", "analytic_account", "analytic_invoice", "project")
FILLED_BY = (bootstrap.__file__, defaults.__file__)
TEMPLATE = f"tryton_{fingerprint(*(Path(file).read_text() for file in FILLED_BY), PASSWORD)}"
CONFIGURATION = """
[database]
uri = {uri}
[web]
listen = 127.0.0.1:{port}
[session]
timeout = 36000
"""


class Ledger:
    """Where it runs: the address and the database."""

    def __init__(self, address: str, database: str) -> None:
        self.address = address
        self.database = database

    def person(self) -> Person:
        """Somebody who works in it."""
        return Person(self.address, self.database)


class Tryton:
    """An installed Tryton, and the PostgreSQL with its template database."""

    def __init__(self, postgres: Any, programs: Path) -> None:
        self._postgres = postgres
        self._programs = programs

    @contextmanager
    def company(self, folder: Path) -> Iterator[Ledger]:
        """A company that nobody has posted in, and its server; stopped and removed afterwards. Raises `NotInstalled`."""
        database = f"run_{os.getpid()}"
        with held(cache()):  # a template is copied by one at a time
            _copy(self._postgres, database)
        try:
            with _serving(self._postgres, self._programs, database, folder) as address:
                yield Ledger(address, database)
        finally:
            _drop(self._postgres, database)


@contextmanager
def ready(folder: Path) -> Iterator[Tryton]:
    """Tryton with its template, both made when they are not there yet. Raises `NotInstalled`."""
    with held(cache()):
        programs = installed()
        postgres = _postgres()
        _drop_left_over(postgres)
        _make_template(postgres, programs, folder)
    try:
        yield Tryton(postgres, programs)
    finally:
        postgres.cleanup()


def _postgres() -> Any:
    try:
        postgres = embedded_server(cache() / "postgres")
    except Exception as error:
        raise NotInstalled(f"the embedded PostgreSQL does not start: {error}") from error
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        for setting in QUICK:
            connection.execute(sql.SQL("alter system set ") + sql.SQL(setting))
        connection.execute("select pg_reload_conf()")
    return postgres


def _make_template(postgres: Any, programs: Path, folder: Path) -> None:
    """The template, made under another name first: half of one is never used."""
    if _exists(postgres, TEMPLATE):
        return
    half = f"{TEMPLATE}_half"
    _drop(postgres, half)
    _execute(postgres, "create database {} template template0 encoding 'UTF8'", half)
    admin = [str(programs / "trytond-admin"), "-c", str(_configured(postgres, folder, 0)), "-d", half]
    password = folder / "password"
    password.write_text(PASSWORD)
    for step in (["--all", "-u", "ir", "--email", "admin@example.no"], ["-u", *MODULES, "--activate-dependencies"]):
        done = subprocess.run(
            [*admin, *step], check=False, env={**os.environ, "TRYTONPASSFILE": str(password)}, capture_output=True
        )
        if done.returncode:
            raise NotInstalled(f"Tryton makes no database: {done.stderr.decode().strip()[-300:]}")
    with _serving(postgres, programs, half, folder) as address:
        person = Person(address, half)
        bootstrap.bootstrap(person)
        person.close()
    _execute(postgres, f"alter database {{}} rename to {TEMPLATE}", half)


@contextmanager
def _serving(postgres: Any, programs: Path, database: str, folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    with (folder / "trytond.log").open("ab") as log:
        command = [str(programs / "trytond"), "-c", str(_configured(postgres, folder, port)), "-d", database]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(process, address, folder)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE)


def _wait(process: "subprocess.Popen[bytes]", address: str, folder: Path) -> None:
    asked = {"id": 1, "method": "common.server.version", "params": []}

    def answers() -> bool:
        with contextlib.suppress(httpx2.HTTPError):
            return local_http.post(f"{address}/rpc/", json=asked).status_code == 200
        return False

    wait_for(lambda: answers() or process.poll() is not None, "Tryton's server")
    if process.poll() is not None:
        raise NotInstalled(f"the server does not start: {(folder / 'trytond.log').read_text()[-500:]}")


def _configured(postgres: Any, folder: Path, port: int) -> Path:
    file = folder / f"trytond-{port}.conf"
    file.write_text(CONFIGURATION.format(uri=str(postgres.get_uri()).replace("%", "%%"), port=port))
    return file


def _copy(postgres: Any, database: str) -> None:
    _drop(postgres, database)
    _execute(postgres, f"create database {{}} template {TEMPLATE}", database)


def _drop_left_over(postgres: Any) -> None:
    """Copies of runs that were killed."""
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        names = [
            name for (name,) in connection.execute("select datname from pg_database where datname ~ '^run_[0-9]+$'")
        ]
    for name in names:
        if not psutil.pid_exists(int(name.removeprefix("run_"))):
            _drop(postgres, name)


def _drop(postgres: Any, database: str) -> None:
    _execute(postgres, "drop database if exists {} with (force)", database)


def _exists(postgres: Any, database: str) -> bool:
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [database]).fetchone()
        return found is not None


def _execute(postgres: Any, statement: str, database: str) -> None:
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(database)))
