"""What a thread holds of the database while it sends a request, which may take half a minute."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


@contextmanager
def held_during_requests() -> Iterator[list[str]]:
    """Collect what is held while a request leaves: a transaction, or a cursor that is being read. The list counts each request
    that holds something once, and is empty if none does."""
    from django.db import connection

    from bilag.wire import fence

    found: list[str] = []
    asked = fence.check

    def check() -> None:
        if connection.in_atomic_block:
            found.append("transaction")
        elif connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("select name from pg_cursors where name <> ''")
                found.extend(f"cursor {name}" for (name,) in cursor.fetchall())
        asked()

    with patch.object(fence, "check", check):
        yield found
