"""Handle one request: the gateway's key and allowance, token, privilege, query, operation, answer.

An operation takes a `Call` and returns an `Answer` or raises `Refusal`.
"""

import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bilag_sandbox.poweroffice_go.bodies import INVALID, parse_json, query_value
from bilag_sandbox.poweroffice_go.go import Client, Go
from bilag_sandbox.poweroffice_go.refusals import Refusal, bad_request, not_found

log = logging.getLogger(__name__)
KEY_HEADER = "ocp-apim-subscription-key"
MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_DOCUMENT_BYTES = 30 * 1024 * 1024
DOCUMENT_ROOM_BYTES = 64 * 1024
LONGEST_ID = 18
DEFAULT_PAGE, MAX_PAGE = 5_000, 20_000
RESOURCE = {
    "Fields": "text",
    "OrderBy": "text",
    "PageNumber": "int32[1-2147483647]",
    "PageSize": f"int32[1-{MAX_PAGE}]",
    "UseDatabaseValidation": "bool",
}
JSON_TYPES = ("application/json", "text/json", "application/json-patch+json")
PATCH_TYPE = "application/json-patch+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of an operation: a JSON value, or bytes of another media type, or nothing."""

    status: int = 200
    value: Any = None
    content: bytes | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API: its roles (any of them is enough) and its query parameters, `!` for a required one."""

    method: str
    path: str
    name: str
    work: "Callable[[Call], Answer | Awaitable[Answer]]"
    roles: tuple[str, ...] = ()
    query: str = ""
    pages: bool = False
    document: bool = False

    def parameters(self) -> dict[str, tuple[str, bool]]:
        """Type and whether it is required, by name."""
        found = {}
        for one in self.query.split(";"):
            if one.strip():
                name, kind = one.split()
                found[name.rstrip("!")] = (kind, name.endswith("!"))
        return found | ({name: (kind, False) for name, kind in RESOURCE.items()} if self.pages else {})


@dataclass(slots=True)
class Call:
    """One request. `found_client` is set for all but admin requests and tokens."""

    go: Go
    request: Request
    body: bytes
    found_client: Client | None = None
    query: Mapping[str, Any] = field(default_factory=dict)

    @property
    def client(self) -> Client:
        """The company that the request is about."""
        if self.found_client is None:
            raise LookupError("this operation is not about a client")
        return self.found_client

    def media_type(self) -> str:
        """Return the body's media type, without parameters."""
        return self.request.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """Parse the JSON body. Raises 400 and 415."""
        self._refuse_nothing()
        media = self.media_type()
        if media not in JSON_TYPES and not (media.startswith("application/") and media.endswith("+json")):
            raise Refusal(415, "Unsupported Media Type", f"The media type '{media[:60]}' is not supported.")
        return parse_json(self.body)

    def patch(self) -> Any:
        """Parse a JSON Patch. Raises 400 and 415."""
        self._refuse_nothing()
        if self.media_type() != PATCH_TYPE:
            raise Refusal(415, "Unsupported Media Type", f"A JSON Patch is sent as {PATCH_TYPE}.")
        return parse_json(self.body)

    def _refuse_nothing(self) -> None:
        if not self.body:
            raise bad_request(INVALID, "A non-empty request body is required.")

    def path(self, name: str) -> str:
        """Return a part of the path, percent-decoded."""
        return str(self.request.path_params[name])

    def path_id(self) -> int:
        """Return the id in the path. Raises 404 for what is no id."""
        text = self.path("id")
        if not text.isascii() or not text.isdigit() or len(text) > LONGEST_ID:
            raise not_found(f"Object with id = {text[:60]} not found.")
        return int(text)


Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(go: Go, operation: Operation) -> Endpoint:
    """Turn an operation of the API into a Starlette endpoint."""
    limit = MAX_DOCUMENT_BYTES + DOCUMENT_ROOM_BYTES if operation.document else MAX_BODY_BYTES
    parameters = operation.parameters()

    async def serve(request: Request) -> Response:
        try:
            _gateway(go, request)
            client = go.client_of(request.headers.get("authorization"))
            if operation.roles and not set(operation.roles) & set(client.config["privileges"]):
                detail = f"The integration does not have the required permission. Any of: {', '.join(operation.roles)}."
                raise Refusal(403, "Forbidden", detail)
            query = _query(request, parameters)
            call = Call(go, request, await _body(request, limit), client, query)
            answer = operation.work(call)
            return _response(await answer if inspect.isawaitable(answer) else answer)
        except Refusal as refusal:
            return refused(go, refusal)
        except Exception:
            log.exception("operation %s failed", operation.name)
            return refused(go, Refusal(500, "Internal Server Error", "Unexpected fault."))

    return serve


def open_endpoint(go: Go, work: Callable[[Call], Answer], *, gateway: bool = False) -> Endpoint:
    """Turn an operation without token into a Starlette endpoint: the token's own, and admin requests."""

    async def serve(request: Request) -> Response:
        try:
            if gateway:
                _gateway(go, request)
            return _response(work(Call(go, request, await _body(request, MAX_DOCUMENT_BYTES * 2))))
        except Refusal as refusal:
            return refused(go, refusal)
        except (KeyError, TypeError, ValueError, AttributeError) as error:  # an admin request's body is wrong
            return refused(go, bad_request(INVALID, f"The request cannot be read: {error!r}."))
        except Exception:
            log.exception("operation %s failed", getattr(work, "__name__", work))
            return refused(go, Refusal(500, "Internal Server Error", "Unexpected fault."))

    return serve


def _gateway(go: Go, request: Request) -> None:
    go.count_request(request.headers.get(KEY_HEADER))


def _query(request: Request, parameters: Mapping[str, tuple[str, bool]]) -> dict[str, Any]:
    """Read the query. Unknown parameters are refused, so that a typing error cannot widen a search."""
    found: dict[str, Any] = {}
    for name, text in request.query_params.multi_items():
        if name.startswith("$"):
            raise bad_request(INVALID, f"OData query option '{name[:60]}' is not supported.")
        if name not in parameters:
            raise bad_request(INVALID, f"The query parameter '{name[:60]}' is not known.")
        if name in found:
            raise bad_request(INVALID, f"The query parameter '{name[:60]}' is given more than once.")
        found[name] = query_value(text, parameters[name][0], name)
    for name, (_kind, required) in parameters.items():
        if required and name not in found:
            raise bad_request(INVALID, f"The {name} field is required.")
    return found


async def _body(request: Request, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise Refusal(413, "Payload Too Large", f"The body is larger than {limit} bytes.")
        parts.append(part)
    return b"".join(parts)


def _response(answer: Answer) -> Response:
    if answer.content is not None:
        return Response(answer.content, answer.status, dict(answer.headers), media_type=answer.media_type)
    if answer.value is None:
        return Response(status_code=answer.status, headers=dict(answer.headers))
    text = json.dumps(answer.value, ensure_ascii=False, separators=(",", ":"))
    return Response(text, answer.status, dict(answer.headers), media_type=answer.media_type)


def refused(go: Go, refusal: Refusal) -> Response:
    """Build an error answer."""
    if refusal.bare:
        return Response(status_code=refusal.status, headers=dict(refusal.headers))
    body = refusal.as_json(capitals=bool(go.settings["capitalProblems"]))
    media = (
        "application/json"
        if refusal.gateway is not None or refusal.status in (400, 404, 409)
        else "application/problem+json"
    )
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, refusal.status, dict(refusal.headers), media_type=media)


def listed(call: Call, rows: Sequence[dict[str, Any]]) -> Answer:
    """Answer with one page of a list: 204 without body if it is empty. Raises 400 for unknown fields."""
    known = {name for row in rows for name in row}
    ordered = list(rows)
    for part in reversed([part.split() for part in (call.query.get("OrderBy") or "").split(",") if part.strip()]):
        name, direction = part[0], (part[1].lower() if len(part) > 1 else "asc")
        if len(part) > 2 or direction not in ("asc", "desc") or (rows and name not in known):
            raise bad_request(INVALID, f"OrderBy '{' '.join(part)[:60]}' is not valid.")
        ordered.sort(key=lambda row: (row.get(name) is not None, row.get(name) or 0), reverse=direction == "desc")
    size = call.query.get("PageSize") or DEFAULT_PAGE
    begin = ((call.query.get("PageNumber") or 1) - 1) * size
    page = ordered[begin : begin + size]
    names = [name.strip() for name in (call.query.get("Fields") or "").split(",") if name.strip()]
    if names:
        unknown = [name for name in names if rows and name not in known]
        if unknown:
            raise bad_request(INVALID, f"Fields '{', '.join(unknown)[:60]}' are not known.")
        page = [{name: row[name] for name in names if name in row} for row in page]
    return Answer(value=page) if page else Answer(204)
