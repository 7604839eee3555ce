"""Handle one request to Moment: authenticate, check the company, run the operation and build the response.

An operation takes a `Call` and returns an `Answer` or raises `Refusal`; `endpoint` makes it a Starlette endpoint.
Operations run on the event loop, one at a time: they wait for nothing but the database.
"""

import base64
import binascii
import hmac
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bilag_sandbox.moment import exact
from bilag_sandbox.moment.company import Company
from bilag_sandbox.moment.records import LARGEST_ID
from bilag_sandbox.moment.refusals import Refusal, not_found, wrong

log = logging.getLogger(__name__)
USER = "apikey"
MAX_BODY_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of an operation: a value to write as JSON, JSON text, or bytes of another media type."""

    value: Any = None
    status: int = 200
    text: str | None = None
    content: bytes | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    company: Company
    request: Request

    def path(self, name: str) -> str:
        """Return a part of the path, percent-decoded."""
        return str(self.request.path_params[name])

    def id(self, name: str = "id") -> int:
        """Return an id in the path. Raises 400 if it is not a possible id."""
        text = self.path(name)
        if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_ID):
            raise wrong(name, "a whole number is expected")
        return int(text)

    async def body(self) -> Any:
        """Parse the JSON body. Raises 400 if it is not JSON."""
        media = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != "application/json":
            raise wrong("body", "Content-Type application/json is expected")
        return _read(await self.bytes())

    async def bytes(self, limit: int = MAX_BODY_BYTES) -> bytes:
        """Return the raw body. Raises 413."""
        parts: list[bytes] = []
        size = 0
        async for part in self.request.stream():
            size += len(part)
            if size > limit:
                raise Refusal(413, "Request too large")
            parts.append(part)
        return b"".join(parts)

    async def object(self, *allowed: str) -> dict[str, Any]:
        """Parse the JSON body as an object, empty if there is no body. `allowed`: its fields, none = any. Raises 400."""
        raw = await self.bytes()
        body = _read(raw) if raw.strip() else {}
        if not isinstance(body, dict):
            raise wrong("body", "an object is expected")
        for name in body:
            if allowed and name not in allowed:
                raise wrong(name[:60], f"unknown; there are {', '.join(allowed)}")
        return body


def _read(raw: bytes) -> Any:
    try:
        return exact.loads(raw)
    except ValueError as error:
        raise wrong("body", f"no JSON: {error}") from error


Operation = Callable[[Call], Answer | Awaitable[Answer]]
Endpoint = Callable[[Request], Awaitable[Response]]


def endpoint(company: Company, operation: Operation, *, signed_in: bool = True) -> Endpoint:
    """Turn an operation into a Starlette endpoint; with `signed_in` it checks the key, and the company in the path."""

    async def serve(request: Request) -> Response:
        try:
            if signed_in:
                _check_key(company, request.headers.get("authorization", ""))
                if request.path_params["companyId"] != company.settings["companyId"]:
                    raise not_found()
            answer = operation(Call(company, request))
            return _response(await answer if inspect.isawaitable(answer) else answer)
        except Refusal as refusal:
            return refused(refusal)
        except Exception:
            log.exception("the Moment sandbox failed")
            return refused(Refusal(500, "Internal error"))

    return serve


def _check_key(company: Company, header: str) -> None:
    scheme, _, encoded = header.partition(" ")
    try:
        user, _, key = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = key = ""
    right = hmac.compare_digest(key.encode(), company.settings["apiKey"].encode())
    if scheme.lower() != "basic" or user != USER or not right or company.settings["keyState"] == "expired":
        raise Refusal(401, "Unauthorized", headers={"WWW-Authenticate": 'Basic realm="Moment"'})
    if company.settings["keyState"] == "forbidden":
        raise Refusal(403, "Forbidden")


def _response(answer: Answer) -> Response:
    if answer.status == 204:
        return Response(status_code=204)
    content = answer.content
    if content is None:
        content = (answer.text if answer.text is not None else exact.dumps(answer.value)).encode()
    return Response(content, answer.status, dict(answer.headers), answer.media_type)


def refused(refusal: Refusal) -> Response:
    """Return an error response."""
    body = exact.dumps(refusal.as_json()).encode()
    return Response(body, refusal.status, dict(refusal.headers), "application/json")
