"""Write stored lines and the report position by compare-and-set, so that no process overwrites another's changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg import sql

from bilag.expenses.models import ExpenseLine, ExpenseMark


class Overtaken(Exception):
    """Another process or person changed the line or the position after it was read. The write was dropped."""


def write(row: ExpenseLine, **columns: object) -> None:
    """Store these columns if nobody changed the line since `row` was read, and set them on `row`. Raises `Overtaken`.

    It commits at once, unless the caller opened a transaction, so that no crash loses the fact that something was sent.
    """
    now, generation = timezone.now(), row.generation
    mine = ExpenseLine.objects.filter(pk=row.pk, generation=generation)
    if not mine.update(**columns, generation=generation + 1, updated_at=now):
        raise Overtaken(row.number)
    for name, value in columns.items():
        setattr(row, name, value)
    row.generation, row.updated_at = generation + 1, now


def write_together(
    rows: Sequence[ExpenseLine], each: Mapping[str, Sequence[object]], **columns: object
) -> list[ExpenseLine]:
    """Like `write` for several rows in one statement. Return the stored rows in order. Rows that somebody changed are left
    alone.

    `each`: a value for each row, by column; `columns`: one value for all.
    """
    if not rows:
        return []
    now = timezone.now()
    fields: dict[str, Any] = {one.attname: one for one in ExpenseLine._meta.concrete_fields}
    sets = [sql.SQL("{0} = given.{0}").format(sql.Identifier(name)) for name in each]
    sets += [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns]
    types = ["bigint", "integer", *(fields[name].db_type(connection) for name in each)]
    statement = sql.SQL(
        "update {table} as line set {sets}, generation = line.generation + 1, updated_at = %s "
        "from unnest({arrays}) as given ({names}) "
        "where line.id = given.id and line.generation = given.generation returning line.id"
    ).format(
        table=sql.Identifier(ExpenseLine._meta.db_table),
        sets=sql.SQL(", ").join(sets),
        arrays=sql.SQL(", ").join(sql.SQL(f"%s::{name}[]") for name in types),
        names=sql.SQL(", ").join(map(sql.Identifier, ("id", "generation", *each))),
    )
    given = [[fields[name].get_db_prep_save(value, connection) for value in values] for name, values in each.items()]
    shared = [fields[name].get_db_prep_save(value, connection) for name, value in columns.items()]
    ids, generations = [row.pk for row in rows], [row.generation for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*shared, now, ids, generations, *given])
        stored = {pk for (pk,) in cursor.fetchall()}
    for place, row in enumerate(rows):
        if row.pk in stored:
            own = {name: values[place] for name, values in each.items()}
            for name, value in {**columns, **own, "generation": row.generation + 1, "updated_at": now}.items():
                setattr(row, name, value)
    return [row for row in rows if row.pk in stored]


def write_mark(mark: ExpenseMark, **columns: object) -> None:
    """Store these columns if no later import has begun; `mark` has them afterwards. Raises `Overtaken`."""
    if not ExpenseMark.objects.filter(pk=mark.pk, generation=mark.generation).update(**columns):
        raise Overtaken(str(mark))
    for name, value in columns.items():
        setattr(mark, name, value)


def count_at(row: ExpenseLine, when: datetime) -> None:
    """Let the first import at or after this time count the line's expenses in Moment, even if the line was changed."""
    ExpenseLine.objects.filter(pk=row.pk).update(count_at=when)
