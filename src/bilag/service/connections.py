"""How a process connects to its database: its name, its limit of connections, and what changes behind a pooler.

A connection pooler such as pgbouncer in transaction mode gives each transaction another session. Bilag keeps no state in
sessions: leases are rows, and locks end with their transaction. Behind a pooler it does without LISTEN (workers poll for jobs
more often), cursors that outlive a transaction, and session settings.
"""

import os
import socket
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

from bilag.service.database import VANISHED_SECONDS

LONGEST_NAME = 63
SERVER = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
    f"-c tcp_user_timeout={VANISHED_SECONDS * 1000}"
)
"""What libpq does (`bilag.service.database`), for the server too: it would keep the locks of a machine that vanished."""
DIRECT_POLLING_SECONDS, POOLED_POLLING_SECONDS = 1.0, 0.25


@dataclass(frozen=True, slots=True)
class Room:
    """How many connections the database allows, and how many are in use."""

    allowed: int
    """Without those reserved for superusers."""
    used: int
    processes: int
    """Of Bilag, other than this one."""
    most_of_each: int

    def fits(self) -> bool:
        """Return whether every process of Bilag may use all its connections at once."""
        return (self.processes + 1) * self.most_of_each <= self.allowed

    def sentence(self) -> str:
        """Return the sum in words, for a process of a worker or of the web that starts."""
        return self._sum(self.processes + 1)

    def running(self) -> str:
        """Describe the sum in words, without this process."""
        return self._sum(self.processes)

    def _sum(self, processes: int) -> str:
        return (
            f"{processes} processes with at most {self.most_of_each} connections each (BILAG_DATABASE_CONNECTIONS) "
            f"need {processes * self.most_of_each}; the database allows {self.allowed}, and {self.used} are in use"
        )


def name_process(role: str) -> None:
    """Let the database list this process by its role, machine and number: in pg_stat_activity as `bilag worker @host/123`."""
    _options()["application_name"] = f"bilag {role} @{socket.gethostname()}/{os.getpid()}"[:LONGEST_NAME]


def adapt(*, pooled: bool) -> None:
    """Detect a pooler and adapt the settings to it. Call it before the pool's first connection."""
    given = connection.settings_dict
    given["DISABLE_SERVER_SIDE_CURSORS"] = pooled
    over_tcp = bool(given["HOST"]) and not str(given["HOST"]).startswith("/")
    if over_tcp and not pooled and "tcp_user_timeout" not in str(_options().get("options", "")):
        _options()["options"] = f"{_options().get('options', '')} {SERVER}".strip()


def is_pooled() -> bool:
    """Return whether a pooler is between this process and its database, as it was found when the process started."""
    return bool(connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"))


def polling_seconds() -> float:
    """Return how long a worker waits between looking for jobs if nothing notifies it of one."""
    return POOLED_POLLING_SECONDS if is_pooled() else DIRECT_POLLING_SECONDS


def leads_to_pooler(database: "psycopg.Connection[tuple[object, ...]]") -> bool:
    """Return whether the server reports another session number than the connection has: a pooler makes its own numbers up."""
    (number,) = database.execute("select pg_backend_pid()").fetchone() or (None,)
    return number != database.info.backend_pid


ROOM = """
with here as (
    select (regexp_match(application_name, '@[^ ]*'))[1] as process from pg_stat_activity
    where application_name ~ '^bilag (serve|web|worker)' and datname = current_database()
), limits as (
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(nullif(current_setting('reserved_connections', true), '')::int, 0) as most
    union all select rolconnlimit from pg_roles where rolname = current_user
    union all select datconnlimit from pg_database where datname = current_database()
)
select (select min(most) from limits where most >= 0),
    (select count(*) from pg_stat_activity where backend_type = 'client backend'),
    (select count(distinct process) from here where process <> %s)
"""


def room(database: "psycopg.Connection[Any]", most_of_each: int) -> Room:
    """Count the connections of the database."""
    own = str(_options().get("application_name", "")).partition("@")[2]
    (allowed, used, processes), *_ = database.execute(ROOM, [f"@{own}"]).fetchall()
    return Room(int(allowed), int(used), int(processes), most_of_each)


def _options() -> dict[str, Any]:
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    return options
