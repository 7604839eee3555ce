"""A connection that the pool gives out works, also just after the database was restarted.

psycopg's pool can check that itself, but pauses after each broken connection: one second, two, four. A restart breaks all that
are idle, and with five of them every request failed after 15 seconds. Here the first broken one lets the pool replace the others.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool

MOST_BROKEN = 3
"""After so many connections that break at once, the database is going down, and the next statement says so."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, but for connections from the pool."""

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
