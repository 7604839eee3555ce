"""Faults on demand: an ASGI wrapper that lets chosen operations fail the way networks, proxies and servers do.

`POST /admin/faults` takes one fault or a list of them, `GET` lists them with their hits, `DELETE` clears them all and
`DELETE /admin/faults/{id}` one. Faults are kept in memory: a restart clears them. A fault::

    {"kind": "lost_answer", "operation": "createBatch", "times": 1}

    operation  the contract's operationId; or method and path (a pattern with *), both optional; none = every request
    times      how often (default 1; null = until cleared);  skip: let so many requests pass first
    probability, seed   hit only some of the requests, the same ones for the same seed
    work       for the kinds that answer in place of the application: "never", "before" (done, then the fault) or
               "later" (the fault at once, the work `seconds` later)
    seconds    how long `slow`, `late`, `refused` and work "later" take (default 1)
    retryAfter "date", "none" or seconds, for `rate_limited` and `unavailable`
    status, json, text, headers   what `answer` gives;  json: what `patch` lays over the true answer
"""

import fnmatch
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from bilag.sandbox.common.broken import KINDS, Broken, ErrorAnswer, problem_answer

WORK = ("never", "before", "later")


class FaultSpecError(ValueError):
    """The fault that was asked for makes no sense; the message says why."""


@dataclass(slots=True)
class Fault:
    """One fault to inject, and how often it has hit."""

    id: int
    kind: str
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    times: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    work: str = "never"
    seconds: float = 1.0
    retry_after: str | None = None
    status: int | None = None
    json: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hits: int = 0
    chance: random.Random = field(default_factory=random.Random)

    @classmethod
    def from_json(cls, number: int, spec: Any) -> "Fault":
        """A fault from its JSON. Raises `FaultSpecError` naming what is wrong."""
        if not isinstance(spec, dict):
            raise FaultSpecError("a fault is a JSON object")
        unknown = sorted(set(spec) - set(_FIELDS))
        if unknown:
            raise FaultSpecError(f"unknown: {', '.join(unknown)}; a fault has {', '.join(_FIELDS)}")
        for name, value in spec.items():
            if not isinstance(value, _FIELDS[name]) or (isinstance(value, bool) and name != "json"):
                raise FaultSpecError(f"{name} has a wrong type")
        values = {("retry_after" if name == "retryAfter" else name): value for name, value in spec.items()}
        if values.get("kind") not in KINDS:
            raise FaultSpecError(f"kind is one of {', '.join(KINDS)}")
        values.setdefault("work", KINDS[values["kind"]].work)
        fault = cls(id=number, **values)
        if fault.work not in WORK:
            raise FaultSpecError(f"work is one of {', '.join(WORK)}")
        if not 0 <= fault.probability <= 1:
            raise FaultSpecError("probability is from 0 to 1")
        if fault.kind == "answer" and fault.status is None:
            raise FaultSpecError("kind answer needs a status")
        if fault.kind == "patch" and not isinstance(fault.json, dict):
            raise FaultSpecError("kind patch needs json, an object")
        if fault.retry_after is not None:
            fault.retry_after = str(fault.retry_after)
        fault.chance = random.Random(fault.seed)
        return fault

    def as_json(self) -> dict[str, Any]:
        """What `GET /admin/faults` shows."""
        names = ("id", "kind", "operation", "method", "path", "times", "skip", "probability", "seed", "work", "seconds")
        return {name: getattr(self, name) for name in names} | {"retryAfter": self.retry_after, "hits": self.hits}

    def aims_at(self, method: str, path: str, operation: str | None) -> bool:
        """Whether such a request is meant."""
        return (
            (self.operation is None or self.operation == operation)
            and (self.method is None or self.method.upper() == method)
            and (self.path is None or fnmatch.fnmatchcase(path, self.path))
        )

    def strikes(self) -> bool:
        """Whether it hits this time, one of those it aims at; counts."""
        if self.times is not None and self.hits >= self.times:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.chance.random() >= self.probability:
            return False
        self.hits += 1
        return True


_FIELDS: dict[str, Any] = {
    "kind": str,
    "operation": str | None,
    "method": str | None,
    "path": str | None,
    "times": int | None,
    "skip": int,
    "probability": int | float,
    "seed": int,
    "work": str,
    "seconds": int | float,
    "retryAfter": str | int | None,
    "status": int,
    "json": object,
    "text": str,
    "headers": dict,
}


class FaultBoard:
    """The faults that wait to strike."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._numbers = count(1)

    def add(self, spec: Any) -> Fault:
        """Put up one fault. Raises `FaultSpecError`."""
        fault = Fault.from_json(next(self._numbers), spec)
        self.faults.append(fault)
        return fault

    def clear(self, number: int | None = None) -> None:
        """Take down one fault, or all of them."""
        self.faults = [] if number is None else [fault for fault in self.faults if fault.id != number]

    def take(self, method: str, path: str, operation: str | None) -> Fault | None:
        """The fault that hits this request, counted as a hit; the oldest one first."""
        for fault in self.faults:
            if fault.aims_at(method, path, operation) and fault.strikes():
                return fault
        return None


class FaultyApp:
    """An ASGI application with a fault board before it. Made by `with_faults`."""

    def __init__(self, app: ASGIApp, routes: list[Route], board: FaultBoard, answer: ErrorAnswer) -> None:
        self.app = app
        self.board = board
        self._routes = routes
        self._broken = Broken(app, answer)
        self._admin = Router(
            [
                Route("/admin/faults", self._faults, methods=["GET", "POST", "DELETE"]),
                Route("/admin/faults/{number:int}", self._fault, methods=["DELETE"]),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path == "/admin/faults" or path.startswith("/admin/faults/"):
            await self._admin(scope, receive, send)
            return
        fault = None
        if self.board.faults and not path.startswith("/admin"):
            fault = self.board.take(scope["method"], path, self.operation(scope))
        if fault is None:
            await self.app(scope, receive, send)
        else:
            await self._broken.serve(fault, scope, receive, send)

    def operation(self, scope: Scope) -> str | None:
        """The operationId of a request: the name of the route it takes."""
        for route in self._routes:
            if route.matches(scope)[0] is Match.FULL:
                return route.name
        return None

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.board.clear()
            return Response(status_code=204)
        if request.method == "GET":
            return JSONResponse([fault.as_json() for fault in self.board.faults])
        try:
            specs = await request.json()
            added = [self.board.add(spec) for spec in (specs if isinstance(specs, list) else [specs])]
        except ValueError as error:
            return JSONResponse({"message": str(error)}, status_code=400)
        for fault in added:
            if fault.kind == "refused":
                fault.hits = fault.times = 1
                request.scope["state"]["server"].refuse_connections(fault.seconds)
        return JSONResponse([fault.as_json() for fault in added], status_code=201)

    async def _fault(self, request: Request) -> Response:
        self.board.clear(request.path_params["number"])
        return Response(status_code=204)


def with_faults(app: Starlette, board: FaultBoard, *, answer: Callable[..., Response] = problem_answer) -> FaultyApp:
    """`app` with faults before it and `/admin/faults` added; an ASGI application for `serve` and `running`.

    `answer(status, code, message)` makes the body of injected JSON errors in the sandbox's own form.
    """
    return FaultyApp(app, [route for route in app.routes if isinstance(route, Route)], board, answer)
