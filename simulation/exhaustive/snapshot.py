"""The world before the first fault: the database, both sandboxes, the clock and chance, restored for each case."""

import hashlib
import re
from typing import Any

import psycopg
from django.db import connection

from bilag.jobs import backoff
from simulation.clock import CLOCK
from simulation.exhaustive import process
from simulation.world import World

KEPT = "simulation_kept"
TIMES = re.compile(
    r"\d{4}-\d\d-\d\d(?:T|%20| |\+)\d\d(?::|%3A)\d\d(?:(?::|%3A)\d\d)?(?:\.\d+)?(?:Z|(?:\+|%2B)\d\d(?::?\d\d)?)?"
    r"|\b1[78]\d{8}(?:\.\d+)?\b"
)
"""Points in time, as texts and as seconds."""
VOLATILE = {
    "token",
    "procrastinate_events",
    "procrastinate_workers",
    "companies_allowance",
    "events_event",
    "companies_setupchange",
}
"""Tables that change nothing that happens: logs, tokens, heartbeats."""
PAST = {
    "transfers_attempt": "{id,exchanges,problems,source,cause}",
    "expenses_expenseimport": "{id,counts,problem,first_day}",
}
"""Columns of what has ended, which only people read."""
COLUMNS = """
select table_name, array_agg(column_name::text order by ordinal_position) from information_schema.columns
join information_schema.tables using (table_schema, table_name)
where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
    and not exists (select 1 from pg_inherits where inhrelid = to_regclass(quote_ident(table_name)))
    and table_name not in ('django_migrations', 'django_content_type')
group by table_name order by table_name
"""
SEQUENCES = "select sequencename, last_value, start_value from pg_sequences where schemaname = 'public'"


class Snapshot:
    """What the world was when this was made. Another connection to the database restores it, and cuts sessions off."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stores = [side.store for side in world.wires.sides.values()]
        self._images = [store.image() for store in self._stores]
        self._clock = CLOCK.wall, CLOCK.seconds, CLOCK.read_by_others
        self._chance: Any = backoff._random.getstate()
        self._accounting = world.accounting.image()
        self.admin: psycopg.Connection[tuple[Any, ...]] = psycopg.connect(**_parameters(), autocommit=True)
        with connection.cursor() as cursor:
            self._keep_rows(cursor.execute, cursor.fetchall)

    def close(self) -> None:
        """Remove what was kept."""
        self.admin.execute(f"drop schema {KEPT} cascade")
        self.admin.close()

    def restore(self) -> None:
        """Bring the world back to what it was, with no process of Bilag alive in it."""
        process.forget_all()
        self.admin.execute(f"select {KEPT}.restore()")
        for store, image in zip(self._stores, self._images, strict=True):
            store.restore(image)
        CLOCK.wall, CLOCK.seconds, CLOCK.read_by_others = self._clock
        backoff._random.setstate(self._chance)
        world = self._world
        world.accounting.restore(self._accounting)
        world.firm.office.hints.clear()
        world.trace.clear()
        world.wires.late.clear()
        world.wires.adversary.counts.clear()

    def state(self) -> str:
        """Return a digest of what Bilag's rows and both sandboxes hold; of each time, only whether there is one."""
        rows = [row for (row,) in self.admin.execute(f"select {KEPT}.state()")]
        for store in self._stores:
            for (table,) in store.rows("select name from sqlite_master where type = 'table'"):
                if table not in VOLATILE:
                    rows += [f"{table} {tuple(one)}" for one in store.rows(f'select * from "{table}"')]
        return hashlib.sha256(
            "\n".join(sorted(TIMES.sub("T", row) for row in rows)).encode("utf-8", "replace")
        ).hexdigest()

    def vacuum(self) -> None:
        """Remove what restoring has left behind in the tables."""
        self.admin.execute("vacuum")

    def _keep_rows(self, execute: Any, fetched: Any) -> None:
        """Copy every table, and write a function that copies them back: one call, with prepared plans."""
        execute(f"drop schema if exists {KEPT} cascade")
        execute(f"create schema {KEPT}")
        statements = [
            "perform set_config('session_replication_role', 'replica', true);"
        ]  # no trigger keeps the control trail
        execute(COLUMNS)
        states = []
        for name, columns in fetched():
            if name not in VOLATILE:
                past = PAST.get(name, "{generation}")
                states.append(
                    f"""select distinct '{name}' || (to_jsonb(one) - '{past}'::text[])::text from public."{name}" one"""
                )
            quoted = ", ".join(f'"{column}"' for column in columns)
            execute(f'create table {KEPT}."{name}" as select {quoted} from public."{name}"')
            statements.append(f'delete from public."{name}";')
            statements.append(
                f'insert into public."{name}" ({quoted}) overriding system value select {quoted} from {KEPT}."{name}";'
            )
        execute(SEQUENCES)
        for name, last, first in fetched():
            statements.append(
                f"""perform setval('public."{name}"', {last or first}, {str(last is not None).lower()});"""
            )
        statements.append(f"update simulation.clock set at = '{CLOCK.wall.isoformat()}';")
        body = "\n".join(["#variable_conflict use_column", "begin", *statements, "end"])
        execute(f"create function {KEPT}.restore() returns void language plpgsql as $$ {body} $$")
        state = " union all ".join(states)
        execute(f"create function {KEPT}.state() returns setof text language sql as $$ {state} $$")


def _parameters() -> dict[str, Any]:
    given = {name: value for name, value in connection.get_connection_params().items() if name != "pool"}
    return {
        name: value
        for name, value in given.items()
        if name in ("dbname", "user", "password", "host", "port", "options")
    }
