"""Bilag on a database of several machines: behind pgbouncer in transaction mode, and on a server with few connections."""

import contextlib
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.machines import folder, is_ready, post, shared, started
from tests.support.patience import PATIENCE, wait_for
from tests.support.postgres import Postgres, pgbouncer_in, postgres_in
from tests.support.service import service_in

pytestmark = pytest.mark.service
FEWEST = {"BILAG_DATABASE_CONNECTIONS": "10"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with postgres_in(tmp_path_factory.mktemp("shared"), max_connections="40") as made:
        yield made


@pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed (Debian's package pgbouncer)")
@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_invoices_are_posted_through_pgbouncer(
    server: Postgres, shared_database: str, tmp_path: Path, mode: str
) -> None:
    with pgbouncer_in(tmp_path / "pgbouncer", server, mode) as port, service_in(folder(tmp_path)) as service:
        environment = shared(service, server.url(shared_database, port=port))
        with (
            started(tmp_path / "web.log", environment, "web") as web,
            started(tmp_path / "worker.log", environment, "worker", "--concurrency", "8") as worker,
        ):
            wait_for(lambda: is_ready(environment), "bilag web is ready")
            post(service, environment, 5)
            for process in (web, worker):
                assert process.said("database.connections", '"pooler": true'), process.log.read_text()
                process.process.send_signal(signal.SIGTERM)
                assert process.process.wait(PATIENCE) == 0, process.log.read_text()[-2000:]
                assert not process.said("Traceback")
    kept = "select count(*) from pg_locks where locktype = 'advisory'"
    assert server.execute(kept, database=shared_database) == [(0,)]
    assert server.execute("select count(*) from jobs_lease", database=shared_database) == [(0,)]


def test_the_database_lists_processes_by_role_and_the_sum_of_their_connections_is_told(
    server: Postgres, shared_database: str, tmp_path: Path
) -> None:
    names = "select application_name from pg_stat_activity where datname = %s"
    with service_in(folder(tmp_path)) as service:
        environment = shared(service, server.url(shared_database), **FEWEST)
        with contextlib.ExitStack() as stack:
            web = stack.enter_context(started(tmp_path / "web.log", environment, "web"))
            worker = stack.enter_context(started(tmp_path / "worker.log", environment, "worker"))
            wait_for(lambda: is_ready(environment), "bilag web is ready")
            post(service, environment, 1)

            def roles() -> set[str]:
                return {name.partition(" @")[0] for (name,) in server.execute(names, shared_database)}

            wait_for(lambda: {"bilag worker", "bilag worker queue", "bilag web"} <= roles(), "both are listed")
            assert len(server.execute(names, shared_database)) <= 20
            assert all(one.said('"fits": true', "at most 10 connections each") for one in (web, worker))
            greedy = environment | {"BILAG_DATABASE_CONNECTIONS": "30"}
            third = stack.enter_context(started(tmp_path / "third.log", greedy, "worker"))
            wait_for(lambda: third.said('"fits": false', "3 processes", "need 90", "allows 37"), "that does not fit")


def test_a_worker_on_a_full_database_says_so_and_goes_on_when_there_is_room(
    server: Postgres, shared_database: str, tmp_path: Path
) -> None:
    with service_in(folder(tmp_path)) as service:
        environment = shared(service, server.url(shared_database), **FEWEST)
        with (
            started(tmp_path / "web.log", environment, "web"),
            started(tmp_path / "worker.log", environment, "worker") as worker,
        ):
            wait_for(lambda: is_ready(environment), "bilag web is ready")
            wait_for(lambda: worker.said("Bilag works on the queue"), "the worker has started")
            server.execute("alter role bilag connection limit 0")
            try:

                def says_why() -> bool:
                    """End its sessions, also one that it opened while the limit was being set, and look at its log."""
                    server.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bilag'")
                    return worker.said("worker.failed", "no free connection")

                wait_for(says_why, "the worker says why")
            finally:
                server.execute("alter role bilag connection limit -1")
            post(service, environment, 1)
            wait_for(lambda: worker.said("worker.recovered"), "the worker works again")
