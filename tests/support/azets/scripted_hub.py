"""A tiny hub that says what it is told to: for answers that the sandbox, which keeps to the contract, cannot give."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.patience import PATIENCE

JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Said:
    """An answer. `lost` breaks the connection in its place, after the request was taken."""

    status: int = 200
    value: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False

    @property
    def body(self) -> bytes:
        if self.text is not None:
            return self.text.encode()
        return b"" if self.status == 204 else json.dumps(self.value).encode()


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


Script = Said | Callable[[Asked], Said]


def problem(status: int, code: str, *details: tuple[str, str], message: str = "Said by the hub.", **more: Any) -> Said:
    """An error in the contract's form; `details` are place and code."""
    listed = [{"field": place, "code": inner, "message": f"About {inner}."} for place, inner in details]
    value = {"code": code, "message": message, "details": listed, "traceId": "7f1c2a90", **more}
    return Said(status, value, headers={"Content-Type": PROBLEM})


def page(status: int, title: str = "Bad Gateway") -> Said:
    """A proxy's HTML page."""
    text = f"<html><head><title>{status} {title}</title></head><body></body></html>"
    return Said(status, text=text, headers={"Content-Type": "text/html"})


def items(*rows: Any, cursor: str | None = None) -> Said:
    """A page of a list."""
    return Said(200, {"items": list(rows), "nextCursor": cursor})


class ScriptedHub:
    """Answers by method and the last part of the path; the last answer of a script is repeated."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.url = ""
        self._scripts: dict[tuple[str, str], list[Script]] = {}
        self._tokens = 0
        self._lock = threading.Lock()

    def on(self, method: str, path_end: str, *script: Script) -> "ScriptedHub":
        """Answer requests whose path ends so, in this order."""
        self._scripts[method, path_end] = list(script)
        return self

    def seen(self, method: str, path_end: str = "") -> list[Asked]:
        """The requests of this kind that came."""
        return [one for one in self.asked if one.method == method and one.path.endswith(path_end)]

    def answer(self, asked: Asked) -> Said:
        with self._lock:
            self.asked.append(asked)
            fitting = [key for key in self._scripts if key[0] == asked.method and asked.path.endswith(key[1])]
            if not fitting:
                if asked.path.endswith("/token"):
                    self._tokens += 1
                    return self.token(f"token-number-{self._tokens}")
                return Said(500, text=f"no script for {asked.method} {asked.path}")
            script = self._scripts[max(fitting, key=lambda key: len(key[1]))]
            chosen = script.pop(0) if len(script) > 1 else script[0]
        return chosen if isinstance(chosen, Said) else chosen(asked)

    @staticmethod
    def token(text: str = "token-number-0", seconds: int = 1200) -> Said:
        return Said(200, {"access_token": text, "token_type": "Bearer", "expires_in": seconds})


@contextmanager
def scripted_hub() -> Iterator[ScriptedHub]:
    """A scripted hub on a free port of this machine."""
    hub = ScriptedHub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(raw) if raw else None
            said = hub.answer(Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body))
            if said.lost:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(said.status)
            for name, value in {"Content-Type": JSON, **said.headers}.items():
                self.send_header(name, value)
            if said.status != 204:
                self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 - the names that http.server asks for

        def log_message(self, format: str, *args: Any) -> None:
            """Silent."""

        def finish(self) -> None:
            if not self.close_connection or not self.connection._closed:
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
