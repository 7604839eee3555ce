"""The trace of a transfer: however many requests become one try, however many tries it takes, and whoever needs it first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import format_span_id, format_trace_id

from bilag.service.otlp import SdkRecorder
from bilag.service.traces import Traces
from bilag.wire import spans
from tests.support.patience import PATIENCE
from tests.support.webhooks import send_webhook
from tests.support.world import World


@dataclass
class Told:
    """A span in the tests' words: ids are hexadecimal, `parent` is empty for a first one."""

    name: str
    trace: str
    id: str
    parent: str
    links: list[str]
    about: dict[str, Any]


def told(span: ReadableSpan) -> Told:
    context = span.get_span_context()
    assert context is not None
    attributes = span.attributes or {}
    return Told(
        span.name,
        format_trace_id(context.trace_id),
        format_span_id(context.span_id),
        format_span_id(span.parent.span_id) if span.parent is not None else "",
        [format_span_id(link.context.span_id) for link in span.links],
        {name.removeprefix("bilag."): value for name, value in attributes.items()},
    )


Ended = Callable[[], list[Told]]


@pytest.fixture
def ended() -> Iterator[Ended]:
    """Records spans; a call ends that, and gives them in the order of their beginnings."""
    exporter, recorder = InMemorySpanExporter(), Traces()
    recorder.sdk = SdkRecorder(exporter)

    def end() -> list[Told]:
        assert recorder.sdk is not None
        recorder.sdk.stop(PATIENCE)
        return [told(one) for one in sorted(exporter.get_finished_spans(), key=lambda one: one.start_time or 0)]

    spans.record_with(recorder)
    try:
        yield end
    finally:
        spans.record_with(None)
        end()


def of(seen: list[Told], number: object) -> list[Told]:
    """The spans of the traces in which a request for the invoice is."""
    traces = {one.trace for one in seen if one.about.get("number") == str(number)}
    return [one for one in seen if one.trace in traces]


def named(seen: list[Told], name: str, **about: Any) -> list[Told]:
    return [one for one in seen if one.name == name and about.items() <= one.about.items()]


def test_several_webhooks_that_become_one_try_are_one_trace(world: World, ended: Ended) -> None:
    from bilag.companies import store
    from bilag.companies.models import Company

    number = world.insert_invoice({})
    url = store.webhook_url(Company.objects.get(pk=world.company_id))
    for event in ("invoiceFinalized", "invoiceChanged", "invoiceChanged"):
        body = {"event": event, "invoice": {"id": world.invoices[number]["id"], "invoiceNumber": number}}
        assert send_webhook(url, body) == 202
    world.work()
    seen = of(ended(), number)
    first, *others = named(seen, "webhook")
    assert len(others) == 2
    assert (first.parent, {one.parent for one in others}) == ("", {first.id})
    (work,) = named(seen, "work", kind="invoice")
    assert work.parent == first.id
    assert {one.trace for one in seen} == {first.trace}


@pytest.mark.usefixtures("migrated")
def test_every_version_of_bilag_names_a_trace_alike() -> None:
    """During an upgrade one version accepts and another works."""
    from bilag.transfers import tracing

    mark = tracing.mark_of(10042, datetime(2026, 11, 30, 22, 59, 59, 123456, UTC))
    assert (mark.trace, f"{mark.span_id:016x}") == ("b1998d69c263fc3335abff86bf76eb42", "d39e08a7d601e17c")


def test_every_retry_is_in_the_trace_of_the_request(world: World, ended: Ended) -> None:
    number = world.insert_invoice({})
    world.moment.fault(kind="unavailable", operation="getInvoice")
    world.hint(world.invoices[number])
    world.work()
    assert world.transfer(number).state == "waiting"
    world.hurry()
    seen = of(ended(), number)
    first, second = named(seen, "work", kind="invoice")
    (request,) = named(seen, "accept")
    assert (first.parent, second.parent) == (request.id, request.id)
    (failed,) = named(seen, "ended", state="waiting")
    (posted,) = named(seen, "posted")
    assert (failed.parent, posted.parent) == (first.id, second.id)
    assert posted.about["journal_number"] == world.transfer(number).journal_number
    (refused,) = [one for one in seen if one.about.get("error.type") == "503"]
    assert refused.parent == named(seen, "try")[0].id
    assert (refused.about["system"], refused.about["url.path"].split("/")[1]) == ("moment", "invoices")


def test_a_request_during_the_try_begins_a_trace_that_is_linked_to_the_try(
    world: World, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.transfers.delivery import runner
    from bilag.transfers.models import Kind

    number, send = world.insert_invoice({}), runner.SENDERS[Kind.INVOICE]
    asked: list[bool] = []

    def asked_meanwhile(run: Any) -> Any:
        outcome = send(run)
        if not asked:
            asked.append(True)
            world.hint(world.invoices[number])
        return outcome

    monkeypatch.setitem(runner.SENDERS, Kind.INVOICE, asked_meanwhile)
    world.hint(world.invoices[number])
    world.work(rounds=2)
    seen = of(ended(), number)
    first, second = named(seen, "work", kind="invoice")
    (again,) = named(seen, "queue again")
    assert (again.parent, again.links, again.about["asked_by"]) == ("", [first.id], "request_during_try")
    assert (second.trace, second.parent) == (again.trace, again.id)
    assert first.trace != second.trace
    assert len(named(seen, "posted")) == 1


def test_a_customer_that_an_invoice_needs_first_is_in_the_trace_of_the_invoice(world: World, ended: Ended) -> None:
    customer = world.moment.ask("POST", "/admin/customers", {"name": "Ola Nordmann"}, webhook="false")
    number = world.insert_invoice(
        {"customer": {"id": customer["id"], "customerNumber": customer["customerNumber"]}, "project": None}
    )
    world.hint(world.invoices[number])
    world.work()
    assert world.transfer(number).state == "done", world.transfer(number).problems
    seen = of(ended(), number)
    (needed,) = named(seen, "work", kind="customer")
    tries = {one.id: one for one in named(seen, "try")}
    (invoice,) = named(seen, "work", kind="invoice")
    assert tries[needed.parent].parent == invoice.id
    assert (needed.about["transfer"], needed.links) == (world.transfer(customer["customerNumber"], "customer").pk, [])
    assert not [value for one in seen for value in one.about.values() if "Nordmann" in str(value)]


def test_a_poll_is_linked_from_the_trace_of_each_transfer_that_it_found(world: World, ended: Ended) -> None:
    from bilag.transfers import enqueue

    number = world.insert_invoice({})
    enqueue.ask_poll(world.company_id)
    world.work(rounds=2)
    seen = ended()
    (poll,) = named(seen, "poll")
    (accepted,) = named(seen, "accept", number=str(number))
    assert (accepted.parent, accepted.links, accepted.about["asked_by"]) == ("", [poll.id], "poll")
    assert [one for one in seen if one.parent == poll.id and one.name == "GET moment"]
    assert len(named(of(seen, number), "posted")) == 1


def test_the_person_who_asked_is_named_nowhere(world: World, ended: Ended) -> None:
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind

    number = world.insert_invoice({})
    wanted = accept.TransferRequest(Kind.INVOICE, str(number))
    accept.accept(world.company_id, [wanted], manual=True, cause="kari@fjell.example")
    world.work()
    seen = of(ended(), number)
    assert named(seen, "accept")[0].about["asked_by"] == "person"
    assert "kari" not in str(seen)


def test_a_sampler_keeps_whole_traces_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    exporter, recorder = InMemorySpanExporter(), Traces()
    recorder.sdk = SdkRecorder(exporter)
    spans.record_with(recorder)
    try:
        numbers = [world.insert_invoice({}) for _ in range(12)]
        for number in numbers:
            world.hint(world.invoices[number])
        world.work()
    finally:
        spans.record_with(None)
        recorder.sdk.stop(PATIENCE)
    seen = [told(one) for one in exporter.get_finished_spans()]
    kept = [of(seen, number) for number in numbers]
    assert {bool(one) for one in kept} == {True, False}, "the chance that all of twelve agree is one in two thousand"
    for one in filter(None, kept):
        assert {"accept", "work", "try", "posted"} <= {each.name for each in one}


class Broken:
    """A recorder that fails wherever it is asked."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)


def test_a_fault_of_the_recorder_fails_no_transfer(world: World) -> None:
    recorder: Any = Traces()
    recorder.sdk = Broken()
    spans.record_with(recorder)
    try:
        number = world.insert_invoice({})
        world.hint(world.invoices[number])
        assert not spans.is_on(), "it was told once, and nothing is recorded any more"
        spans.record_with(recorder)
        world.work()
        assert not spans.is_on()
    finally:
        spans.record_with(None)
    assert world.transfer(number).state == "done"


class Counting:
    """Counts what is asked of a recorder."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def ask(*_: object, **__: object) -> Any:
            self.asked.append(name)
            return spans.NOTHING if name == "span" else None

        return ask


def test_nothing_is_made_while_spans_are_not_recorded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    counting: Any = Counting()
    made: list[object] = []
    monkeypatch.setattr(spans, "mark_of", lambda *names: made.append(names) or spans.Mark(1, 1))
    for recorder in (None, counting):
        number = world.insert_invoice({})
        spans.record_with(recorder)
        try:
            world.hint(world.invoices[number])
            world.work()
        finally:
            spans.record_with(None)
        assert world.transfer(number).state == "done"
        assert (bool(made), bool(counting.asked)) == (recorder is not None,) * 2
    assert (spans.span("try"), spans.clock(), spans.current()) == (spans.NOTHING, 0, None)
