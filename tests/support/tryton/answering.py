"""A server in place of Tryton that gives one answer to every request."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "ab" * 64


class Answering:
    """A server that gives one answer to everything."""

    def __init__(self) -> None:
        self.status = 200
        self.body: Any = []
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.address = ""

    def page(self, status: int) -> None:
        self.status, self.body = status, "<html>What a proxy says</html>"

    @property
    def values(self) -> dict[str, str]:
        return {"base_url": self.address, "database": "fjord", "application_key": KEY, "company": "Fjord AS"}


@contextmanager
def answering() -> Iterator[Answering]:
    """The server, on a free port."""
    made = Answering()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            made.asked.append(f"{self.command} {self.path}")
            page = isinstance(made.body, str)
            content = made.body.encode() if page else json.dumps(made.body).encode()
            self.send_response(made.status)
            self.send_header("Content-Type", "text/html" if page else "application/json")
            for name, value in made.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - names of the standard library

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield made
    server.shutdown()
    server.server_close()
