"""Handle one request to the hub: authenticate, find the client, run the operation and build the response.

An operation takes a `Call` and returns an `Answer` or raises `Refusal`; `endpoint` adds token, client ids, rate limit,
trace id and error answers.
"""

import inspect
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bilag_sandbox.hub import batches
from bilag_sandbox.hub.books import Books, Client
from bilag_sandbox.hub.forms import parse_json, query_integer
from bilag_sandbox.hub.hub import Hub
from bilag_sandbox.hub.refusals import Detail, Refusal, malformed

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 8 * 1024 * 1024
DOCUMENT_ROOM_BYTES = 64 * 1024
DEFAULT_LIMIT, MAX_LIMIT, MAX_CURSOR = 200, 1000, 200


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of an operation: a JSON value, or bytes of another media type."""

    status: int = 200
    value: Any = None
    content: bytes | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Call:
    """One request. `found_books` is set for operations on a client."""

    hub: Hub
    request: Request
    body: bytes
    found_books: Books | None = None

    @property
    def books(self) -> Books:
        """The books of the client in the path."""
        if self.found_books is None:
            raise LookupError("this operation is not about a client")
        return self.found_books

    @property
    def client(self) -> Client:
        """The client in the path."""
        return self.books.client

    def json(self) -> Any:
        """Parse the JSON body. Raises 400."""
        media = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media and media != "application/json" and not media.endswith("+json"):
            raise malformed(f"The body must be application/json; got {media[:60]}.")
        return parse_json(self.body)

    def path(self, name: str) -> str:
        """Return a part of the path, percent-decoded."""
        return str(self.request.path_params[name])

    def query(self, *names: str) -> dict[str, str | None]:
        """Return query parameters. Unknown ones are refused, so that a typing error cannot widen a search."""
        given = self.request.query_params
        unknown = [name for name in given if name not in names]
        if unknown:
            details = [Detail(name[:60], "field_not_allowed", f"Unknown parameter {name[:60]}.") for name in unknown]
            raise malformed("Unknown query parameter.", *details)
        return {name: given.get(name) for name in names}

    def page(self, *names: str) -> tuple[dict[str, str | None], str | None, int]:
        """Return a list's query parameters: the named ones, the cursor and the limit. Raises 400."""
        values = self.query(*names, "cursor", "limit")
        cursor = values.pop("cursor")
        if cursor is not None and len(cursor) > MAX_CURSOR:
            raise Refusal(400, "cursor_invalid", "The cursor is unknown; start again from the first page.")
        limit = query_integer(values.pop("limit"), "limit", 1, MAX_LIMIT)
        return values, cursor, limit or DEFAULT_LIMIT


Operation = Callable[[Call], Answer | Awaitable[Answer]]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(hub: Hub, operation: Operation, *, scoped: bool = True, document: bool = False) -> Endpoint:
    """Turn an operation into a Starlette endpoint; `scoped` ones require a token and a client."""

    async def serve(request: Request) -> Response:
        trace = secrets.token_hex(4)
        headers: dict[str, str] = {"X-Trace-Id": trace}
        try:
            books = None
            if scoped:
                token, username = hub.user_of(request.headers.get("authorization"))
                headers |= hub.count_request(token)
                client = hub.client_for(
                    username, request.path_params["parentClientId"], request.path_params["sourceClientId"]
                )
                books = hub.books(client)
                batches.settle(books)
            limit = MAX_BODY_BYTES
            if document and books is not None:
                limit = books.client.config["limits"]["maxDocumentBytes"] + DOCUMENT_ROOM_BYTES
            call = Call(hub, request, await _body(request, limit, document), books)
            answer = operation(call)
            return _response(await answer if inspect.isawaitable(answer) else answer, headers)
        except Refusal as refusal:
            return refused(refusal, trace, headers)
        except Exception:
            log.exception("the hub sandbox failed, trace %s", trace)
            return refused(Refusal(500, "internal_error", "Unexpected fault."), trace, headers)

    return serve


async def _body(request: Request, limit: int, document: bool) -> bytes:
    parts: list[bytes] = []
    size = 0
    stream: AsyncIterator[bytes] = request.stream()
    async for part in stream:
        size += len(part)
        if size > limit and document:
            raise Refusal(413, "document_too_large", f"The limit is {limit - DOCUMENT_ROOM_BYTES} bytes.")
        if size > limit:
            raise Refusal(413, "request_too_large", f"The limit is {limit} bytes.")
        parts.append(part)
    return b"".join(parts)


def _response(answer: Answer, headers: Mapping[str, str]) -> Response:
    content = answer.content
    if content is None and answer.status != 204:
        content = json.dumps(answer.value, ensure_ascii=False, separators=(",", ":")).encode()
    media_type = None if answer.status == 204 else answer.media_type
    return Response(content, answer.status, {**headers, **answer.headers}, media_type)


def refused(refusal: Refusal, trace: str, headers: Mapping[str, str]) -> Response:
    """Return an error response in the contract's form."""
    body = json.dumps(refusal.as_json(trace), ensure_ascii=False).encode()
    return Response(body, refusal.status, {**headers, **refusal.headers}, "application/problem+json")
