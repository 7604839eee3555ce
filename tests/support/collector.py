"""A collector of traces: an HTTP server that reads OTLP as OpenTelemetry publishes it, and keeps the spans."""

import contextlib
import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

PATH = "/v1/traces"


@dataclass(frozen=True)
class Seen:
    """A span as it arrived; ids are hexadecimal, `parent` is empty for a first one."""

    name: str
    kind: int
    trace: str
    id: str
    parent: str
    links: tuple[tuple[str, str], ...]
    began: int
    ended: int
    failed: bool
    said: str
    """The words of its status."""
    attributes: dict[str, Any]
    events: tuple[str, ...]
    resource: dict[str, Any]


@dataclass
class Collector:
    """What arrived. `hang`: requests are read and never answered until it is set."""

    url: str = ""
    spans: list[Seen] = field(default_factory=list)
    requests: int = 0
    answer: int = 200
    hang: threading.Event | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """Those of the last request, by lower case names."""

    def of_trace(self, trace: str) -> list[Seen]:
        return sorted((one for one in self.spans if one.trace == trace), key=lambda one: one.began)

    def named(self, name: str, **attributes: Any) -> list[Seen]:
        """The spans of this name with these attributes of Bilag's."""
        wanted = {f"bilag.{key}": value for key, value in attributes.items()}
        return [one for one in self.spans if one.name == name and wanted.items() <= one.attributes.items()]


@contextlib.contextmanager
def collecting(*, hang: bool = False) -> Iterator[Collector]:
    """A collector that runs until the end of the block."""
    collector = Collector(hang=threading.Event() if hang else None)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.requests += 1
            collector.headers = {name.lower(): value for name, value in self.headers.items()}
            if collector.hang is not None:
                collector.hang.wait()
                return
            status = collector.answer if self.path == PATH else 404
            if status == 200:
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                collector.spans += spans_of(ExportTraceServiceRequest.FromString(body))
            content = ExportTraceServiceResponse().SerializeToString()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield collector
        finally:
            if collector.hang is not None:
                collector.hang.set()
            server.shutdown()


def spans_of(request: ExportTraceServiceRequest) -> list[Seen]:
    return [
        Seen(
            name=span.name,
            kind=span.kind,
            trace=span.trace_id.hex(),
            id=span.span_id.hex(),
            parent=span.parent_span_id.hex(),
            links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
            began=span.start_time_unix_nano,
            ended=span.end_time_unix_nano,
            failed=span.status.code == 2,
            said=span.status.message,
            attributes=values(span.attributes),
            events=tuple(event.name for event in span.events),
            resource=values(group.resource.attributes),
        )
        for group in request.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    ]


def values(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
