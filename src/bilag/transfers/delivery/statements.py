"""The SQL that every try needs: take the transfer, commit the intent, commit the usual end.

Django's models took more than half of a transfer's time (docs/performance.md). These statements store what the models would;
unusual cases go through the models in `commit`.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models
from django.utils import timezone

from bilag.jobs.lease import Lease, LeaseLost, Query, leases_held
from bilag.transfers.models import Attempt, Kind, State, Transfer

JSON_COLUMNS = frozenset({"problems"})
GENERATED = frozenset({"name_words"})


class Taken(NamedTuple):
    """A transfer as its worker took it."""

    transfer: Transfer
    stamp: str
    """Changes whenever the company, its setup or its ledger does."""
    parties: int | None
    """The row of the parties accepted last."""
    written_by: str
    """The transaction that wrote the transfer's row."""


class Intent(NamedTuple):
    """An intent that is committed."""

    transaction: str
    """The transaction that committed it. While the row's last writer is this transaction, nobody has changed the transfer
    since.
    """
    untouched: bool
    """Whether nobody had changed the transfer between taking it and committing the intent."""
    columns: Mapping[str, Any]
    """The columns that it set on the transfer."""


def query_of(transfer_id: int) -> Query:
    """Return the query that reads a transfer when its lease has been taken."""
    return Query(_reading(), (transfer_id,))


def taken(lease: Lease) -> Taken | None:
    """Return the transfer that the lease's query found; None if there is none."""
    if not lease.rows:
        return None
    stamp, parties, written_by, *values = lease.rows[0]
    names = _columns()
    read = [json.loads(value) if name in JSON_COLUMNS else value for name, value in zip(names, values, strict=True)]
    return Taken(Transfer.from_db(connection.alias, names, read), stamp, parties, written_by)


def commit_intent(
    taken: tuple[int, str], columns: Mapping[str, Any], attempt: Attempt, first_use_of: int | None
) -> Intent:
    """Commit, in one statement, that the attempt is about to send requests; set the attempt's id.

    `taken`: the transfer's id and the transaction that had written it when it was taken. `columns` are set on the transfer;
    `first_use_of` is the ledger that counts as used from now on.

    Raises `LeaseLost` if another process may have taken the transfer, or if the setup is no longer the attempt's: it may name
    another ledger. Raises `IntegrityError` for a value that another transfer has.
    """
    now = timezone.now()
    leases, (transfer_id, written_by) = leases_held(), taken
    columns = {"state": State.SENDING, "next_at": None, "updated_at": now, **columns}
    moved, given = _assignments(Transfer, columns)
    stored = [one for one in Attempt._meta.concrete_fields if not one.primary_key]
    sql = f"""
        with held as ({_held(leases)}),
        setup as (select 1 from companies_integrationsetup where company_id = %s and version = %s for share),
        found as (
            select id, xmin::text = %s as untouched from transfers_transfer
            where id = %s and (select count(*) from held) = %s and exists (select 1 from setup) for update
        ),
        moved as (
            update transfers_transfer transfer set {moved}, attempt_count = attempt_count + 1
            from found where transfer.id = found.id returning found.untouched
        ),
        used as (
            update companies_ledger set used_at = %s where id = %s and used_at is null and exists (select 1 from moved)
        ),
        begun as (
            insert into transfers_attempt ({", ".join(f'"{one.column}"' for one in stored)})
            select {", ".join(["%s"] * len(stored))} from moved
            returning id
        )
        select begun.id, moved.untouched, pg_current_xact_id()::xid::text from begun, moved"""  # noqa: S608 - columns' names
    values = [_prepared(one, getattr(attempt, one.attname)) for one in stored]
    used, setup = (now, first_use_of), (attempt.company_id, attempt.setup_version)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_named(leases), *setup, written_by, transfer_id, len(leases), *given, *used, *values])
        row = cursor.fetchone()
    if row is None:
        raise LeaseLost(f"a lease was lost, or the setup was saved, before transfer {transfer_id} was sent")
    attempt.pk, attempt._state.adding = int(row[0]), False
    return Intent(row[2], row[1], columns)


def master_data_there(source_id: int, numbers: Sequence[str]) -> dict[tuple[str, str], int | None]:
    """Return the Moment ids of the customers and projects with these numbers that accounting has, by kind and number."""
    if not numbers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select kind, number, moment_id from transfers_transfer "  # noqa: S608 - only placeholders
            f"where source_id = %s and kind in (%s, %s) and number in ({', '.join(['%s'] * len(numbers))}) and state = %s",
            [source_id, Kind.CUSTOMER, Kind.PROJECT, *numbers, State.DONE],
        )
        return {(kind, number): moment_id for kind, number, moment_id in cursor.fetchall()}


class Ended(NamedTuple):
    """The end of a try: columns of the transfer and of its attempt."""

    transfer: Mapping[str, Any]
    attempt: Mapping[str, Any]


def store_end(
    transfer: Transfer, attempt: Attempt, ended: Ended, *, intent: str, setup_version: int
) -> list[int] | None:
    """Store the end of a try in a transaction, and release the transfer's lease with it.

    Return the ids of the transfers blocked by this one. Return None, with nothing stored, if somebody changed the transfer
    since the transaction `intent`, if the setup has another version, or if a lease was lost.
    """
    leases = leases_held()
    if not leases:
        return None
    changed, changes = _assignments(Transfer, ended.transfer)
    closed, closing = _assignments(Attempt, ended.attempt)
    sql = f"""
        with held as ({_held(leases)}),
        moved as (
            update transfers_transfer set {changed}
            where id = %s and xmin::text = %s and (select count(*) from held) = %s
                and exists (select 1 from companies_integrationsetup where company_id = %s and source_id = %s and version = %s)
            returning id
        ),
        closed as (update transfers_attempt set {closed} where id = %s and began_at = %s and exists (select 1 from moved))
        delete from jobs_lease where name = %s and generation = %s and exists (select 1 from moved);
        select id from transfers_transfer where blocked_by_id = %s and state = %s"""  # noqa: S608 - columns' names
    own = leases[-1]
    setup = (transfer.company_id, transfer.source_id, setup_version)
    given = [
        *_named(leases),
        *changes,
        transfer.pk,
        intent,
        len(leases),
        *setup,
        *closing,
        attempt.pk,
        attempt.began_at,
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, own.name, own.generation, transfer.pk, State.NEEDS_ATTENTION])
        if cursor.rowcount != 1:
            return None
        own.give_back_with_transaction()
        cursor.nextset()
        return [pk for (pk,) in cursor.fetchall()]


def _held(leases: Sequence[Lease]) -> str:
    """Lock the leases of this try until the transaction ends, so that nobody takes one meanwhile."""
    named = ", ".join(["(%s, %s)"] * len(leases)) or "(null, null)"
    return f"select 1 from jobs_lease where (name, generation) in ({named}) for share"  # noqa: S608 - only placeholders


def _named(leases: Sequence[Lease]) -> list[str | int]:
    return [value for one in leases for value in (one.name, one.generation)]


@cache
def _columns() -> tuple[str, ...]:
    return tuple(one.attname for one in Transfer._meta.concrete_fields if one.attname not in GENERATED)


@cache
def _reading() -> str:
    columns = ", ".join(f'transfer."{name}"' for name in _columns())
    return f"""
        select concat_ws(' ', company.xmin, setup.xmin, ledger.xmin, setup.saved_at),
            (select max(parties.id) from companies_acceptedparties parties where parties.company_id = transfer.company_id),
            transfer.xmin::text, {columns}
        from transfers_transfer transfer
        join companies_company company on company.id = transfer.company_id
        join companies_integrationsetup setup on setup.company_id = company.id
        join companies_ledger ledger on ledger.id = setup.ledger_id
        where transfer.id = %s"""  # noqa: S608 - columns' names


def _assignments(model: type[models.Model], columns: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return the columns as `set` of an update has them, and their values."""
    fields = {one.attname: one for one in model._meta.concrete_fields}
    found = [(fields[name], value) for name, value in columns.items()]
    return ", ".join(f'"{field.column}" = %s' for field, _ in found), [
        _prepared(field, value) for field, value in found
    ]


def _prepared(field: Any, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)
