"""Back the database up, and restore it: everything that Bilag wrote since is forgotten, while Moment and accounting know it."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from bilag.companies import gateways
from bilag.transfers.recovery import recover
from bilag.wire import circuit_breaker
from simulation.clock import CLOCK, START
from simulation.world import World

TABLES = "select relname from pg_statio_user_tables where schemaname = 'public' and relname <> 'django_migrations' order by 1"
SEQUENCES = "select sequencename, start_value, last_value from pg_sequences where schemaname = 'public' order by 1"
MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Backup:
    """The rows of each table, where each sequence stood, and what people had decided in Bilag by then."""

    tables: dict[str, bytes]
    sequences: list[tuple[str, int, int | None]]
    decisions: list[tuple[dict[str, Any], list[set[int]]]]


def take(world: World) -> Backup:
    """Copy every table. No worker runs meanwhile."""
    tables = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (name,) in cursor.fetchall():
            with cursor.copy(sql.SQL("copy public.{} to stdout").format(sql.Identifier(name))) as copy:
                tables[name] = b"".join(bytes(block) for block in copy)
        cursor.execute(SEQUENCES)
        sequences = cursor.fetchall()
    decisions = [(deepcopy(firm.setup), [set(office.excluded) for office in firm.offices]) for firm in world.firms]
    return Backup(tables, sequences, decisions)


def restore(world: World, backup: Backup) -> None:
    """Put every table back, and run `bilag recover` for each company, as the operator's guide says."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")  # no trigger, no foreign key
        names = sql.SQL(", ").join(sql.SQL("public.{}").format(sql.Identifier(name)) for name in backup.tables)
        cursor.execute(sql.SQL("truncate {} cascade").format(names))  # and the partitioned table of the months
        for name, rows in backup.tables.items():
            with cursor.copy(sql.SQL("copy public.{} from stdin").format(sql.Identifier(name))) as copy:
                copy.write(rows)
        for name, first, last in backup.sequences:
            cursor.execute("select setval(%s, %s, %s)", [f"public.{name}", last or first, last is not None])
    gateways.forget_all()
    circuit_breaker.forget_all()
    for firm, (setup, excluded) in zip(world.firms, backup.decisions, strict=True):
        firm.setup = deepcopy(setup)
        firm.changes.add("restored")
        for office, numbers in zip(firm.offices, excluded, strict=True):
            office.excluded = set(numbers)
    world.wires.deliver_late(all_of_them=True)
    world.adversary.active = False  # a person repeats the command until the systems answer
    try:
        right = world.accounting.password
        for firm in world.firms:
            if firm.setup.get("password", right) != right:
                firm.apply(password=right)
            for client in dict.fromkeys(firm.clients):
                world.accounting.let_in(world, client)
            found = recover(firm.company_id, (START - MONTH).date(), (CLOCK.wall + MONTH).date(), origin="simulation")
            world.note(f" {firm.slug} is recovered: {[one.number for one in found.invoices]}")
    finally:
        world.adversary.active = True
