"""A server between Bilag and Tryton that breaks one exchange: before it arrives, or after it took effect."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import httpx2

from tests.support import local_http

How = Literal["before", "after", "page", "busy", "unreadable"]
Operation = Literal["create", "post"]
OPERATIONS: dict[Operation, re.Pattern[str]] = {
    "create": re.compile(r"POST /\w+/rest/model/account\.move\?"),
    "post": re.compile(r"POST /\w+/rest/model/account\.move/\d+/post\?"),
}
"""Make a move, and press its button *Post*."""
PAGE = b"<html><body>502 Bad Gateway</body></html>"


class Between:
    """Passes everything on. `break_next` breaks one request, named by what it does and not by its place on the wire."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.address = ""
        self.hidden = ""
        """What Tryton answered to the exchange that was broken last."""
        self._operation: Operation | None = None
        self._left = 0
        self._how: How = "before"
        self._lock = threading.Lock()

    def break_next(self, operation: Operation, nth: int, how: How) -> None:
        """Break the nth request of this operation, counted from now.

        `before`: it does not arrive. `after`: it took effect, the answer is lost. `page`: a proxy's page instead. `busy`: it does
        not arrive, and a 503 is the answer. `unreadable`: it took effect, and the answer is cut off.
        """
        with self._lock:
            self._operation, self._left, self._how, self.hidden = operation, nth, how, ""

    @property
    def struck(self) -> bool:
        """Whether the request that was to be broken came, and was."""
        return self._operation is None

    def met(self, request: str) -> How | None:
        """How to break this request, if at all."""
        with self._lock:
            if self._operation is None or not OPERATIONS[self._operation].match(request):
                return None
            self._left -= 1
            if self._left:
                return None
            self._operation = None
            return self._how


@contextmanager
def between(target: str) -> Iterator[Between]:
    """A server on this machine that stands before `target`."""
    middle = Between(target)
    # No connection is kept: one that Tryton closes meanwhile would break an exchange that no test asked for.
    limits = httpx2.Limits(max_keepalive_connections=0)
    client = local_http.client(target, limits=limits)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            how = middle.met(f"{self.command} {self.path}")
            if how == "before":
                self.close_connection = True
                self.connection.close()
                return
            if how == "busy":
                self.reply(503, "application/json", b'["busy", []]')
                return
            sent = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
            answer = client.request(self.command, self.path, content=body or None, headers=sent)
            if how is not None:
                middle.hidden = f"{answer.status_code} {answer.text[:500]}"
            if how == "after":
                self.close_connection = True
                self.connection.close()
                return
            if how == "page":
                self.reply(502, "text/html", PAGE)
                return
            content = answer.content[:1] if how == "unreadable" else answer.content
            self.reply(answer.status_code, answer.headers.get("content-type", ""), content)

        def reply(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - names of the standard library

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    middle.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield middle
    finally:
        server.shutdown()
        server.server_close()
        client.close()
