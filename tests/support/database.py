"""The database of a test run: emptied after each test."""

from django.db import connection
from django.db.backends.utils import CursorWrapper

from tests.support.history import history_may_be_written


def empty() -> None:
    """Remove what was written, and let each table count from 1 again."""
    with history_may_be_written(), connection.cursor() as cursor:
        if names := _written(cursor):
            cursor.execute(f"truncate {', '.join(names)} restart identity cascade")
        cursor.execute(
            "select format('alter sequence %I restart', sequencename) from pg_sequences where schemaname = 'public' "
            "and last_value is not null"
        )
        for (restart,) in cursor.fetchall():  # of a table whose rows the test removed itself
            cursor.execute(restart)
    connection.close()


def _written(cursor: CursorWrapper) -> list[str]:
    """The tables that have rows, quoted: to empty all of them takes twenty times as long as to look."""
    cursor.execute(
        "select quote_ident(tablename) from pg_tables where schemaname = 'public' "
        "and tablename not in ('django_migrations', 'django_content_type')"
    )
    looks = [f"select '{name}' where exists (select from {name})" for (name,) in cursor.fetchall()]
    cursor.execute(" union all ".join(looks))
    return [name for (name,) in cursor.fetchall()]
