"""Spans as OpenTelemetry has them, sent by OTLP over HTTP. Imported only where traces are wanted: it needs `bilag[traces]`.

The SDK reads its own variables (`OTEL_…`). Spans wait in a bounded queue for one thread, which sends them; the oldest make room for
the newest. Neither a transfer nor the end of the process waits for a collector.
"""

import os
import socket
import threading
from collections.abc import Sequence
from contextvars import ContextVar, Token

import requests
import structlog
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from bilag import __version__
from bilag.wire.spans import Attributes, Mark, Span

log = structlog.get_logger(__name__)
STOP_SECONDS = 2.0
"""How long the end of the process waits for the spans that were not sent yet."""
KINDS = {
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}
Opened = tuple[trace.Span, Token[Context]]
_wanted: ContextVar[Mark | None] = ContextVar("bilag_wanted_mark", default=None)


class _Ids(RandomIdGenerator):
    """Random ids, except for a first span whose mark other processes can compute."""

    def generate_trace_id(self) -> int:
        wanted = _wanted.get()
        return wanted.trace_id if wanted is not None else super().generate_trace_id()

    def generate_span_id(self) -> int:
        wanted = _wanted.get()
        return wanted.span_id if wanted is not None else super().generate_span_id()


class _Exporter(SpanExporter):
    """An exporter that logs one line when its failures begin, and one when they end."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        failing = result is not SpanExportResult.SUCCESS
        if failing and not self._failing:
            log.warning("traces.not_sent", remedy="Run: bilag doctor. Invoices are transferred all the same.")
        elif self._failing and not failing:
            log.info("traces.sent_again")
        self._failing = failing
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


class SdkRecorder:
    """Keeps spans in the SDK's queue."""

    def __init__(self, exporter: SpanExporter | None = None) -> None:
        """Start the thread that sends. `exporter` replaces OTLP in tests."""
        about = {
            "service.name": "bilag",
            "service.version": __version__,
            "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
        }
        resource = Resource.create(about).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(id_generator=_Ids(), resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(_Exporter(exporter or OTLPSpanExporter())))
        self._tracer = self._provider.get_tracer("bilag", __version__)
        self._stop, self._stopped = threading.Event(), threading.Event()
        # Started now, because no thread can start while the interpreter exits.
        threading.Thread(target=self._shut_down, name="traces-end", daemon=True).start()

    def _shut_down(self) -> None:
        self._stop.wait()
        self._provider.shutdown()
        self._stopped.set()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Send the waiting spans for at most so long; drop the rest."""
        self._stop.set()
        self._stopped.wait(seconds)

    def opened(self, span: Span) -> Opened:
        """Begin a span, which is the context's from now on."""
        started = self._started(span)
        return started, attach(trace.set_span_in_context(started))

    def closed(self, opened: Opened, error: str) -> None:
        """End the span. `error` is the type of what ended it, empty if nothing did."""
        started, token = opened
        detach(token)
        _end(started, error)

    def finished(self, span: Span) -> None:
        """Keep a span that is over."""
        token = _wanted.set(span.at)
        try:
            started = self._started(span)
        finally:
            _wanted.reset(token)
        _end(started, span.error, span.ended)

    def note(self, attributes: Attributes) -> None:
        """Add to the context's span."""
        trace.get_current_span().set_attributes(_given(attributes))

    def current(self) -> Mark | None:
        """Return the mark of the context's span."""
        found = trace.get_current_span().get_span_context()
        return Mark(found.trace_id, found.span_id) if found.is_valid else None

    def keeps(self) -> bool:
        """Return whether the context's span is recorded."""
        return trace.get_current_span().is_recording()

    def _started(self, span: Span) -> trace.Span:
        context = Context() if span.at is not None else None
        if span.within is not None:
            sampled = self._is_sampled(span.within, span.name)
            parent = NonRecordingSpan(self._context_of(span.within, sampled=sampled))
            context = trace.set_span_in_context(parent, Context())
        return self._tracer.start_span(
            span.name,
            context,
            KINDS[span.kind],
            _given(span.attributes),
            [Link(self._context_of(one, sampled=True)) for one in span.links],
            span.began or None,
            record_exception=False,
            set_status_on_exception=False,
        )

    def _is_sampled(self, mark: Mark, name: str) -> bool:
        """Return whether the trace is recorded. Every process decides by the trace's id, and so alike."""
        return self._provider.sampler.should_sample(None, mark.trace_id, name).decision is Decision.RECORD_AND_SAMPLE

    @staticmethod
    def _context_of(mark: Mark, *, sampled: bool) -> SpanContext:
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        return SpanContext(mark.trace_id, mark.span_id, is_remote=True, trace_flags=flags)


def _given(attributes: Attributes) -> dict[str, str | int]:
    return {name: value for name, value in attributes.items() if value is not None}


def _end(span: trace.Span, error: str, at: int | None = None) -> None:
    if error:
        span.set_attribute("error.type", error)
        span.set_status(Status(StatusCode.ERROR))
    span.end(at)


def refusal(seconds: float) -> str:
    """Send an empty request to the collector. Return how it refuses that, or empty if it accepts it.

    It uses the SDK's own exporter, so headers and certificates are those of real spans.
    """
    statuses: list[int] = []
    session = requests.Session()
    session.hooks["response"].append(lambda answer, *_, **__: statuses.append(answer.status_code))
    with session:
        if OTLPSpanExporter(timeout=seconds, session=session).export(()) is SpanExportResult.SUCCESS:
            return ""
    return f"answers with status {statuses[-1]}" if statuses else "does not answer"
