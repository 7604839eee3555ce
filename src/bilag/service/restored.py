"""Detect that the database was restored from a backup, or that its standby took over: the last commits may be lost.

A restored database is on another server, or on another timeline of the same one: PostgreSQL begins a new timeline when it ends
recovery. Each life of a worker compares both with the values of the last one.
"""

import structlog
from django.db import DatabaseError, connection, transaction

log = structlog.get_logger(__name__)
IDENTITY = """
select system_identifier::text || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) from pg_control_system()
"""


def note_server() -> bool:
    """Store the database's server and timeline. Return whether they changed; only one of several workers gets True.

    A server that does not state them counts as unchanged. Call it in the transaction that acts on the answer.
    """
    identity = _identity()
    if identity is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("insert into jobs_knownserver values (1, %s, now()) on conflict (id) do nothing", [identity])
        cursor.execute(
            "update jobs_knownserver set identity = %s, since = now() where id = 1 and identity <> %s", [identity] * 2
        )
        moved = bool(cursor.rowcount)
    if moved:
        log.warning("database.restored", server=identity)
    return moved


def _identity() -> str | None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(IDENTITY)
            row = cursor.fetchone()
    except DatabaseError as error:
        if connection.errors_occurred:
            raise
        log.info("database.server_unknown", why=str(error).strip())
        return None
    return str(row[0]) if row else None
