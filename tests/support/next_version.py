"""The next version of Bilag: a copy of this one with a migration, a column and a task more, for tests of an upgrade."""

import shutil
from pathlib import Path

from tests.support.paths import ROOT

NAME = "9990_of_the_next_version"
TASK = "transfers.of_the_next_version"
NOTE = "seen by the next version"
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("transfers", "{before}")]
    operations = [{operations}]
"""
ADD_NOTE = 'migrations.AddField("transfer", "next_note", models.TextField(null=True))'
"""A column that the version before does not know, and need not: the first half of each change that is rolled out."""
MODELS = """
Transfer.add_to_class("next_note", models.TextField(null=True))
"""
TASKS = f"""

@app.task(name="{TASK}", retry=AGAIN)
def of_the_next_version(transfer_id: int) -> None:
    Transfer.objects.filter(pk=transfer_id).update(next_note="{NOTE}")
"""


def next_version(folder: Path, *operations: str) -> Path:
    """Make it, with a migration for each of these operations after its own; give the folder to put first in `PYTHONPATH`."""
    app = folder / "bilag" / "transfers"
    shutil.copytree(ROOT / "src" / "bilag", folder / "bilag")  # with what is compiled of it: times are copied too
    before = max(file.stem for file in (app / "migrations").glob("[0-9]*.py"))
    for at, operation in enumerate((ADD_NOTE, *operations)):
        name = f"{9990 + at}{NAME[4:]}"
        (app / "migrations" / f"{name}.py").write_text(MIGRATION.format(before=before, operations=operation))
        before = name
    for module, more in (("models", MODELS), ("tasks", TASKS)):
        with (app / f"{module}.py").open("a") as file:
            file.write(more)
    return folder
