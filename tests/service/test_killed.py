"""Independent of Bilag's own word: killed again and again while answers are lost, and then both systems are asked."""

import random
import time
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.support import local_http
from tests.support.service import Service

INVOICE_TYPES = ("outgoingInvoice", "creditNote")
SEED = 20261123


@pytest.mark.service
@pytest.mark.timeout(240)
def test_one_voucher_for_each_invoice_though_killed_again_and_again(service: Service) -> None:
    service.start()
    url = service.apply()["webhookUrl"]
    hooks = {"invoice": url, "customer": url, "project": url}
    service.ask("moment", "PUT", "/admin/webhooks", {**hooks, "copies": 3, "shuffle": 4, "seed": SEED})
    _trouble(service)
    chance = random.Random(SEED)
    finalised: list[dict[str, Any]] = []
    for _ in range(5):
        for _ in range(4):
            finalised += service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 2})["invoices"]
            time.sleep(chance.uniform(0.05, 0.3))
        service.kill()
        time.sleep(0.2)
        service.start()
    service.ask("hub", "DELETE", "/admin/faults")
    service.ask("moment", "DELETE", "/admin/faults")
    _wait(service, finalised)
    _judge(service, finalised)


def _trouble(service: Service) -> None:
    """Answers lost after the work, HTML from proxies, tokens withdrawn: all by chance, with a seed."""
    for position, fault in enumerate(
        (
            {"kind": "lost_answer", "operation": "createBatch", "probability": 0.15},
            {"kind": "bad_gateway", "operation": "createBatch", "work": "before", "probability": 0.1},
            {"kind": "bad_gateway", "probability": 0.03},
            {"kind": "unauthorized_html", "operation": "listVouchers", "probability": 0.05},
            {"kind": "unavailable", "retryAfter": 1, "operation": "putCustomer", "probability": 0.05},
        )
    ):
        service.ask("hub", "POST", "/admin/faults", {**fault, "times": None, "seed": SEED + position})
    service.ask(
        "moment",
        "POST",
        "/admin/faults",
        {"kind": "lost_answer", "operation": "patchInvoice", "probability": 0.2, "seed": SEED, "times": None},
    )


def _wait(service: Service, finalised: list[dict[str, Any]]) -> None:
    wanted = {str(one["invoiceNumber"]) for one in finalised}
    until, done = time.monotonic() + 100, set[str]()
    while time.monotonic() < until and done != wanted:
        rows = service.json("transfers", "fjell", "--kind", "invoice")
        done = {row["number"] for row in rows if row["state"] == "done"} & wanted
        time.sleep(0.5)
    rows = service.json("transfers", "fjell", "--kind", "invoice")
    assert done == wanted, [row for row in rows if row["state"] != "done"]


def _judge(service: Service, finalised: list[dict[str, Any]]) -> None:
    ledger = service.ask("hub", "GET", "/admin/clients/123/ledger")
    vouchers = [one for one in ledger if one["type"] in INVOICE_TYPES]
    amounts = sorted((one["voucherNumber"], Decimal(one["totalAmount"])) for one in vouchers)
    assert amounts == sorted((one["invoiceNumber"], Decimal(str(one["totalAmount"]))) for one in finalised)
    assert service.ask("hub", "GET", "/admin/clients/123/trial-balance")["sum"] == "0.00"
    unposted = [one for one in service.ask("hub", "GET", "/admin/clients/123/batches") if one["status"] != "updated"]
    assert unposted == []
    for one in finalised:
        path = f"{service.moment}/api/1.0/companies/4021/invoices/{one['id']}"
        invoice = local_http.get(path, auth=("apikey", "example-moment-key")).json()
        assert invoice["exportStatus"] == "transferred"


@pytest.mark.service
def test_lost_webhooks_are_found_by_the_poll(service: Service) -> None:
    service.start()
    service.apply()  # Moment is not told the address: every webhook is lost
    finalised = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 3})["invoices"]
    _wait(service, finalised)
    _judge(service, finalised)


@pytest.mark.service
def test_second_bilag_on_one_folder_is_refused_and_the_first_goes_on(service: Service) -> None:
    service.start()
    refused = service.run("serve", check=False)
    assert refused.returncode == 1
    assert "Another Bilag already uses" in refused.stderr
    assert "BILAG_HOME" in refused.stderr
    assert local_http.get(f"http://127.0.0.1:{service.port}/readyz").status_code == 200
    assert service.stop() == 0


@pytest.mark.service
def test_hub_that_is_down_costs_nothing_but_time(service: Service) -> None:
    service.start()
    url = service.apply()["webhookUrl"]
    service.ask("moment", "PUT", "/admin/webhooks", {"invoice": url, "customer": url, "project": url})
    service.ask("hub", "POST", "/admin/faults", {"kind": "refused", "seconds": 10})
    time.sleep(0.2)
    with pytest.raises(httpx2.HTTPError):
        local_http.get(f"{service.hub}/admin/state")
    finalised = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 5})["invoices"]
    time.sleep(1)
    waiting = service.json("transfers", "fjell", "--kind", "invoice")
    assert {row["state"] for row in waiting} <= {"waiting", "queued", "in_doubt", "sending"}
    _wait(service, finalised)
    _judge(service, finalised)
