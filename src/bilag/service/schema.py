"""Compare the database's schema with this version's, cheaply.

Django finds out by importing every app and every migration, which is too slow for each command.
"""

import pkgutil
from collections.abc import Collection, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg import Connection
from psycopg.errors import UndefinedTable

OLDEST = """
select pid, coalesce(nullif(application_name, ''), usename, 'a session'),
    greatest(1, extract(epoch from now() - xact_start))::int
from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
    and pid <> %s and xact_start is not null
order by xact_start limit 1
"""
LABELS = {"procrastinate.contrib.django": "procrastinate"}
"""Apps whose label is not the last part of their name."""
Migration = tuple[str, str]
"""The label of an app and the name of a migration."""


def applied_migrations(database: "Connection[tuple[object, ...]]") -> frozenset[Migration] | None:
    """Return the migrations that the database has; None if it was never migrated."""
    try:
        return frozenset(
            (str(app), str(name)) for app, name in database.execute("select app, name from django_migrations")
        )
    except UndefinedTable:
        return None


def is_current() -> bool:
    """Return whether the database has exactly the migrations of this version. Works before Django is set up.

    True is certain. After False call `missing` and `unknown`, which also consider migrations that replace others.
    """
    connection.ensure_connection()
    # Through the driver: before its set-up, Django warns about queries through its own cursors.
    return is_exact(applied_migrations(connection.connection))


def is_exact(applied: Collection[Migration] | None) -> bool:
    """Return whether these are exactly the migrations of this version, ignoring tables of other apps."""
    files = set(migration_files(settings.INSTALLED_APPS))
    labels = {label for label, _ in files}
    return applied is not None and {one for one in applied if one[0] in labels} == files


def missing() -> list[Migration]:
    """Return the migrations that the database lacks. Only when Django is set up."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [(migration.app_label, migration.name) for migration, _ in plan]


def unknown(applied: Iterable[Migration]) -> list[Migration]:
    """Return the applied migrations that a newer version made. Call it only when Django is set up."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    known = set(loader.disk_migrations)
    known.update(replaced for migration in loader.disk_migrations.values() for replaced in migration.replaces)
    return sorted(one for one in set(applied) - known if one[0] in loader.migrated_apps)


def in_use(own: int) -> str:
    """Return why a table could not be locked in time: the oldest transaction, except for that of the process `own`."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST, [own])
        oldest = cursor.fetchone()
    first = "Another session uses a table that this step changes"
    if oldest is None:
        return f"{first}. The step changed nothing. Run bilag migrate again."
    process, name, seconds = oldest
    return (
        f"{first}. The oldest transaction is that of {name}, open for {seconds} s. The step changed nothing. Run bilag migrate "
        f"again when that transaction has ended, or end it with the statement: select pg_terminate_backend({process})"
    )


def migration_files(apps: Iterable[str]) -> Iterator[Migration]:
    """Label and name of each migration of the apps, from the names of the files; imports none of them."""
    for app in apps:
        package, *inner = app.split(".")
        spec = find_spec(package)
        for place in (spec and spec.submodule_search_locations) or ():
            for module in pkgutil.iter_modules([str(Path(place, *inner, "migrations"))]):
                if not module.ispkg and module.name[0] not in "_~":
                    yield LABELS.get(app, app.rpartition(".")[2]), module.name
