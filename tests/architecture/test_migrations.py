"""A migration that the version before does not bear is found before it is released."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.next_version import next_version
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE

FAULTS = {
    'migrations.AddField("transfer", "needed", models.TextField(default=""), preserve_default=False)': "NOT NULL constraint",
    'migrations.RemoveField("transfer", "number")': "DROPPING columns",
    'migrations.RenameField("transfer", "state", "status")': "RENAMING columns",
    'migrations.AddIndex("transfer", models.Index("updated_at", name="slow"))': "CREATE INDEX locks table",
    'migrations.RunSQL("alter table transfers_transfer -- short\\n  alter column reason type varchar(9)")': "ALTERING columns",
    'migrations.DeleteModel("attempt")': "DROPPING table",
    'migrations.AddConstraint("transfer", models.UniqueConstraint("reason", name="one"))': "ADDING unique constraint",
}
FIND = """
from bilag.cli.django_ready import make_ready
make_ready(migrated=False)
from tools.check_migrations import faults
print("\\n".join(faults()))
"""


def test_what_the_version_before_does_not_bear_is_named(tmp_path: Path, migrated: None) -> None:
    """Each fault stands in a migration of its own; the first migration only adds a column that may be empty, and is no fault."""
    folder = next_version(tmp_path / "next", *FAULTS)
    environment = os.environ | {"PYTHONPATH": f"{folder}:{ROOT}", "BILAG_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", FIND], cwd=ROOT, env=environment,
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = done.stdout.splitlines()
    assert [line for line in found if "9990" in line] == []
    for at, words in enumerate(FAULTS.values(), 1):
        assert any(f"transfers.{9990 + at}_" in line and words in line for line in found), (words, found)
