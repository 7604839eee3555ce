"""Stands between a client and the stand-in for PowerOffice Go, and holds every request and every answer against the published file.

    judge = Judge(poweroffice_go.app(clock=clock))
    with running(judge) as url: ...
    judge.verdict()          # fails with everything that the file does not allow

Answers that a fault of the fault board replaced or changed are not judged; their requests are. With BILAG_PRISM=1 (`make prism`)
Prism judges too: see `prism`.
"""

import asyncio
import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.datastructures import Headers, ImmutableMultiDict

from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.common.fault_effects import whole_body
from tests.support.poweroffice_go.prism import WANTED, Prism
from tests.support.poweroffice_go.published import judged, operation_of, query_names, token_document

HOST = "https://goapi.poweroffice.net"
TOKEN_PATH = "/demo/oauth/Token"
KEY = "ocp-apim-subscription-key"
PATCH_TYPE = "application/json-patch+json"
MEMBERS = {"integer": "[0-9]+", "boolean": "true|false"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as openapi-core wants it."""

    method: str
    path: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None
    host_url: str = HOST


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, as openapi-core wants it."""

    status_code: int
    headers: Headers
    content_type: str
    data: bytes | None


@dataclass(slots=True)
class Exchange:
    """One request and its answer, and what is wrong with them."""

    method: str
    path: str
    query: str
    status: int | None = None
    wrong_request: list[str] = field(default_factory=list)
    wrong_answer: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """All that is wrong."""
        return self.wrong_request + self.wrong_answer

    def __str__(self) -> str:
        where = f"{self.method} {self.path}{'?' if self.query else ''}{self.query} -> {self.status}"
        return "\n    ".join([where, *self.wrong])


@cache
def _api() -> OpenAPI:
    return OpenAPI.from_dict(judged(), config=Config(extra_media_type_deserializers={PATCH_TYPE: json.loads}))


@cache
def _token_api() -> OpenAPI:
    return OpenAPI.from_dict(token_document())


def sentences(error: BaseException) -> list[str]:
    """What openapi-core says, with its causes and each place in the body."""
    found: list[str] = []
    known: BaseException | None = error
    while known is not None:
        found.append(f"{type(known).__name__}: {known}")
        for one in getattr(known, "schema_errors", ()):
            found.append(f"{'/'.join(str(part) for part in one.absolute_path) or 'the body'}: {one.message}")
        known = known.__cause__
    return found


class Judge:
    """An ASGI application around a stand-in. `exchanges` are all that went through since the last verdict, in order."""

    def __init__(self, app: FaultyApp) -> None:
        self.app = app
        self.exchanges: list[Exchange] = []
        self.prism = Prism(app) if WANTED else None

    def verdict(self) -> None:
        """Fail if anything was wrong since the last verdict, and say all of it."""
        seen, self.exchanges = self.exchanges, []
        wrong = [str(one) for one in seen if one.wrong]
        assert not wrong, f"{len(wrong)} of {len(seen)} exchanges break the published file:\n" + "\n".join(wrong)

    def strictness(self) -> None:
        """Fail if an answer was wrong, or a wrong request was not refused: what a stand-in is to be."""
        seen, self.exchanges = self.exchanges, []
        wrong = [str(one) for one in seen if one.wrong_answer or (one.wrong_request and (one.status or 0) < 400)]
        assert not wrong, "the stand-in is not as the published file says:\n" + "\n".join(wrong)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan."""
        path: str = scope.get("path", "")
        if scope["type"] == "lifespan" and self.prism is not None:
            await _live_with(self.prism, receive, send)
            return
        if scope["type"] != "http" or not path.startswith((go.BASE + "/", go.TOKEN)):
            await self.app(scope, receive, send)
            return
        body = await whole_body(receive)
        exchange = Exchange(scope["method"], path, scope["query_string"].decode("latin-1"))
        self.exchanges.append(exchange)
        asked = _asked(scope, body)
        exchange.wrong_request = self._wrong_request(asked, scope)
        hits = self._hits()
        if self.prism is not None and self.prism.takes(path):
            answer = await self.prism.forward(scope, body)
            exchange.wrong_request += answer.wrong_request
            exchange.wrong_answer += answer.wrong_answer
            last = answer.messages
            exchange.status = last[0]["status"]
            start, content = answer.true_start, answer.true_content
        else:
            start, content, last = await _answer(self.app, scope, body, send)
        if start is not None:
            exchange.status = start["status"]
            if self._hits() == hits:
                exchange.wrong_answer += self._wrong_answer(asked, start, content)
        for message in last:
            await send(message)

    def _hits(self) -> int:
        return sum(fault.hits for fault in self.app.board.faults)

    def _wrong_request(self, asked: Asked, scope: Scope) -> list[str]:
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        wrong = [] if headers.get(KEY) else ["The header Ocp-Apim-Subscription-Key is missing."]
        if scope["path"] == go.TOKEN:
            return wrong + _wrong_token_request(asked, headers) + _said(_token_api().validate_request, asked)
        if not headers.get("authorization", "").startswith("Bearer "):
            wrong.append("The header Authorization has no bearer token.")
        found = operation_of(judged(), scope["path"].removeprefix(go.BASE), scope["method"])
        if found is None:
            return [*wrong, "The published file has no such operation."]
        unknown = {name for name, _value in _query(scope)} - query_names(judged(), found[1])
        wrong += [f"The query parameter {name} is not published." for name in sorted(unknown)] + _wrong_paging(scope)
        return wrong + _said(_api().validate_request, asked)

    def _wrong_answer(self, asked: Asked, start: Message, content: bytes) -> list[str]:
        headers = Headers([(name.decode(), value.decode()) for name, value in start["headers"]])
        answered = Answered(start["status"], headers, headers.get("content-type", ""), content or None)
        if start["status"] == 204:
            return ["A 204 has a body."] if content else []
        if start["status"] == 401 and KEY not in _names(asked):
            return []  # from the gateway, which no file describes
        if asked.path == TOKEN_PATH:
            return _said(_token_api().validate_response, asked, answered)
        found = operation_of(judged(), asked.path.removeprefix(go.BASE), asked.method)
        if found is None:
            return []
        described = found[1]["responses"].get(str(start["status"]))
        if described is None:
            return _wrong_default(answered)
        return _said(_api().validate_response, asked, answered) if described.get("content") else []


async def _live_with(prism: Prism, receive: Receive, send: Send) -> None:
    """Let Prism live as long as the server."""
    await receive()
    await asyncio.to_thread(prism.start)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await prism.close()
    await asyncio.to_thread(prism.stop)
    await send({"type": "lifespan.shutdown.complete"})


def _names(asked: Asked) -> set[str]:
    return {name.lower() for name, _value in asked.parameters.header.items()}


def _wrong_default(answered: Answered) -> list[str]:
    """Check an answer whose status an operation does not name: the file's `default` is a problem."""
    wrong = [] if answered.status_code >= 400 else [f"The status {answered.status_code} is not published."]
    body = json.loads(answered.data or b"null")
    if not isinstance(body, dict) or {name.lower() for name in body} != {"title", "status", "detail"}:
        wrong.append("The answer is no problem.")
    return wrong


def _wrong_token_request(asked: Asked, headers: Mapping[str, str]) -> list[str]:
    wrong = []
    scheme, _, text = headers.get("authorization", "").partition(" ")
    if scheme != "Basic" or b":" not in base64.b64decode(text or "", validate=False):
        wrong.append("The header Authorization has not both keys, Basic.")
    if not asked.content_type.startswith("application/x-www-form-urlencoded"):
        wrong.append("The token's request is no form.")
    if dict(parse_qsl((asked.body or b"").decode())) != {"grant_type": "client_credentials"}:
        wrong.append("The token's request is not grant_type=client_credentials.")
    return wrong


def _wrong_paging(scope: Scope) -> list[str]:
    """Check the members of `resourceParameter`, which openapi-core leaves out."""
    members = judged()["components"]["schemas"]["ResourceParameters"]["properties"]
    return [
        f"The query parameter {name} is no {members[name]['type']}."
        for name, value in _query(scope)
        if name in members and not re.fullmatch(MEMBERS.get(members[name]["type"], ".*"), value)
    ]


def _said(validate: Any, *what: Any) -> list[str]:
    try:
        validate(*what)
    except OpenAPIError as error:
        return sentences(error)
    return []


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _asked(scope: Scope, body: bytes) -> Asked:
    headers = Headers([(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]])
    path = TOKEN_PATH if scope["path"] == go.TOKEN else scope["path"]
    parameters = RequestParameters(query=ImmutableMultiDict(_query(scope)), header=headers)
    return Asked(scope["method"].lower(), path, parameters, headers.get("content-type", ""), body or None)


async def _answer(app: ASGIApp, scope: Scope, body: bytes, send: Send) -> tuple[Message | None, bytes, list[Message]]:
    """Run the application. What it sends goes on at once, but for the end of the answer, which waits until it is judged."""
    begin: list[Message] = []
    parts: list[bytes] = []
    last: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def pass_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            begin.append(message)
        else:
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                last.append(message)
                return
        await send(message)

    await app(scope, receive, pass_on)
    return (begin[0] if begin else None), b"".join(parts), last
