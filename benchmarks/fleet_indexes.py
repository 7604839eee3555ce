"""Drop the indexes of tables before they are filled, make them again by their own definitions, and see that nothing is missing."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.fleet_rows import say

UNIQUE = """
select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
where contype = 'u' and conrelid::regclass::text = any(%s) order by 1, 2
"""
INDEXES = """
select pg_index.indexrelid::regclass::text, pg_get_indexdef(pg_index.indexrelid) from pg_index
where pg_index.indrelid::regclass::text = any(%s) and not exists (select from pg_constraint where conindid = pg_index.indexrelid)
order by 1
"""
EVERYTHING = """
select 'index', indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid::text from pg_index
where indrelid::regclass::text !~ '^(pg_|information_schema|sample)'
union all
select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated::text from pg_constraint
where conrelid <> 0 and conrelid::regclass::text !~ '^(pg_|information_schema)'
union all
select 'trigger', tgrelid::regclass::text, case when tgisinternal then 'internal' else tgname end,
    case when tgisinternal then regexp_replace(pg_get_triggerdef(oid), '_\\d+"', '', 'g') else pg_get_triggerdef(oid) end,
    tgenabled::text
from pg_trigger
"""
CASTS = re.compile(r"::character varying|::text(\[\])?|[()]")
"""PostgreSQL writes the same condition with other casts and parentheses when it has read its own definition of it."""
Everything = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was dropped, as the statements that make it again by name, and all that there was before."""

    again: Sequence[tuple[str, str]]
    before: Everything


def everything(database: psycopg.Connection[Any]) -> Everything:
    """Return each index, constraint and trigger there is, with its definition and whether it is in force."""
    return frozenset(
        (kind, table, name, CASTS.sub("", definition), valid)
        for kind, table, name, definition, valid in database.execute(EVERYTHING).fetchall()
    )


def drop(database: psycopg.Connection[Any], tables: Sequence[str]) -> Dropped:
    """Drop the indexes of these tables and their unique constraints. Primary keys stay: others refer to them, and rows that
    come in the order of their ids cost them little."""
    before, again = everything(database), []
    for table, name, definition in database.execute(UNIQUE, [list(tables)]).fetchall():
        database.execute(f"alter table {table} drop constraint {name}")
        again.append((name, f"alter table {table} add constraint {name} {definition}"))
    for name, definition in database.execute(INDEXES, [list(tables)]).fetchall():
        database.execute(f"drop index {name}")
        again.append((name, definition.replace(" ON ONLY ", " ON ")))  # of a partitioned table: with its partitions
    return Dropped(again, before)


def make_again(database: psycopg.Connection[Any], dropped: Dropped) -> float:
    """Make again what was dropped; returns the seconds. Raises `SystemExit` if anything is not as it was."""
    began = time.monotonic()
    for place, (name, statement) in enumerate(dropped.again):
        one = time.monotonic()
        database.execute(statement)
        say(f"indexes: {place + 1} of {len(dropped.again)}, {name} in {time.monotonic() - one:.1f} s")
    after = everything(database)
    if after != dropped.before:
        raise SystemExit(f"missing: {sorted(dropped.before - after)[:3]}; new: {sorted(after - dropped.before)[:3]}")
    return time.monotonic() - began
