"""A database that stands elsewhere than before was restored: one worker is told so, once."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from bilag.service import restored
from tests.support.postgres import postgres_in

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def unknown() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from jobs_knownserver")


def stands() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("select id, identity from jobs_knownserver")
        return list(cursor.fetchall())


def test_only_another_server_or_timeline_is_a_restore() -> None:
    assert not restored.note_server(), "a database that never had a worker"
    [(number, here)] = stands()
    assert not restored.note_server()
    for elsewhere in (f"1{here}", here[:-1] + "9"):
        with connection.cursor() as cursor:
            cursor.execute("update jobs_knownserver set identity = %s", [elsewhere])
        assert restored.note_server()
        assert stands() == [(number, here)]
        assert not restored.note_server(), "it is told once"


def test_a_server_that_does_not_say_where_it_stands_is_taken_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not restored.note_server()
    before = stands()
    monkeypatch.setattr(restored, "IDENTITY", "select no_such_function()")
    assert not restored.note_server()
    assert stands() == before


@pytest.mark.service
def test_an_ordinary_user_may_ask_where_the_database_stands(tmp_path: Path) -> None:
    with postgres_in(tmp_path) as server, psycopg.connect(server.url("postgres")) as ours:
        assert ours.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (False,)
        row = ours.execute(restored.IDENTITY).fetchone()
    assert row is not None
    assert row[0].endswith("/00000001")
