"""Independent of Bilag's own word: killed again and again while answers are lost, and then both systems are asked."""

import random
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tests.support import local_http
from tests.support.patience import wait_for
from tests.support.service import Service

INVOICE_TYPES = ("outgoingInvoice", "creditNote")
SEED = 20261123


@pytest.mark.service
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
            service.await_hub_requests(chance.randrange(1, 5))
        service.kill()
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
    """Wait until Moment knows of each invoice, and then until Bilag says so too."""
    wait_for(
        lambda: {_export_status(service, one) for one in finalised} == {"transferred"}, "Moment to know all of them"
    )
    wanted = {str(one["invoiceNumber"]) for one in finalised}

    def done() -> set[str]:
        rows = service.json("transfers", "fjell", "--kind", "invoice")
        return {row["number"] for row in rows if row["state"] == "done"}

    wait_for(lambda: done() >= wanted, "every invoice to be done")


def _export_status(service: Service, invoice: dict[str, Any]) -> str:
    path = f"{service.moment}/api/1.0/companies/4021/invoices/{invoice['id']}"
    return str(local_http.get(path, auth=("apikey", "example-moment-key")).json().get("exportStatus"))


def _judge(service: Service, finalised: list[dict[str, Any]]) -> None:
    ledger = service.ask("hub", "GET", "/admin/clients/123/ledger")
    vouchers = [one for one in ledger if one["type"] in INVOICE_TYPES]
    amounts = sorted((one["voucherNumber"], Decimal(one["totalAmount"])) for one in vouchers)
    assert amounts == sorted((one["invoiceNumber"], Decimal(str(one["totalAmount"]))) for one in finalised)
    assert service.ask("hub", "GET", "/admin/clients/123/trial-balance")["sum"] == "0.00"
    unposted = [one for one in service.ask("hub", "GET", "/admin/clients/123/batches") if one["status"] != "updated"]
    assert unposted == []
    for one in finalised:
        assert _export_status(service, one) == "transferred"


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


def refuses(url: str) -> bool:
    try:
        local_http.get(url)
    except httpx2.HTTPError:
        return True
    return False


@pytest.mark.service
def test_hub_that_is_down_costs_nothing_but_time(service: Service) -> None:
    service.start()
    url = service.apply()["webhookUrl"]
    service.ask("moment", "PUT", "/admin/webhooks", {"invoice": url, "customer": url, "project": url})
    service.ask("hub", "POST", "/admin/faults", {"kind": "refused", "seconds": 10})
    wait_for(lambda: refuses(f"{service.hub}/admin/state"), "the hub to refuse connections")
    finalised = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": 5})["invoices"]
    service.run("poll", "fjell")  # on a busy machine Moment may have been told to send its webhooks again later
    of_invoices = ("transfers", "fjell", "--kind", "invoice")
    wait_for(lambda: service.json(*of_invoices, "--state", "waiting"), "an invoice that waits")
    assert {row["state"] for row in service.json(*of_invoices)} <= {"waiting", "queued", "in_doubt", "sending"}
    service.hub_clock.advance(10)
    _wait(service, finalised)
    _judge(service, finalised)
