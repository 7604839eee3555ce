"""Every request between Bilag and a sandbox, and the fault it meets.

A sandbox is called in this process as an ASGI application, or over a loopback socket, where connections are really
broken. A late request is carried out later, in the order of the run.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx2

from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.common.store import Store
from simulation.adversary import FAULTS, Adversary, Fault
from simulation.clock import CLOCK

LATEST = 55.0
"""Seconds after which a timed-out request has been carried out or never will be (contracts/azets-hub.md, section 3)."""
SECONDS_OF_A_REQUEST = 0.02


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it leaves Bilag."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, or the name of an httpx2 error. `broken`: only half of the body arrives."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    error: str | None = None
    broken: bool = False


@dataclass
class Side:
    """One of the two sandboxes."""

    name: str
    url: str
    app: FaultyApp
    socket: bool = False
    """Called over a socket, on which `url` listens."""

    @property
    def store(self) -> Store:
        """The sandbox's own data, past its API."""
        store: Store = self.app.app.state.store  # type: ignore[attr-defined]
        return store

    def operation(self, request: Request) -> str:
        """Return the operationId of the request."""
        return self.app.operation(_scope(request)) or request.method

    def carry_out(self, request: Request) -> Reply:
        """Let the sandbox carry the request out."""
        return _over_socket(request) if self.socket else _in_process(self.app, request)


@dataclass
class Wires:
    """All requests of a run pass here. `note` writes the trace; `expire` makes the hub's tokens expire."""

    adversary: Adversary
    sides: dict[str, Side]
    note: Callable[[str], None]
    expire: Callable[[], None]
    take_letter: Callable[[Any], str | None] = lambda _letter: None
    late: list[tuple[float, Side, Request]] = field(default_factory=list)

    def pass_point(self, point: str, given: Any) -> Any:
        """Return what a worker gets at a point: the reply to a request, what the mail server says of a letter, else nothing."""
        if point == "request":
            return self.exchange(given)
        return self.take_letter(given) if point == "mail" else None

    def operation(self, request: Request) -> str:
        """Return the operationId of a request."""
        return self._side(request).operation(request)

    def exchange(self, request: Request) -> Reply:
        """Carry a request out, or apply the adversary's fault to it."""
        CLOCK.pass_time(timedelta(seconds=SECONDS_OF_A_REQUEST))
        self.deliver_late()
        side = self._side(request)
        operation = side.operation(request)
        name = self.adversary.fault(side.name, operation)
        reply = side.carry_out(request) if name is None else self._apply_fault(FAULTS[name], name, side, request)
        outcome = reply.error or f"{reply.status}{' broken off' if reply.broken else ''}"
        path = unquote(urlsplit(request.url).path).rpartition("/")[2]
        self.note(f"  {side.name} {operation} {path}: {outcome}{f'  <- {name}' if name else ''}")
        return reply

    def deliver_late(self, *, all_of_them: bool = False) -> None:
        """Carry out the late requests that are due."""
        due = [one for one in self.late if all_of_them or one[0] <= CLOCK.seconds]
        self.late = [one for one in self.late if one not in due]
        for _, side, request in due:
            reply = side.carry_out(request)
            self.note(f"  {side.name} {side.operation(request)}: carried out late, {reply.status}")

    def _side(self, request: Request) -> Side:
        return next(side for side in self.sides.values() if request.url.startswith(side.url))

    def _apply_fault(self, fault: Fault, name: str, side: Side, request: Request) -> Reply:
        CLOCK.pass_time(timedelta(seconds=fault.seconds))
        if fault.expire:
            self.expire()
        if fault.late:
            self.late.append((CLOCK.seconds + self.adversary.chance.uniform(0, LATEST - fault.seconds), side, request))
        if side.socket and name in ON_THE_SOCKET:
            side.app.put_up([{"kind": ON_THE_SOCKET[name]}])
            return side.carry_out(request)
        reply = Reply()
        for _ in range(fault.works):
            reply = side.carry_out(request)
        if fault.error is not None:
            return Reply(error=fault.error)
        if fault.answer is not None:
            status, body, headers = fault.answer
            return Reply(status, list(headers.items()), body.encode())
        if fault.cut == "broken":
            return Reply(reply.status, reply.headers, reply.body, broken=True)
        if fault.cut == "short":
            return Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2])
        return reply


ON_THE_SOCKET = {
    "cut before the work": "closed_before",
    "cut after the work": "lost_answer",
    "cut in the middle of the answer": "broken_off",
}
"""Faults that the sandbox's own server applies to a real connection."""
_transport = httpx2.HTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))


def _over_socket(request: Request) -> Reply:
    try:
        response = _transport.handle_request(
            httpx2.Request(request.method, request.url, headers=request.headers, content=request.body)
        )
        try:
            body = response.read()
        finally:
            response.close()
        return Reply(response.status_code, _end_to_end(response.headers.multi_items()), body)
    except httpx2.HTTPError as error:
        return Reply(error=type(error).__name__)


def _end_to_end(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Drop headers of the connection and of the body's encoding, because the body is complete here."""
    dropped = ("connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding")
    return [(name, value) for name, value in headers if name.lower() not in dropped]


def _scope(request: Request) -> dict[str, Any]:
    parts = urlsplit(request.url)
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in request.headers],
        "client": ("127.0.0.1", 1),
        "server": (parts.hostname, parts.port),
        "state": {},
    }


_loop: list[asyncio.AbstractEventLoop] = []


def _in_process(app: FaultyApp, request: Request) -> Reply:
    if not _loop:
        _loop.append(asyncio.new_event_loop())
    return _loop[0].run_until_complete(_call(app, request))


async def _call(app: FaultyApp, request: Request) -> Reply:
    status, headers, body = 500, [], b""
    delivered = False

    async def receive() -> dict[str, Any]:
        nonlocal delivered
        if delivered:
            return {"type": "http.disconnect"}
        delivered = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, headers, body
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        else:
            body += message.get("body", b"")

    await app(_scope(request), receive, send)
    return Reply(status, _end_to_end(headers), body)
