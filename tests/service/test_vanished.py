"""A machine vanishes in the middle of a transaction: no packet of it ever arrives again. Others go on in under a minute.

The machine is a network namespace, and its cable is cut.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE, wait_for
from tests.support.postgres import postgres_in

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("ip") is None, reason="network namespaces need root and iproute2's command ip"
    ),
]
HOLD = """
import sys
from bilag.cli.django_ready import make_ready
make_ready(role="worker")
from django.db import connection, transaction
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("insert into jobs_lease values ('transfer 1', 1, 'vanished', now())")
    print("holds", flush=True)
    sys.stdin.read()
"""
VANISHED = "select count(*) from pg_stat_activity where application_name like 'bilag worker %'"


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=PATIENCE)


@contextlib.contextmanager
def machine_apart() -> Iterator[tuple[str, str, str]]:
    """A namespace, the address by which it reaches this machine, and the cable between them."""
    number = os.getpid() % 4000
    name, cable, end = f"bilag{number}", f"bilaga{number}", f"bilagb{number}"
    here, there = f"10.231.{number // 63}.{number % 63 * 4 + 1}", f"10.231.{number // 63}.{number % 63 * 4 + 2}"
    try:
        ip("netns", "add", name)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"network namespaces cannot be made here: {error.stderr.decode().strip()}")
    try:
        ip("link", "add", cable, "type", "veth", "peer", "name", end)
        ip("link", "set", end, "netns", name)
        ip("addr", "add", f"{here}/30", "dev", cable)
        ip("link", "set", cable, "up")
        ip("netns", "exec", name, "ip", "addr", "add", f"{there}/30", "dev", end)
        ip("netns", "exec", name, "ip", "link", "set", end, "up")
        yield name, here, cable
    finally:
        ip("netns", "del", name)
        with contextlib.suppress(subprocess.CalledProcessError):
            ip("link", "del", cable)


def test_what_a_vanished_machine_had_locked_is_free_in_under_a_minute(tmp_path: Path) -> None:
    with machine_apart() as (name, here, cable), postgres_in(tmp_path, listen=here) as server:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "BILAG_HOME": str(tmp_path / "vanished"),
            "DATABASE_URL": server.url(),
        }
        process = subprocess.Popen(
            ["ip", "netns", "exec", name, sys.executable, "-c", HOLD],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"holds\n"
            assert server.execute(VANISHED) == [(1,)]
            ip("link", "set", cable, "down")
            cut = time.monotonic()
            wait_for(lambda: server.execute(VANISHED) == [(0,)], "the server ends the session")
            assert time.monotonic() - cut < 60
            server.execute("insert into jobs_lease values ('transfer 1', 2, 'next', now())")
        finally:
            process.kill()
            process.wait(PATIENCE)
