"""Prepare Django for a command: settings, the embedded database, logging, and the database schema."""

import gc
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager


def make_ready(
    *, level: int = logging.WARNING, migrated: bool = True, pages: bool = True, role: str = "command"
) -> None:
    """Set up Django. With `migrated`, verify that schema and key match the database. An outdated embedded database is migrated,
    so that any command may be the first.

    Raises `EnvironmentFault` for an unusable environment, `DatabaseAway` if the database does not answer.

    `pages=False` skips the apps of pages and sign-in, which saves a sixth of a short command's CPU. It suits commands that run
    no job, render no email, sign nobody in and delete no user. `role` names the process in the database's list of connections.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bilag.service.settings")
    with no_collections():
        _set_up(level=level, migrated=migrated, pages=pages, role=role)


def _set_up(*, level: int, migrated: bool, pages: bool, role: str) -> None:
    from bilag.service.logs import configure_logging

    configure_logging(level)
    if level >= logging.WARNING:  # the command reports once that the database does not answer
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    import django
    from django.apps import apps
    from django.conf import settings
    from django.db import connection

    from bilag.service import admission, connections, traces

    traces.start(told=role != "command")
    connections.name_process(role)
    found = admission.look() if migrated else None
    current = found is None or found.is_exact
    if not apps.ready:
        connection.close()  # during its set-up Django queries every open connection, and warns about that query
        if current and not pages:
            settings.INSTALLED_APPS = settings.APPS_WITHOUT_PAGES
    django.setup()
    if found is not None:
        if admission.check_schema(found):
            bring_up_to_date()
        admission.check_keys(found)


@contextmanager
def no_collections() -> Iterator[None]:
    """Disable garbage collection during the block, and never examine its objects later: they live as long as the process."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def bring_up_to_date() -> None:
    """Migrate the database, one process at a time.

    The lock ends with a transaction, not with a session: it holds behind a connection pooler too. Raises `DatabaseAway` when a
    long transaction uses a table that is to be changed.
    """
    from django.core.management import call_command
    from django.db import OperationalError
    from psycopg.errors import LockNotAvailable

    from bilag.service import admission, schema
    from bilag.service.database_faults import DatabaseAway

    with admission.direct() as database, database.transaction():
        # Without a parameter the statement releases its snapshot; building an index would wait for it for ever.
        database.execute(f"select pg_advisory_xact_lock({admission.LOCK:d})")
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise DatabaseAway(schema.in_use(admission.backend_of(database))) from error
            raise
