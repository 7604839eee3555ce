"""Answer requests to webhook addresses, in front of Django: its middleware costs more than the webhook itself.

The only protection is the secret in the address, because Moment does not sign its requests: there is no session, no cookie and
no form to protect.
"""

import re
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from bilag.web.answers import answer
from bilag.web.webhooks.group_commit import GroupCommit
from bilag.web.webhooks.receive import Received
from bilag.wire import spans

ADDRESS = re.compile(r"/hooks/moment/([^/]+)(?:/[^/]+)?")
MAX_HINT_BYTES = 64 * 1024
RETRY_AFTER_SECONDS = 5
TEXTS = {
    HTTPStatus.NOT_FOUND: b"Not found\n",
    HTTPStatus.SERVICE_UNAVAILABLE: b"Not stored. Try again.\n",
    HTTPStatus.INTERNAL_SERVER_ERROR: b"Not stored. The error has been logged.\n",
}
HEADERS = {
    HTTPStatus.METHOD_NOT_ALLOWED: (b"allow", b"POST"),
    HTTPStatus.SERVICE_UNAVAILABLE: (b"retry-after", str(RETRY_AFTER_SECONDS).encode()),
}


def token_of(path: str) -> str | None:
    """Return the token in the path of a webhook address; None if it is another path."""
    match = ADDRESS.fullmatch(path)
    return match[1] if match else None


def with_webhooks(app: ASGIApp) -> ASGIApp:
    """Answer requests to webhook addresses; pass all others to the application."""
    intake = GroupCommit()

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        token = token_of(scope["path"]) if scope["type"] == "http" else None
        if token is None:
            await app(scope, receive, send)
            return
        came = spans.clock()
        body = await _body(receive)
        if body is not None:
            await _answer(send, await intake.add(Received(token, scope["method"], body, came)))

    return serve


async def _body(receive: Receive) -> bytes | None:
    """Read the whole body; return it empty if it is much larger than a hint, and None if the sender went away."""
    body, size = bytearray(), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size <= MAX_HINT_BYTES:
            body += part
        if not message.get("more_body", False):
            return bytes(body) if size <= MAX_HINT_BYTES else b""


async def _answer(send: Send, status: HTTPStatus) -> None:
    more = [HEADERS[status]] if status in HEADERS else []
    await answer(send, int(status), TEXTS.get(status, b""), "text/plain; charset=utf-8", *more)
