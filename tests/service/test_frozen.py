"""A worker is frozen just before it posts; another takes its work over; the first wakes and posts nothing."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.patience import PATIENCE, wait_for
from tests.support.service import Service

pytestmark = pytest.mark.service


@contextlib.contextmanager
def started(service: Service, role: str, log: Path, says: str, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of Bilag that runs; it is killed in the end, frozen or not."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "bilag.cli", role], env=service.environment | more, stdout=file, stderr=file
        )
    try:
        wait_for(lambda: says in log.read_text(), f"{role} to start")
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait(PATIENCE)


def worker(service: Service, log: Path) -> "contextlib.AbstractContextManager[subprocess.Popen[bytes]]":
    """A worker as on another machine: beside others on one database."""
    database = f"postgresql://postgres:@/postgres?host={service.home / 'postgres'}"
    return started(service, "worker", log, "Bilag works on the queue", DATABASE_URL=database)


def state(service: Service, number: int) -> Any:
    rows = service.json("transfers", "fjell", "--kind", "invoice")
    return next((row["state"] for row in rows if row["number"] == str(number)), None)


def vouchers(service: Service, number: int) -> int:
    ledger = service.ask("hub", "GET", "/admin/clients/123/ledger")
    return sum(one["voucherNumber"] == number and one["type"] == "outgoingInvoice" for one in ledger)


def test_a_worker_that_wakes_after_another_took_over_posts_nothing(service: Service, tmp_path: Path) -> None:
    service.start()
    service.apply()
    (earlier,) = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"]
    service.run("poll", "fjell")
    wait_for(lambda: state(service, earlier["invoiceNumber"]) == "done", "the customers and projects to be there")
    service.stop()
    service.ask("hub", "POST", "/admin/faults", {"kind": "slow", "operation": "listVouchers", "seconds": 1})
    (invoice,) = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 1})["invoices"]
    number, log = invoice["invoiceNumber"], tmp_path / "first.log"
    with (
        started(service, "web", tmp_path / "web.log", "Bilag serves"),  # keeps the database running
        worker(service, log) as first,
    ):
        service.run("poll", "fjell")
        wait_for(lambda: service.hub_clock.sleeping, "the answer to the look-up to be on its way")
        first.send_signal(signal.SIGSTOP)
        with worker(service, tmp_path / "second.log"):
            wait_for(lambda: state(service, number) == "done", "the second worker to post the invoice")
            assert vouchers(service, number) == 1
            service.hub_clock.advance(1)
            first.send_signal(signal.SIGCONT)
            wait_for(lambda: "transfer.lease_lost" in log.read_text(), "the first worker to find its lease gone")
            assert vouchers(service, number) == 1
            assert state(service, number) == "done"
    batches = service.ask("hub", "GET", "/admin/clients/123/batches")
    assert [one["status"] for one in batches] == ["updated"] * len(batches)
