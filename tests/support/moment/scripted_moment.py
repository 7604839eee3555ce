"""A tiny Moment that says what it is told to: for answers that the sandbox, which keeps to the contract, cannot give."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.support.patience import PATIENCE

ROOT = "/api/1.0/companies/4021/"


@dataclass(frozen=True)
class Said:
    """An answer: `value` as JSON, or `text` as it stands. `cut` promises more bytes than come; `lost` says nothing."""

    status: int = 200
    value: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    lost: bool = False

    @property
    def body(self) -> bytes:
        return json.dumps(self.value).encode() if self.text is None else self.text.encode()


@dataclass(frozen=True)
class Asked:
    """A request as it came; `path` is what follows the company."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


Script = Said | Callable[[Asked], Said]
NOT_FOUND = Said(404, {"status": 404, "message": "Not found", "errors": []})


def html(status: int) -> Said:
    """A proxy's page."""
    return Said(status, text=f"<html><h1>{status}</h1></html>", headers={"Content-Type": "text/html; charset=utf-8"})


def page(*rows: Any, number: int = 1, pages: int = 1) -> Said:
    """A page of a list."""
    info = {"number": number, "size": len(rows), "totalElements": len(rows), "totalPages": pages}
    return Said(value={"content": list(rows), "page": info})


class ScriptedMoment:
    """Answers by method and path; the last answer of a script is repeated, what has no script is not found."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.url = ""
        self._scripts: dict[tuple[str, str], list[Script]] = {}
        self._lock = threading.Lock()

    def on(self, method: str, path: str, *script: Script) -> "ScriptedMoment":
        """Answer requests for this path so, in this order. A path that ends with * means all that begin so."""
        self._scripts[method, path] = list(script)
        return self

    def answer(self, asked: Asked) -> Said:
        with self._lock:
            self.asked.append(asked)
            script = self._script(asked)
            if script is None:
                return NOT_FOUND
            chosen = script.pop(0) if len(script) > 1 else script[0]
        return chosen if isinstance(chosen, Said) else chosen(asked)

    def _script(self, asked: Asked) -> list[Script] | None:
        exact = self._scripts.get((asked.method, asked.path))
        begun = (
            script
            for (method, path), script in self._scripts.items()
            if method == asked.method and path.endswith("*") and asked.path.startswith(path[:-1])
        )
        return exact or next(begun, None)


@contextmanager
def scripted_moment() -> Iterator[ScriptedMoment]:
    """A scripted Moment on a free port of this machine."""
    moment = ScriptedMoment()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            assert parts.path.startswith(ROOT), parts.path
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = unquote(parts.path.removeprefix(ROOT))
            is_json = headers.get("content-type") == "application/json"
            body = json.loads(raw) if is_json else raw or None
            said = moment.answer(Asked(self.command, path, dict(parse_qsl(parts.query)), headers, body))
            self.close_connection = self.close_connection or said.cut or said.lost
            if said.lost:
                return
            self.send_response(said.status)
            for name, value in {"Content-Type": "application/json", **said.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body) + (100 if said.cut else 0)))
            self.end_headers()
            self.wfile.write(said.body)

        do_GET = do_PATCH = do_POST = answer  # noqa: N815 - the names that http.server asks for

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    moment.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield moment
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
