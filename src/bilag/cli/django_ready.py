"""Prepare Django for a command: settings, the embedded database, logging, and the database schema."""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager


def make_ready(*, level: int = logging.WARNING, migrated: bool = True, pages: bool = True) -> None:
    """Set up Django. With `migrated`, migrate a database that is not up to date, so that any command may be the first.

    Raises `EnvironmentFault` for an environment that cannot be used.

    `pages=False` leaves out the apps of pages and sign-in, a sixth of the CPU of a short command: for a command that runs no
    job, renders no email, signs nobody in and deletes no user.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bilag.service.settings")
    with _no_collections():
        _set_up(level=level, migrated=migrated, pages=pages)


def _set_up(*, level: int, migrated: bool, pages: bool) -> None:
    from bilag.service.logs import configure_logging

    configure_logging(level)
    if level >= logging.WARNING:  # the command reports once that the database does not answer
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    import django
    from django.apps import apps
    from django.conf import settings
    from django.db import connection

    from bilag.service.schema import is_current

    current = not migrated or is_current()
    if not apps.ready:
        connection.close()  # during its set-up Django queries every open connection, and warns about that query
        if current and not pages:
            settings.INSTALLED_APPS = settings.APPS_WITHOUT_PAGES
    django.setup()
    if not current and _behind():
        bring_up_to_date()


@contextmanager
def _no_collections() -> Iterator[None]:
    """Collect no garbage during the block, and never examine what it created: that lives as long as the process."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def bring_up_to_date() -> None:
    """Migrate the database, one process at a time."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [0x42494C41])
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [0x42494C41])
