"""The pool of a process after the database was restarted: the next request gets a connection that works, at once."""

import pytest
from django.db import connection
from django.db.backends.postgresql.base import Database

IDLE = 12
"""Connections that are idle when the database ends them: with five, psycopg's own check took longer than a request waits."""


@pytest.fixture
def patience_of_a_request(monkeypatch: pytest.MonkeyPatch, database: None) -> None:
    """As long as psycopg's own check would pause before it has thrown three broken connections away."""
    connection.close()  # a test before this one may have left it open, and an open one is not asked for again
    assert connection.pool is not None
    monkeypatch.setattr(connection.pool, "timeout", 3.0)


def end_all_sessions() -> None:
    parameters = {name: value for name, value in connection.get_connection_params().items() if name != "pool"}
    with Database.connect(**parameters) as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where pid <> pg_backend_pid() and backend_type = 'client backend' and datname = current_database()"
        )


def make_idle(count: int) -> None:
    pool = connection.pool
    held = [pool.getconn() for _ in range(count)]
    for one in held:
        pool.putconn(one)


@pytest.mark.usefixtures("patience_of_a_request")
def test_the_next_statement_works_though_every_idle_connection_is_broken() -> None:
    for _ in range(3):
        make_idle(IDLE)
        end_all_sessions()
        with connection.cursor() as cursor:
            cursor.execute("select 1")
            assert cursor.fetchone() == (1,)
        connection.close()


@pytest.mark.usefixtures("patience_of_a_request")
def test_a_database_that_ends_each_session_at_once_is_not_asked_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from bilag.service.postgresql import base

    broken: list[object] = []

    def never(one: object) -> bool:
        broken.append(one)
        return False

    monkeypatch.setattr(base, "_works", never)
    connection.ensure_connection()  # the last one's next statement says what is wrong
    assert len(broken) == base.MOST_BROKEN
