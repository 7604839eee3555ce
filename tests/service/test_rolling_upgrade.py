"""The next version is rolled out beside this one, on several machines, while invoices are finalised."""

import contextlib
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.support.commands import BILAG
from tests.support.machines import Process, folder, is_ready, post, shared, started
from tests.support.next_version import NAME, NOTE, TASK, next_version
from tests.support.patience import PATIENCE, wait_for
from tests.support.postgres import Postgres
from tests.support.service import Service, free_port, service_in
from tests.support.world import invoice_body

pytestmark = pytest.mark.service
TASKS = 12
DEFER = f"""
from bilag.cli.django_ready import make_ready
make_ready()
from bilag.jobs.defer import defer
from bilag.transfers.models import Transfer
for transfer_id in Transfer.objects.order_by("pk").values_list("pk", flat=True)[:{TASKS}]:
    defer("{TASK}", transfer_id=transfer_id)
"""


class Load:
    """Somebody finalises an invoice every half second, whatever is upgraded."""

    def __init__(self, service: Service) -> None:
        self._service = service
        known = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"][0]
        self._body = invoice_body(customer=known["customer"], project=known["project"])
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.numbers: list[int] = []

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            made = self._service.ask("moment", "POST", "/admin/invoices/insert", self._body)
            self.numbers.append(made["invoiceNumber"])

    def posted(self) -> list[int]:
        """The vouchers of these invoices in the journal, twice where there are two."""
        ledger = self._service.ask("hub", "GET", "/admin/clients/123/ledger")
        return sorted(one["voucherNumber"] for one in ledger if one["voucherNumber"] in self.numbers)

    def goes_on(self, count: int = 3) -> None:
        """Wait until some that are finalised from now on are posted."""
        known = len(self.numbers)
        wait_for(
            lambda: len(set(self.posted()).intersection(self.numbers[known:])) >= count, f"{count} more are posted"
        )


def told(service: Service, environment: dict[str, str]) -> None:
    """Moment's webhooks go to this web server from now on, with the secret that they had."""
    before = service.ask("moment", "GET", "/admin/webhooks")["invoice"]
    url = f"http://{environment['BILAG_LISTEN']}/hooks/moment/{before.rpartition('/')[2]}"
    service.ask("moment", "PUT", "/admin/webhooks", {"invoice": url, "customer": url, "project": url})


def stop(one: Process) -> None:
    """End it as a machine that is replaced does."""
    one.process.send_signal(signal.SIGTERM)
    assert one.process.wait(PATIENCE) == 0, one.log.read_text()[-2000:]


def unexpected(one: Process) -> list[str]:
    """The faults in its log. A job whose task it does not know is none: it is told in a warning and given back."""
    lines = one.log.read_text().splitlines()
    return [line for line in lines if "Traceback" in line or "worker.failed" in line]


def typed(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(BILAG), *arguments], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def test_the_next_version_takes_over_machine_by_machine_while_invoices_are_posted(
    server: Postgres, shared_database: str, tmp_path: Path
) -> None:
    with service_in(folder(tmp_path)) as service, contextlib.ExitStack() as stack:
        this = shared(service, server.url(shared_database))
        following = this | {
            "PYTHONPATH": str(next_version(tmp_path / "next")),
            "BILAG_LISTEN": f"127.0.0.1:{free_port()}",
        }
        log = iter(tmp_path / f"{number}.log" for number in range(9))
        web, worker = (stack.enter_context(started(next(log), this, role)) for role in ("web", "worker"))
        wait_for(lambda: is_ready(this), "bilag web is ready")
        post(service, this, TASKS)
        load = stack.enter_context(Load(service))

        # 1. The schema of the next version, under the load; this version's machines go on with it.
        done = typed(following, "migrate")
        assert done.returncode == 0, done.stderr
        load.goes_on()

        # 2. A machine of the next version begins, and enqueues what no worker of this one knows.
        assert subprocess.run([sys.executable, "-c", DEFER], env=following, check=False).returncode == 0
        wait_for(lambda: worker.said("job.of_another_version", TASK), "the worker met one")
        next_web = stack.enter_context(started(next(log), following, "web"))
        wait_for(lambda: is_ready(following), "the next version's web is ready")
        next_worker = stack.enter_context(started(next(log), following, "worker"))
        told(service, following)
        wait_for(lambda: next_worker.said("Bilag works on the queue"), "the next version's worker has started")
        load.goes_on()

        # 3. The last machines of this version are replaced; one that starts again is refused.
        stop(worker)
        stop(web)
        load.goes_on()
        refused = typed(this, "worker")
        assert refused.returncode == 2
        assert f"A newer version of Bilag has changed this database (transfers.{NAME})" in refused.stderr

        load.stop()
        wait_for(lambda: len(load.posted()) >= len(load.numbers), "every invoice is posted")
        assert load.posted() == sorted(load.numbers), "each once"
        noted = "select count(*) from transfers_transfer where next_note = %s"
        wait_for(
            lambda: server.execute(noted, NOTE, database=shared_database) == [(TASKS,)],
            "the jobs of the next version are done",
        )
        for one in (web, worker, next_web, next_worker):
            assert unexpected(one) == []


def test_a_migration_gives_way_to_a_long_transaction_and_holds_nobody_up(
    server: Postgres, shared_database: str, tmp_path: Path
) -> None:
    """An export reads a table for minutes. A change of the table would wait for it, and every transfer for the change."""
    import psycopg

    following = {
        "PATH": "/usr/bin:/bin",
        "BILAG_HOME": str(tmp_path / "home"),
        "DATABASE_URL": server.url(shared_database),
        "PYTHONPATH": str(next_version(tmp_path / "next")),
    }
    with (
        contextlib.suppress(psycopg.OperationalError),  # its session is ended
        psycopg.connect(server.url(shared_database), application_name="bilag web @host/12") as reader,
    ):
        reader.execute("select count(*) from transfers_transfer")
        refused = typed(following, "migrate")
        assert (refused.returncode, refused.stdout) == (3, "")
        assert "The oldest transaction is that of bilag web @host/12, open for" in refused.stderr
        assert "Run bilag migrate again" in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
        server.execute(refused.stderr.strip().rpartition(": ")[2])  # what it says
        done = typed(following, "migrate")
        assert done.returncode == 0, done.stderr
    columns = "select count(*) from information_schema.columns where column_name = 'next_note'"
    assert server.execute(columns, database=shared_database) == [(1,)]


def test_a_migration_that_was_killed_while_it_built_indexes_goes_on(
    server: Postgres, shared_database: str, tmp_path: Path
) -> None:
    """PostgreSQL leaves an index of which it built the half; it counts for nothing, and its name is taken."""
    undo = "delete from django_migrations where app = 'transfers' and name = '0008_indexes_of_many'"
    server.execute(undo, database=shared_database)
    half = "update pg_index set indisvalid = false where indexrelid = 'transfer_company_words'::regclass"
    server.execute(half, database=shared_database)
    environment = {
        "PATH": "/usr/bin:/bin",
        "BILAG_HOME": str(tmp_path / "home"),
        "DATABASE_URL": server.url(shared_database),
    }
    done = typed(environment, "migrate")
    assert done.returncode == 0, done.stderr
    invalid = "select count(*) from pg_index where not indisvalid"
    assert server.execute(invalid, database=shared_database) == [(0,)]
    assert server.execute("select to_regclass('transfer_company_words') is not null", database=shared_database) == [
        (True,)
    ]
