"""Decide whether this process may work on its database, before it does anything.

Several machines share a database. A machine with another key would write secrets that the others cannot decrypt; one with
another version would read columns that are gone, or change tables under a running version. Both are refused in one sentence.
"""

from dataclasses import dataclass

import psycopg
from django.db import connection, transaction

from bilag.companies.resealing import first_are_readable
from bilag.service import connections, schema
from bilag.service.database_faults import DatabaseAway, sentence
from bilag.service.environment import EnvironmentFault, environment
from bilag.service.fingerprints import fingerprint
from bilag.service.keys import follow, ring

CONNECT_SECONDS = 2
LOCK = 0x42494C41
"""Held by the one process that migrates, or that enters the first key."""


@dataclass(frozen=True, slots=True)
class Found:
    """The keys and the schema that a process found in its database when it started."""

    applied: frozenset[schema.Migration] | None
    """The migrations; None in an empty database."""
    keys: frozenset[str]
    """Fingerprints of the keys that the database knows."""
    is_exact: bool
    """The schema is exactly this version's."""


def direct(seconds: int = CONNECT_SECONDS) -> "psycopg.Connection[tuple[object, ...]]":
    """Connect without the pool, which would wait long although the reason is certain at once. Raises `DatabaseAway`."""
    kept = connection.get_connection_params()
    parameters = {name: value for name, value in kept.items() if name not in ("pool", "cursor_factory", "context")}
    try:
        return psycopg.connect(**{**parameters, "connect_timeout": seconds}, autocommit=True)
    except psycopg.Error as error:
        raise DatabaseAway(sentence(error)) from error


def backend_of(database: "psycopg.Connection[tuple[object, ...]]") -> int:
    """Return the number of the server's process for the transaction; behind a pooler the driver knows another."""
    [(backend,)] = database.execute("select pg_backend_pid()")
    return int(str(backend))


def look() -> Found:
    """Read schema and keys of the database. Works before Django is set up. Raises `DatabaseAway`."""
    if environment.database_url is None:
        connection.ensure_connection()
        return found_in(connection.connection)
    with direct() as database:
        connections.adapt(pooled=connections.leads_to_pooler(database))
        return found_in(database)


def found_in(database: "psycopg.Connection[tuple[object, ...]]") -> Found:
    """Read schema and keys."""
    applied = schema.applied_migrations(database)
    return Found(applied, _known_keys(database), schema.is_exact(applied))


def _known_keys(database: "psycopg.Connection[tuple[object, ...]]") -> frozenset[str]:
    try:
        return frozenset(str(key) for (key,) in database.execute("select fingerprint from jobs_knownkey"))
    except psycopg.errors.UndefinedTable:
        return frozenset()


def check_schema(found: Found) -> bool:
    """Return whether the database must be migrated and this process may do so. Call it only when Django is set up.

    Raises `EnvironmentFault` for a newer schema, and on a shared database for any other schema than ours: there, only `bilag
    migrate` changes tables.
    """
    if found.is_exact:
        return False
    if fault := newer(found):
        raise fault
    if environment.database_url is None:
        return bool(schema.missing())
    if not found.applied:
        raise EnvironmentFault("The database has no tables of Bilag yet. Create them with: bilag migrate")
    older = schema.missing()
    if older:
        raise EnvironmentFault(
            f"The database is older than this version of Bilag: it lacks {_names(older)}. Back it up, then run: bilag migrate"
        )
    return False


def newer(found: Found) -> EnvironmentFault | None:
    """Return the refusal of a database that a newer version has changed; None for any other. Only when Django is set up."""
    changes = schema.unknown(found.applied or ())
    if not changes:
        return None
    return EnvironmentFault(
        f"A newer version of Bilag has changed this database ({_names(changes)}). Run that version here too, or restore the "
        "backup that was made before the upgrade"
    )


def check_keys(found: Found) -> None:
    """Compare this machine's keys with those that the database knows; enter ours if it knows none, or if we have a new first
    one.

    Raises `EnvironmentFault` if a known key is missing here: secrets may be encrypted with it.
    """
    ours = [fingerprint(key) for key in ring]
    if found.keys:
        _refuse_other_keys(found.keys, ours)
        if ours[0] in found.keys:
            return
    _enter()


def compare_keys(found: Found) -> None:
    """Compare this machine's keys with those that the database knows, without entering any. Raises `EnvironmentFault`."""
    _refuse_other_keys(found.keys, [fingerprint(key) for key in ring])


def only_key_left() -> None:
    """Record that every secret is encrypted with the first key: a process no longer needs another."""
    with connection.cursor() as cursor:
        cursor.execute("delete from jobs_knownkey where fingerprint <> %s", [fingerprint(ring[0])])


def _refuse_other_keys(known: frozenset[str], ours: list[str]) -> None:
    missing = sorted(known.difference(ours))
    if not missing:
        return
    remedy = "Give the same BILAG_SECRET_KEYS as on the machine that has it, or copy its secret.key"
    if not environment.has_key:
        raise EnvironmentFault(
            f"There is no key on this machine, and secrets in this database are encrypted with {' and '.join(missing)}. "
            f"{remedy} to {environment.key_file}"
        )
    source = environment.key_file or "BILAG_SECRET_KEYS"
    raise EnvironmentFault(
        f"The key of this machine is not the key of this database: {source} has {' and '.join(ours)}, and secrets are "
        f"encrypted with {' and '.join(missing)}. {remedy}; compare with: bilag keys list"
    )


def _enter() -> None:
    """Enter our first key, one process at a time. The first key of all must open the secrets that are there."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("select fingerprint from jobs_knownkey")
        known = frozenset(str(key) for (key,) in cursor.fetchall())
        if environment.key_file is not None:
            environment.keep_key()
            follow(ring)  # another process may have created the key first
        ours = [fingerprint(key) for key in ring]
        _refuse_other_keys(known, ours)
        if not known and not first_are_readable():
            raise EnvironmentFault(
                f"No key in {environment.key_file or 'BILAG_SECRET_KEYS'} decrypts the secrets in this database. Give the key "
                "that they were saved with"
            )
        cursor.execute("insert into jobs_knownkey values (%s, now()) on conflict do nothing", [ours[0]])


def _names(migrations: list[schema.Migration]) -> str:
    first = ".".join(migrations[0])
    return first if len(migrations) == 1 else f"{first} and {len(migrations) - 1} more changes"
