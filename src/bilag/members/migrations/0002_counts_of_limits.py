from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make_table(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The cache in which sign-in keeps count of its limits: a table that all processes share."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]

    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]
