"""Traces of a real `bilag serve`, as a collector of OTLP receives them; and a collector that hangs holds nothing up."""

import json
import re
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from tests.support import local_http
from tests.support.collector import Collector, Seen, collecting
from tests.support.patience import wait_for
from tests.support.service import Service

pytestmark = pytest.mark.service
SERVER, CLIENT, CONSUMER = 2, 3, 5
NAMES = {
    *("bilag.transfer", "bilag.company_id", "bilag.company", "bilag.kind", "bilag.number", "bilag.asked_by"),
    *("bilag.waited_ms", "bilag.attempt", "bilag.state", "bilag.verdict", "bilag.reason", "bilag.problem"),
    *("bilag.journal_number", "bilag.voucher_number", "bilag.system", "error.type"),
    *("http.request.method", "http.response.status_code", "server.address", "url.path"),
}
"""Every attribute there is. A new one is added here after somebody thought about what it may tell."""
RESOURCE = {
    *("service.name", "service.version", "service.instance.id"),
    *("telemetry.sdk.language", "telemetry.sdk.name", "telemetry.sdk.version"),
}


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


def start(service: Service, collector: Collector, **variables: str) -> str:
    """Start the service, whose traces go to the collector at once, with a company that Moment sends webhooks to; give their
    address."""
    given = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    service.variables = given | variables
    service.start()
    url = str(service.apply()["webhookUrl"])
    service.ask("moment", "PUT", "/admin/webhooks", {"invoice": url, "customer": url, "project": url})
    return url


def finalise(service: Service, count: int = 1) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = service.ask("moment", "POST", "/admin/invoices/finalize", {"count": count})["invoices"]
    return made


def journal_number(service: Service, number: int) -> int:
    """The journal number of the invoice's voucher in the hub, once it is there and Bilag says that it is done."""

    def found() -> list[int]:
        rows = service.json("transfers", "fjell", "--kind", "invoice")
        ledger = service.ask("hub", "GET", "/admin/clients/123/ledger")
        posted = [one["journalNumber"] for one in ledger if one["voucherNumber"] == number]
        return posted if {row["number"] for row in rows if row["state"] == "done"} >= {str(number)} else []

    (one,) = set(wait_for(found, f"invoice {number} is posted"))
    return int(one)


def of_invoice(collector: Collector, number: int) -> list[Seen]:
    """The spans of the trace that the invoice's webhook began, once its voucher is told."""
    (posted,) = wait_for(lambda: collector.named("posted", voucher_number=number), "the span of the voucher")
    wait_for(lambda: {"webhook", "work"} <= {one.name for one in collector.of_trace(posted.trace)}, "the others")
    return collector.of_trace(posted.trace)


def test_one_webhook_is_one_trace_to_the_journal_number(service: Service, collector: Collector) -> None:
    start(service, collector)
    (invoice,) = finalise(service)
    number = int(invoice["invoiceNumber"])
    journal = journal_number(service, number)
    seen = of_invoice(collector, number)
    first = {one.name: one for one in reversed(seen)}
    webhook, work, attempt, posted = (first[name] for name in ("webhook", "work", "try", "posted"))
    # Moment tells by a webhook of its own that the invoice was marked; that one queued nothing.
    assert {one.parent for one in seen if one.name == "webhook"} <= {"", webhook.id}
    assert (webhook.parent, work.parent, attempt.parent, posted.parent) == ("", webhook.id, work.id, work.id)
    assert (webhook.kind, work.kind) == (SERVER, CONSUMER)
    requests = [one for one in seen if one.kind == CLIENT]
    works = {one.id for one in seen if one.name == "try"}  # those of a customer or a project that is needed first, too
    assert {one.parent for one in requests} <= works
    own = [(one.attributes["http.request.method"], one.attributes["url.path"]) for one in requests]
    scope = "/parents/…/clients/123"
    assert own.count(("POST", f"{scope}/batches")) == 1
    assert own[0] == ("GET", f"/invoices/{invoice['id']}")
    assert own[-1] == ("PATCH", f"/invoices/{invoice['id']}")
    assert {one.attributes["bilag.system"] for one in requests} == {"moment", "azets"}
    told = {name: value for one in (work, posted) for name, value in one.attributes.items()}
    shown = service.json("show", "fjell", "invoice", str(number))
    assert (
        told
        | {
            "bilag.company": "fjell",
            "bilag.kind": "invoice",
            "bilag.number": str(number),
            "bilag.state": "done",
            "bilag.verdict": "done",
            "bilag.journal_number": journal,
            "bilag.voucher_number": number,
        }
        == told
    ), shown
    assert posted.attributes["bilag.attempt"] > 0
    assert posted.attributes["bilag.transfer"] == webhook.attributes["bilag.transfer"]
    assert webhook.attributes["bilag.asked_by"] == "webhook"
    assert webhook.began < webhook.ended <= work.ended
    assert work.began <= attempt.began <= attempt.ended <= posted.began <= posted.ended <= work.ended
    assert not [one for one in seen if one.failed]
    assert webhook.resource["service.name"] == "bilag"
    assert service.stop() == 0


def test_no_secret_no_name_and_no_amount_is_in_any_span(service: Service, collector: Collector) -> None:
    """Of a run in which customers, projects and invoices are sent, and the hub is away for a while."""
    url = start(service, collector)
    service.ask("hub", "POST", "/admin/faults", {"kind": "unavailable", "retryAfter": 1, "operation": "createBatch"})
    numbers = [int(one["invoiceNumber"]) for one in finalise(service, 4)]
    for number in numbers:
        journal_number(service, number)
        of_invoice(collector, number)
    assert service.stop() == 0  # the last spans are sent
    spans = collector.spans
    assert {name for one in spans for name in one.attributes} <= NAMES
    assert {name for one in spans for name in one.resource} <= RESOURCE
    assert not [one for one in spans if one.said or one.events]
    words = {str(value) for one in spans for value in (*one.attributes.values(), *one.resource.values(), one.name)}
    customers, projects, invoices = (of_moment(service, kind) for kind in ("customers", "projects", "invoices"))
    written = {text for one in (*customers, *projects, *invoices) for text in texts(one)}
    secrets = {"example-moment-key", "example-password", "example-key", url.rstrip("/").split("/")[5]}
    assert {"fjell", len(customers) > 20, len(projects) > 20} <= {*words, True}
    assert [(word, bad) for word in words for bad in written | secrets if bad in word] == []
    amounts = {form for one in invoices for form in forms(one["totalAmount"])}
    assert len(amounts) > 3
    assert words & amounts == set()


def of_moment(service: Service, kind: str) -> list[dict[str, Any]]:
    path = f"{service.moment}/api/1.0/companies/4021/{kind}?size=200"
    found: list[dict[str, Any]] = local_http.get(path, auth=("apikey", "example-moment-key")).json()["content"]
    return found


def texts(value: Any) -> Iterator[str]:
    """What a person wrote: names, addresses, descriptions, each of which has a letter and a space or an @."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)
    elif isinstance(value, str) and re.search(r"[^\W\d].*[ @]|[ @].*[^\W\d]", value):
        yield value
        yield quote(value)
        yield from (word for word in value.split() if len(word) > 4 and word.isalpha() and word.istitle())


def forms(amount: Any) -> set[str]:
    return {f"{Decimal(str(amount)):.2f}", str(amount), f"{Decimal(str(amount)):.0f}"}


def test_a_collector_that_hangs_holds_up_neither_invoices_nor_the_end(service: Service) -> None:
    with collecting(hang=True) as collector:
        start(service, collector, OTEL_BSP_MAX_QUEUE_SIZE="16", OTEL_BSP_MAX_EXPORT_BATCH_SIZE="8")
        wait_for(lambda: collector.requests, "the collector to be asked")
        for invoice in finalise(service, 5):
            journal_number(service, int(invoice["invoiceNumber"]))
        began = time.monotonic()
        assert service.stop() == 0
        seconds = time.monotonic() - began
    assert collector.spans == []
    assert seconds < 15, "SIGTERM waits for what has begun, and two seconds for traces"


def test_a_collector_that_is_away_is_told_once(service: Service, collector: Collector) -> None:
    collector.answer = 400
    start(service, collector)
    (invoice,) = finalise(service)
    journal_number(service, int(invoice["invoiceNumber"]))
    wait_for(lambda: collector.requests >= 3, "spans to be refused")
    collector.answer = 200
    wait_for(lambda: logged(service, "traces.sent_again") or not finalise(service), "spans to be taken")
    assert service.stop() == 0
    assert len(logged(service, "traces.not_sent")) == 1
    assert "opentelemetry" not in service.log.read_text()


def logged(service: Service, event: str) -> list[dict[str, Any]]:
    lines = [line for line in service.log.read_text().splitlines() if line.startswith("{")]
    return [one for one in map(json.loads, lines) if one["event"] == event]
