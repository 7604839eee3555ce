"""Find out cheaply whether the database has every migration of this version.

Django finds out by importing every app and every migration, which is too slow for each command.
"""

import pkgutil
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg.errors import UndefinedTable

LABELS = {"procrastinate.contrib.django": "procrastinate"}
"""Apps whose label is not the last part of their name."""


def is_current() -> bool:
    """Whether every migration file of every app is applied. Works before Django is set up.

    True is certain. After False ask Django, which also knows which migrations replace others.
    """
    connection.ensure_connection()
    try:  # with the driver: before its set-up Django warns about queries through its own cursors
        applied = set(connection.connection.execute("select app, name from django_migrations"))
    except UndefinedTable:  # a new database
        return False
    return applied.issuperset(migration_files(settings.INSTALLED_APPS))


def migration_files(apps: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Label and name of each migration of the apps, from the names of the files; imports none of them."""
    for app in apps:
        package, *inner = app.split(".")
        spec = find_spec(package)
        for place in (spec and spec.submodule_search_locations) or ():
            for module in pkgutil.iter_modules([str(Path(place, *inner, "migrations"))]):
                if not module.ispkg and module.name[0] not in "_~":
                    yield LABELS.get(app, app.rpartition(".")[2]), module.name
