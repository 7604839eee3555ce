"""Writing a past that the database would not let anybody write: for tests that need one of known times."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def history_may_be_written() -> Iterator[None]:
    """While it lasts, the triggers that keep the control trail are silent on this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("set session_replication_role = origin")
