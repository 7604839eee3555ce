"""A connection that the pool gives out works, also just after the database was restarted; a migration holds nobody up.

psycopg's pool can check that itself, but pauses after each broken connection: one second, two, four. A restart breaks all that
are idle, and with five of them every request failed after 15 seconds. Here the first broken one lets the pool replace the others.
"""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.schema import DatabaseSchemaEditor as OfDjango
from django.db.models import Index, Model
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

MOST_BROKEN = 3
"""After so many connections that break at once, the database is going down, and the next statement says so."""
LOCK_SECONDS = 4
"""A migration waits so long for a table that a long transaction reads. Every other session that wants the table waits behind it."""
VALID = "select indisvalid from pg_index where indexrelid = to_regclass(%s)"


class DatabaseSchemaEditor(OfDjango):
    """Django's, for a database that others work on while it is migrated, and for a `bilag migrate` that was killed."""

    def __enter__(self) -> "DatabaseSchemaEditor":
        super().__enter__()
        # Not outside a transaction: an index that is built concurrently waits for all older ones, and is useless if it gives up.
        if self.atomic_migration and not self.collect_sql:
            self.execute(f"set local lock_timeout = '{LOCK_SECONDS}s'")
        return self

    def add_index(self, model: type[Model], index: Index, concurrently: bool = False) -> None:
        """Add the index. One that is built concurrently may be there already: whole, or half because its building was ended."""
        if concurrently and not self.collect_sql and self._has_valid(index.name):
            return
        super().add_index(model, index, concurrently)

    def _has_valid(self, name: str) -> bool:
        quoted = self.quote_name(name)
        with self.connection.cursor() as cursor:
            cursor.execute(VALID, [quoted])
            found = cursor.fetchone()
        if found == (False,):
            self.execute(f"drop index concurrently {quoted}")
        return bool(found == (True,))


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, but for connections from the pool and migrations."""

    SchemaEditorClass = DatabaseSchemaEditor

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection. Raises `django.db.OperationalError` if none can be made."""
        connection = super().get_new_connection(conn_params)
        pool = self.pool
        for _ in range(MOST_BROKEN if pool is not None else 0):
            if _works(connection):
                break
            pool.putconn(connection)
            pool.check()
            connection = super().get_new_connection(conn_params)
        return connection


def _works(connection: "Connection[Any]") -> bool:
    try:
        ConnectionPool.check_connection(connection)
    except OperationalError:
        return False
    return True
