"""Rows that many tests begin with, made once by the program and inserted again for each test that needs them.

To save a company's setup takes sixty statements, and most tests begin with one. The rows are kept in a schema of their own,
which `tests.support.database.empty` leaves alone. Times are moved on by what has passed since, so that a job that was due in five
minutes is due in five minutes again.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction

Made = TypeVar("Made")

SCHEMA = "remembered"
State = tuple[tuple[str, int], ...]
"""Where the sequences stand: rows that are inserted again fit what is there only if these stand where they stood."""
_kept: dict[tuple[str, State], tuple[str, object]] = {}
"""By name and state before: the statements that insert the rows, and what `make` returned."""

TABLES = """
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and relname not in ('django_migrations', 'django_content_type') order by relname
"""
COLUMNS = """
    select a.attname, format_type(a.atttypid, a.atttypmod) like 'timestamp%%' from pg_attribute a
    where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum
"""
SEQUENCES = """
    select format('%I.%I', schemaname, sequencename), last_value from pg_sequences
    where schemaname = 'public' and last_value is not null order by 1
"""


def remembered(name: str, make: Callable[[], Made]) -> Made:
    """Let the rows be there that `make` makes, and return what it returned when it was called. `make` must only add rows."""
    key = name, _state()
    if key in _kept:
        insert, made = _kept[key]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert)
        return made  # type: ignore[return-value]
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [row[0] for row in cursor.fetchall()]
        counts = {table: _count(table) for table in tables}
        cursor.execute("select pg_current_xact_id()::text::bigint")
        (before,) = cursor.fetchone()
        made = make()
        cursor.execute(f"create schema if not exists {SCHEMA}")
        inserts = [
            statement for table in tables for statement in _keep(f"{len(_kept)}_{table}", table, before, counts[table])
        ]
        inserts += [f"select setval('{sequence}', {last})" for sequence, last in _state()]
    _kept[key] = ";\n".join(["select set_config('session_replication_role', 'replica', true)", *inserts]), made
    return made


def _state() -> State:
    with connection.cursor() as cursor:
        cursor.execute(SEQUENCES)
        return tuple((str(name), int(last)) for name, last in cursor.fetchall())


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'select count(*) from "{table}"')
        return int(cursor.fetchone()[0])


def _keep(copy: str, table: str, before: int, count: int) -> list[str]:
    """Copy the rows that came since the transaction `before`, and return the statement that inserts them; none if none came."""
    came = f"xmin::text::bigint >= {before}"
    with connection.cursor() as cursor:
        cursor.execute(f'select count(*) filter (where {came}), count(*) from "{table}"')
        new, all_rows = cursor.fetchone()
        assert all_rows - new == count, f"{table}: rows that were there were changed"
        if not new:
            return []
        cursor.execute(COLUMNS, [f'public."{table}"'])
        columns = dict(cursor.fetchall())
        names = ", ".join(f'"{column}"' for column in columns)
        cursor.execute(
            f'create table {SCHEMA}."{copy}" as select {names}, now() as kept_at from "{table}" where {came}'
        )
    values = ", ".join(
        f'"{column}" + (now() - kept_at)' if moves else f'"{column}"' for column, moves in columns.items()
    )
    return [f'insert into "{table}" ({names}) overriding system value select {values} from {SCHEMA}."{copy}"']
