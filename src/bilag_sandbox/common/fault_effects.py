"""Apply one fault to one request: what the client sees, and whether the work is done.

Knows ASGI and uvicorn's transport, but not what the sandbox serves.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bilag_sandbox.common.clock import Clock
from bilag_sandbox.common.fault_spec import KINDS, Kind

if TYPE_CHECKING:
    from bilag_sandbox.common.fault_spec import Fault

ErrorAnswer = Callable[[int, str, str], Response]
DEFAULT_RETRY_SECONDS = 2


def problem_answer(status: int, code: str, message: str) -> Response:
    """Build an error as `application/problem+json`, the hub's form."""
    body = {"code": code, "message": message, "details": [], "traceId": "injected"}
    headers = {"X-Trace-Id": "injected"}
    return JSONResponse(body, status_code=status, headers=headers, media_type="application/problem+json")


@dataclass(slots=True)
class FaultInjector:
    """Serves requests that a fault has hit."""

    app: ASGIApp
    answer: ErrorAnswer
    clock: Clock

    async def serve(self, fault: "Fault", scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request with one fault. Work that has begun is finished even if the client disconnects."""
        body = await whole_body(receive)
        kind = KINDS[fault.kind]
        if fault.kind in ("slow", "late"):
            await self._delayed(fault, scope, body, receive, send)
            return
        true_answer = await self._work(fault, scope, body)
        if fault.kind in ("refused", "closed_before", "lost_answer"):
            await _break(scope)
        elif kind.status is not None or fault.kind == "answer":
            await self._replacement(fault, kind)(scope, receive, send)
        elif true_answer is None:
            await _break(scope)
        elif fault.kind == "broken_off":
            await _send_half(scope, send, true_answer)
        else:
            await _alter(fault, true_answer)(scope, receive, send)

    async def _delayed(self, fault: "Fault", scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        if fault.kind == "late":
            await self.clock.sleep(fault.seconds)
        answer = await _run(self.app, scope, body)
        if fault.kind == "slow":
            await self.clock.sleep(fault.seconds)
        await answer(scope, receive, send)

    async def _work(self, fault: "Fault", scope: Scope, body: bytes) -> Response | None:
        if fault.work == "before":
            return await _run(self.app, scope, body)
        if fault.work == "later":
            task = asyncio.create_task(self._run_later(dict(scope), body, self.clock.sleep(fault.seconds)))
            _background_tasks.add(task)
            task.add_done_callback(_background_tasks.discard)
        return None

    async def _run_later(self, scope: Scope, body: bytes, pause: Awaitable[object]) -> None:
        await pause
        await _run(self.app, scope, body)

    def _replacement(self, fault: "Fault", kind: Kind) -> Response:
        if fault.kind == "answer":
            headers = dict(fault.headers)
            if fault.text is not None:
                return Response(fault.text, fault.status or 200, headers)
            return JSONResponse(fault.json, fault.status or 200, headers)
        status = kind.status or 500
        answer = _page(status, kind.message) if kind.html else self.answer(status, kind.code, kind.message)
        retry = retry_after(fault.retry_after, default=status == 429)
        if retry is not None and status in (429, 503):
            answer.headers["Retry-After"] = retry
        for name, value in fault.headers.items():
            answer.headers[name] = value
        return answer


_background_tasks: set[asyncio.Task[None]] = set()
"""Background work that outlives its request. The event loop keeps only weak references to tasks."""


def background_work() -> int:
    """Return how many requests are still worked on after their answer was given up."""
    return len(_background_tasks)


def retry_after(asked: str | None, *, default: bool) -> str | None:
    """Return the Retry-After value: seconds, an HTTP date two seconds ahead for "date", or None for no header."""
    if asked is None:
        return str(DEFAULT_RETRY_SECONDS) if default else None
    if asked == "none":
        return None
    if asked == "date":
        return format_datetime(datetime.now(UTC) + timedelta(seconds=DEFAULT_RETRY_SECONDS), usegmt=True)
    return asked


def _page(status: int, message: str) -> Response:
    title = f"{status} {message}"
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Response(body, status, media_type="text/html")


async def whole_body(receive: Receive) -> bytes:
    """Read the body of a request to its end."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def _run(app: ASGIApp, scope: Scope, body: bytes) -> Response:
    """Run the application and capture its answer."""
    start: MutableMapping[str, Any] = {}
    parts: list[bytes] = []
    delivered = False

    async def receive() -> Message:
        nonlocal delivered
        if delivered:
            return {"type": "http.disconnect"}
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    answer = Response(b"".join(parts), start["status"])
    answer.raw_headers = list(start["headers"])
    return answer


async def _break(scope: Scope) -> None:
    """Abort the connection without an answer."""
    scope["state"]["transport"].abort()
    await asyncio.sleep(0)  # lets the server notice the abort before it tries to answer


async def _send_half(scope: Scope, send: Send, answer: Response) -> None:
    await send({"type": "http.response.start", "status": answer.status_code, "headers": answer.raw_headers})
    await send({"type": "http.response.body", "body": bytes(answer.body)[: len(answer.body) // 2], "more_body": True})
    scope["state"]["transport"].close()
    await asyncio.sleep(0)


def _alter(fault: "Fault", answer: Response) -> Response:
    """Return the true answer with the fault applied."""
    body = bytes(answer.body)
    if fault.kind == "cut_off":
        body = body[: len(body) // 2]
    elif fault.kind in ("unknown_fields", "patch") and body:
        over = UNKNOWN_FIELDS if fault.kind == "unknown_fields" else fault.json
        body = json.dumps(merge(json.loads(body), over), ensure_ascii=False).encode()
    altered = Response(body, fault.status or answer.status_code)
    headers = [(name, value) for name, value in answer.raw_headers if name.lower() != b"content-length"]
    if fault.kind == "wrong_content_type":
        headers = [(name, value) for name, value in headers if name.lower() != b"content-type"]
        headers.append((b"content-type", b"text/plain; charset=iso-8859-1"))
    altered.raw_headers = [*headers, (b"content-length", str(len(body)).encode())]
    for name, value in fault.headers.items():
        altered.headers[name] = value
    return altered


UNKNOWN_FIELDS = {"xNewField": {"since": "tomorrow", "values": [1, None, "æøå"]}, "xNewText": "later version"}


def merge(true: Any, over: dict[str, Any]) -> Any:
    """Merge the fields of `over` into `true`: objects recursively, lists item by item."""
    if isinstance(true, list):
        return [merge(item, over) for item in true]
    if not isinstance(true, dict):
        return true
    merged = dict(true)
    for name, value in over.items():
        inner = merged.get(name)
        merged[name] = merge(inner, value) if isinstance(value, dict) and isinstance(inner, dict | list) else value
    return merged
