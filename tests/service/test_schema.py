"""Whether the database is current is read off the names of the migration files, and agrees with Django."""

import pytest


def test_the_files_are_the_migrations_that_django_finds(migrated: None) -> None:
    from django.conf import settings
    from django.db.migrations.loader import MigrationLoader

    from bilag.service.schema import migration_files

    found = list(migration_files(settings.INSTALLED_APPS))
    assert len(found) == len(set(found))
    assert set(found) == set(MigrationLoader(None).disk_migrations)


@pytest.mark.parametrize("app", ["transfers", "members", "procrastinate", "mfa", "auth"])
def test_a_database_that_lacks_any_migration_is_not_current(migrated: None, app: str) -> None:
    from django.db import connection, transaction

    from bilag.service.schema import is_current

    assert is_current()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select max(name) from django_migrations where app = %s", [app])
        cursor.execute("delete from django_migrations where (app, name) = (%s, %s)", [app, cursor.fetchone()[0]])
        assert cursor.rowcount == 1
        assert not is_current()
        transaction.set_rollback(True)
    assert is_current()
