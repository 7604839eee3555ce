"""Processes are frozen just before they post or create something; others take their work over; they wake and send nothing.

A lease of a frozen process ends after a quarter of a minute. The worker and the import are frozen together, so that the tests
wait for that once.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest

from bilag_sandbox import moment
from tests.support import local_http
from tests.support.patience import PATIENCE, wait_for
from tests.support.service import Service, service_in
from tests.support.zygote import Forked, Zygote

pytestmark = pytest.mark.service
EXPENSES = '[expenses]\nimport = true\nactivity = "Utlegg"\n'
IMPORT = """
import signal, threading
from pathlib import Path
from django.db import connection
from bilag.companies import store
from bilag.expenses.importer import import_expenses
from bilag.moment.expenses import ProjectExpenses

create = ProjectExpenses.create

def freeze_first(self, new):
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        Path({told!r}).write_text(str(cursor.fetchone()[0]))
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    return create(self, new)

ProjectExpenses.create = freeze_first
import_expenses(store.load_setup_by_slug("fjell").company_id)
"""
"""An import that freezes between the commit of its intent and its request, and says before which database session it has.

The signal goes to the thread that is about to send: one to the process may reach another thread first, and this one would run on
past its fence.
"""


A_DAY_LATER = """
from django.utils import timezone
from bilag.expenses.models import ExpenseLine
ExpenseLine.objects.filter(state="done").update(count_at=timezone.now())
"""
"""Expenses are counted again a day after they were sent."""


@dataclass
class Scene:
    """What the frozen processes left: what they had in hand, and how the import ended."""

    service: Service
    invoice: int
    project: dict[str, Any]
    import_status: int

    def expenses(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = of_moment(self.service, "projectExpenses", projectId=self.project["id"])
        return found


def of_moment(service: Service, what: str, **params: Any) -> Any:
    address = f"{service.moment}/api/1.0/companies/4021/{what}"
    return local_http.get(address, params=params, auth=("apikey", moment.API_KEY)).json()["content"]


def shared(service: Service) -> dict[str, str]:
    """The environment of a process as on another machine: beside others on one database."""
    database = f"postgresql://postgres:@/postgres?host={service.home / 'postgres'}"
    return service.environment | {"DATABASE_URL": database}


@contextlib.contextmanager
def forked(zygote: Zygote, environment: dict[str, str], log: Path, start: Any) -> Iterator[Forked]:
    """A process of Bilag; it is killed in the end, frozen or not."""
    with log.open("wb") as file, open(os.devnull) as nothing:
        process: Forked = start(zygote.grown(environment), (nothing.fileno(), file.fileno(), file.fileno()))
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait(PATIENCE)


@contextlib.contextmanager
def started(zygote: Zygote, role: str, environment: dict[str, str], log: Path, says: str) -> Iterator[Forked]:
    """`bilag worker` or `bilag web`, once it says that it has started."""

    def start(grown: Zygote, streams: tuple[int, int, int]) -> Forked:
        return grown.command([role], environment, streams=streams)

    with forked(zygote, environment, log, start) as process:
        wait_for(lambda: says in log.read_text(), f"{role} to start")
        yield process


def state(service: Service, number: int) -> Any:
    rows = service.json("transfers", "fjell", "--kind", "invoice")
    return next((row["state"] for row in rows if row["number"] == str(number)), None)


def vouchers(service: Service, number: int) -> int:
    ledger = service.ask("hub", "GET", "/admin/clients/123/ledger")
    return sum(one["voucherNumber"] == number and one["type"] == "outgoingInvoice" for one in ledger)


def post_cost(service: Service, project: str) -> None:
    """The accountant posts a supplier's invoice on a project."""
    entries = [
        {
            "accountNumber": "4300",
            "amount": "1000.00",
            "vatAmount": "0.00",
            "orgUnits": {"2": project},
            "text": "Papir",
        },
        {"accountNumber": "2400", "amount": "-1000.00", "supplierNumber": "50001"},
    ]
    body = {"voucherNumber": 88, "type": "incomingInvoice", "supplierNumber": "50001", "text": "Byggvare Øst AS"}
    today = str(date.today())  # noqa: DTZ011 - a day more or less is the same
    service.ask("hub", "POST", "/admin/clients/123/vouchers", {**body, "entries": entries, "voucherDate": today})


def cut(service: Service, session: str) -> None:
    """End a session of the database, as a failover or an administrator does."""
    code = f"from django.db import connection; connection.cursor().execute('select pg_terminate_backend({session})')"
    service.python(code)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, zygote: Zygote) -> Iterator[Scene]:
    """An import is frozen just before it creates an expense, a worker while it looks an invoice up; others go on."""
    folder = tmp_path_factory.mktemp("frozen")
    with service_in(folder, zygote) as service:
        service.start()
        service.apply(EXPENSES)
        (earlier,) = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"]
        service.run("poll", "fjell")
        wait_for(lambda: state(service, earlier["invoiceNumber"]) == "done", "the customers and projects to be there")
        service.stop()
        project = of_moment(service, "projects", size=1)[0]
        post_cost(service, project["projectNumber"])
        service.ask("hub", "POST", "/admin/faults", {"kind": "slow", "operation": "listVouchers", "seconds": 1})
        (invoice,) = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"]
        number, log, told, beside = invoice["invoiceNumber"], folder / "first.log", folder / "session", shared(service)

        def frozen_import(grown: Zygote, streams: tuple[int, int, int]) -> Forked:
            return grown.python(IMPORT.format(told=str(told)), beside, streams=streams)

        web = started(
            zygote, "web", service.environment, folder / "web.log", "Bilag serves"
        )  # keeps the database running
        importing_first = forked(zygote, beside, folder / "import.log", frozen_import)  # before any worker imports
        with web, importing_first as importing:
            wait_for(lambda: is_stopped(importing), "the import to freeze before it creates the expense")
            cut(service, told.read_text())
            with started(zygote, "worker", beside, log, "Bilag works on the queue") as first:
                service.run("poll", "fjell")
                wait_for(lambda: service.hub_clock.sleeping, "the answer to the look-up to be on its way")
                first.send_signal(signal.SIGSTOP)
                with started(zygote, "worker", beside, folder / "second.log", "Bilag works on the queue"):
                    wait_for(lambda: imported(service), "another import to take the expense over")
                    wait_for(lambda: state(service, number) == "done", "the second worker to post the invoice")
                    service.hub_clock.advance(1)
                    first.send_signal(signal.SIGCONT)
                    importing.send_signal(signal.SIGCONT)
                    wait_for(
                        lambda: "transfer.lease_lost" in log.read_text(), "the first worker to find its lease gone"
                    )
                    yield Scene(service, number, project, importing.wait(PATIENCE))


def is_stopped(process: Forked) -> bool:
    assert process.poll() is None, "the import ended"
    return psutil.Process(process.pid).status() == psutil.STATUS_STOPPED


def imported(service: Service) -> bool:
    """Import, and say whether the expense is done: while the frozen one has its lease, no import begins."""
    service.run("expenses", "import", "fjell", check=False)
    return service.status()["expenses"]["imported"] == 1


def test_a_worker_that_wakes_after_another_took_over_posts_nothing(scene: Scene) -> None:
    assert vouchers(scene.service, scene.invoice) == 1
    assert state(scene.service, scene.invoice) == "done"
    batches = scene.service.ask("hub", "GET", "/admin/clients/123/batches")
    assert [one["status"] for one in batches] == ["updated"] * len(batches)


def test_an_import_that_wakes_after_another_took_over_creates_nothing(scene: Scene) -> None:
    assert scene.import_status != 0, "it found its session gone"
    assert len(scene.expenses()) == 1
    scene.service.run("expenses", "import", "fjell", check=False)
    assert len(scene.expenses()) == 1


def test_a_double_that_is_there_all_the_same_is_counted_and_told(scene: Scene) -> None:
    """A proxy may deliver a request late, or a person copies the expense: Moment has two with one key."""
    [expense] = scene.expenses()
    kept = ("id", "version", "attachments", "lastModifiedDate")
    copy = {name: value for name, value in expense.items() if name not in kept}
    address = f"{scene.service.moment}/api/1.0/companies/4021/projectExpenses"
    assert local_http.request("POST", address, json=copy, auth=("apikey", moment.API_KEY)).status_code == 201

    scene.service.python(A_DAY_LATER)
    scene.service.run("expenses", "import", "fjell", check=False)
    lines = scene.service.json("expenses", "list", "fjell")
    assert [one["code"] for line in lines for one in line["problems"]] == ["expense_doubled"]
    assert len(scene.expenses()) == 2, "Bilag deletes nothing: a person decides"
