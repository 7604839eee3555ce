"""Tell cheaply whether the database has every migration of this version.

Django answers the same question by importing every app and every migration, which a command cannot afford.
"""

import pkgutil
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import ProgrammingError, connection

LABELS = {"procrastinate.contrib.django": "procrastinate"}
"""Apps whose label is not the last part of their name."""


def is_current() -> bool:
    """Whether every migration file of every app is applied. Works before Django is set up.

    True is certain. False is not: ask Django, which also knows migrations that replace others.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("select app, name from django_migrations")
            return set(cursor.fetchall()).issuperset(migration_files(settings.INSTALLED_APPS))
    except ProgrammingError:  # a new database has no such table
        return False


def migration_files(apps: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Label and name of each migration of the apps, by the names of the files: nothing of an app is imported."""
    for app in apps:
        package, *inner = app.split(".")
        spec = find_spec(package)
        for place in (spec and spec.submodule_search_locations) or ():
            for module in pkgutil.iter_modules([str(Path(place, *inner, "migrations"))]):
                if not module.ispkg and module.name[0] not in "_~":
                    yield LABELS.get(app, app.rpartition(".")[2]), module.name
