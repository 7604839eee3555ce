"""Prepare Django for a command: settings, the embedded database, logging, and the database schema."""

import logging
import os


def make_ready(*, level: int = logging.WARNING, migrated: bool = True) -> None:
    """Set up Django. With `migrated`, migrate a database that is not up to date, so that any command may be the first.

    Raises `EnvironmentFault` for an environment that cannot be used.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bilag.service.settings")
    from bilag.service.logs import configure_logging

    configure_logging(level)
    if level >= logging.WARNING:  # the command reports once that the database does not answer
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    import django

    django.setup()
    if migrated and _behind():
        bring_up_to_date()


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
