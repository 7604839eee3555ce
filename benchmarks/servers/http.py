"""A small HTTP/1.1 server on asyncio: kept-alive connections, bodies with Content-Length, nothing else.

It answers in a tenth of the time that a general server needs, which is why there is one here.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

REASONS = {200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 401: "Unauthorized", 404: "Not Found"}
_END = b"\r\n\r\n"


@dataclass(slots=True)
class Request:
    """One request. `path` is decoded, `query` parsed, `authorization` the header as it came."""

    method: str
    path: str
    query: dict[str, str]
    authorization: str
    body: bytes

    def json(self) -> Any:
        """Parse the body as JSON; None if there is none."""
        return json.loads(self.body) if self.body else None


@dataclass(slots=True)
class Reply:
    """One answer: JSON already encoded, and more headers as complete lines."""

    body: bytes = b""
    status: int = 200
    headers: str = ""


Handler = Callable[[Request], Reply]
Delay = Callable[[Request], float]


def encode(value: Any) -> bytes:
    """Encode a JSON value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def reply(value: Any, status: int = 200, headers: str = "") -> Reply:
    """Answer with a JSON value."""
    return Reply(encode(value), status, headers)


class Connection(asyncio.Protocol):
    """One client's connection: reads a request, answers it after its delay, then reads the next."""

    def __init__(self, handle: Handler, delay: Delay) -> None:
        self._handle = handle
        self._delay = delay
        self._received = bytearray()
        self._busy = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect a request and answer it."""
        self._received += data
        self._next()

    def _next(self) -> None:
        if self._busy:
            return
        end = self._received.find(_END)
        if end < 0:
            return
        head = self._received[:end].decode("latin-1")
        start, _, lines = head.partition("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines.split("\r\n"))
            if name.lower() in ("content-length", "authorization")
        }
        whole = end + len(_END) + int(headers.get("content-length", 0))
        if len(self._received) < whole:
            return
        body = bytes(self._received[end + len(_END) : whole])
        del self._received[:whole]
        method, target, _ = start.split(" ")
        path, _, query = target.partition("?")
        parsed = dict(parse_qsl(query)) if query else {}
        request = Request(
            method, unquote(path) if "%" in path else path, parsed, headers.get("authorization", ""), body
        )
        seconds = self._delay(request)
        if seconds:
            self._busy = True
            asyncio.get_running_loop().call_later(seconds, self._answer, request)
        else:
            self._answer(request)

    def _answer(self, request: Request) -> None:
        answer = self._handle(request)
        self._busy = False
        if self._transport is not None and not self._transport.is_closing():
            head = (
                f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Other')}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(answer.body)}\r\n{answer.headers}\r\n"
            )
            self._transport.write(head.encode("latin-1") + answer.body)
        if self._received:
            self._next()


async def serve(handle: Handler, delay: Delay, *, port: int) -> asyncio.Server:
    """Listen on 127.0.0.1; port 0 = any that is free."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Connection(handle, delay), "127.0.0.1", port, backlog=1024)
