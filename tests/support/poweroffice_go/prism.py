"""Prism (Stoplight's, from npm) as a second judge: a proxy that holds requests and answers against the published file.

`make prism` sets BILAG_PRISM=1; then every `Judge` sends what it judges through Prism as well. Prism is installed into
`.prism/` on first use; without npm, or where the registry cannot be reached, those tests are skipped with the reason.
"""

import json
import os
import socket
import subprocess
import threading
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import running
from tests.support.npm import installed
from tests.support.paths import ROOT
from tests.support.patience import wait_for
from tests.support.poweroffice_go.published import judged

FOLDER = ROOT / ".prism"
PACKAGE = "@stoplight/prism-cli@5"
WANTED = os.environ.get("BILAG_PRISM") == "1"
ERRORS = "stoplight.io/prism/errors#"
VIOLATIONS = "sl-violations"
EXCHANGE = "x-exchange"
HOP = ("connection", "content-length", "host", "keep-alive", "transfer-encoding", "content-encoding")
PAST_PRISM = ("/VoucherDocumentation",)
"""Prism reads the bytes of files as text, both ways: documents are judged by openapi-core alone."""


@cache
def program() -> str:
    """Where Prism is; installed from npm when missing and possible. Skips with the reason otherwise."""
    return str(installed(FOLDER, PACKAGE, "Prism") / ".bin" / "prism")


@dataclass(slots=True)
class Passed:
    """An answer by way of Prism: what the client gets, what the stand-in gave, and what Prism finds wrong."""

    messages: list[Message]
    true_start: Message | None
    true_content: bytes
    wrong_request: list[str]
    wrong_answer: list[str]


class Recorder:
    """The stand-in behind Prism, whose true answers are kept: Prism changes types on the way, such as numbers to texts."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.answers: dict[str, list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode(): value.decode() for name, value in scope.get("headers", ())}
        kept = self.answers.setdefault(headers[EXCHANGE], []) if EXCHANGE in headers else []

        async def keep(message: Message) -> None:
            kept.append(message)
            await send(message)

        await self._app(scope, receive, keep)


class Prism:
    """Prism between a judge and the stand-in, which it serves on a port of its own. `start` and `stop` it."""

    def __init__(self, app: ASGIApp) -> None:
        self.program = program()
        self._recorder = Recorder(app)
        self._opened = ExitStack()
        self._url = ""
        self._client = httpx2.AsyncClient(trust_env=False, timeout=60, verify=False)
        self.passed = 0

    def start(self) -> None:
        """Serve the stand-in, and start Prism in front of it."""
        upstream = self._opened.enter_context(running(self._recorder))
        folder = Path(self._opened.enter_context(TemporaryDirectory()))
        file, log = folder / "published.json", folder / "prism.log"
        file.write_text(json.dumps(judged()))
        port = _free_port()
        self._url = f"http://127.0.0.1:{port}"
        command = [
            self.program,
            "proxy",
            str(file),
            upstream + go.BASE,
            "--errors",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        with log.open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        self._opened.callback(_end, process)
        wait_for(lambda: process.poll() is not None or "Prism is listening" in log.read_text(), "Prism to listen")
        assert process.poll() is None, log.read_text()[-2000:]

    def stop(self) -> None:
        """End both."""
        self._opened.close()

    async def close(self) -> None:
        """Close the connections to Prism; in the event loop that used them."""
        await self._client.aclose()

    def takes(self, path: str) -> bool:
        """Tell whether Prism can judge requests to a path."""
        return path.startswith(go.BASE + "/") and not path.removeprefix(go.BASE).startswith(PAST_PRISM)

    async def forward(self, scope: Scope, body: bytes) -> Passed:
        """Send a request through Prism."""
        query = scope["query_string"].decode("latin-1")
        url = f"{self._url}{scope['path'].removeprefix(go.BASE)}{'?' if query else ''}{query}"
        headers = [
            (name.decode(), value.decode("latin-1")) for name, value in scope["headers"] if name.decode() not in HOP
        ]
        exchange = str(uuid.uuid4())
        answer = await self._client.request(
            scope["method"], url, headers=[*headers, (EXCHANGE, exchange)], content=body or None
        )
        self.passed += 1
        kept = [
            (name.encode(), value.encode("latin-1"))
            for name, value in answer.headers.items()
            if name.lower() not in HOP and not name.lower().startswith(("access-control-", "sl-"))
        ]
        start: Message = {"type": "http.response.start", "status": answer.status_code, "headers": kept}
        true = self._recorder.answers.pop(exchange, [])
        content = b"".join(message.get("body", b"") for message in true if message["type"] == "http.response.body")
        messages: list[Message] = [start, {"type": "http.response.body", "body": answer.content}]
        return Passed(messages, true[0] if true else None, content, *_findings(answer))


def _findings(answer: httpx2.Response) -> tuple[list[str], list[str]]:
    """Prism refuses a wrong request with 422 or so, and turns a wrong answer into 500; both name it as theirs."""
    if VIOLATIONS in answer.headers:
        return [], [f"Prism: {answer.headers[VIOLATIONS]}"]
    if ERRORS not in answer.text:
        return [], []
    try:
        problem: Any = answer.json()
    except ValueError:
        return [], []
    said = f"Prism: {problem.get('title')}: {problem.get('detail')} {json.dumps(problem.get('validation'))}"
    return ([said], []) if 400 <= answer.status_code < 500 else ([], [said])


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    patience = threading.Timer(10, process.kill)
    patience.start()
    process.wait()
    patience.cancel()
