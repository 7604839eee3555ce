"""Faults on demand: an ASGI wrapper that makes chosen operations fail as networks, proxies and servers do.

`POST /admin/faults` takes one fault or a list of them, `GET` lists them with their hits, `DELETE` clears them all and
`DELETE /admin/faults/{id}` one. Faults are kept in memory: a restart clears them. A fault::

    {"kind": "lost_answer", "operation": "createBatch", "times": 1}

    operation  the contract's operationId; or method and path (a pattern with *), both optional; none = every request
    times      how often (default 1; null = until cleared);  skip: let this many requests pass first
    probability, seed   hit only some of the requests, the same ones for the same seed
    work       for kinds that replace the application's answer: "never", "before" (work, then the fault) or "later"
               (the fault at once, the work after `seconds`)
    seconds    how long `slow`, `late`, `refused` and work "later" take (default 1)
    retryAfter "date", "none" or seconds, for `rate_limited` and `unavailable`
    status, json, text, headers   the answer of `answer`;  json: what `patch` merges into the true answer
"""

from collections.abc import Callable, Collection
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from bilag_sandbox.common.clock import Clock
from bilag_sandbox.common.fault_effects import ErrorAnswer, FaultInjector, problem_answer
from bilag_sandbox.common.fault_spec import Fault, FaultSpecError


class FaultBoard:
    """The active faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._numbers = count(1)

    def add(self, specs: list[Any], operations: Collection[str]) -> list[Fault]:
        """Add faults of the sandbox's `operations`: all, or none. Raises `FaultSpecError`."""
        added = [Fault.from_json(next(self._numbers), spec, operations) for spec in specs]
        self.faults += added
        return added

    def clear(self, number: int | None = None) -> None:
        """Remove one fault, or all of them."""
        self.faults = [] if number is None else [fault for fault in self.faults if fault.id != number]

    def take(self, method: str, path: str, operation: str | None) -> Fault | None:
        """Return the fault that hits this request, oldest first, and count the hit; None if there is none."""
        for fault in self.faults:
            if fault.aims_at(method, path, operation) and fault.strikes():
                return fault
        return None


class FaultyApp:
    """An ASGI application behind a fault board. Made by `with_faults`."""

    def __init__(self, app: ASGIApp, routes: list[Route], board: FaultBoard, answer: ErrorAnswer, clock: Clock) -> None:
        self.app = app
        self.board = board
        self._routes = routes
        self._injector = FaultInjector(app, answer, clock)
        self._clock = clock
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
            await self._injector.serve(fault, scope, receive, send)

    def operation(self, scope: Scope) -> str | None:
        """Return the operationId of a request: the name of its route."""
        for route in self._routes:
            if route.matches(scope)[0] is Match.FULL:
                return route.name
        return None

    def put_up(self, specs: list[Any]) -> list[Fault]:
        """Add faults: all, or none. Raises `FaultSpecError`."""
        return self.board.add(specs, {route.name for route in self._routes if not route.path.startswith("/admin")})

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.board.clear()
            return Response(status_code=204)
        if request.method == "GET":
            return JSONResponse([fault.as_json() for fault in self.board.faults])
        try:
            specs = await request.json()
        except ValueError as error:
            return JSONResponse({"message": f"the body is not JSON: {error}"}, status_code=400)
        try:
            added = self.put_up(specs if isinstance(specs, list) else [specs])
        except FaultSpecError as error:
            return JSONResponse({"message": str(error)}, status_code=400)
        for fault in added:
            if fault.kind == "refused":
                fault.hits = fault.times = 1
                request.scope["state"]["server"].refuse_connections(fault.seconds, self._clock)
        return JSONResponse([fault.as_json() for fault in added], status_code=201)

    async def _fault(self, request: Request) -> Response:
        self.board.clear(request.path_params["number"])
        return Response(status_code=204)


def with_faults(
    app: Starlette, board: FaultBoard, *, answer: Callable[..., Response] = problem_answer, clock: Clock | None = None
) -> FaultyApp:
    """Wrap `app` with faults and `/admin/faults`; returns an ASGI application for `serve` and `running`.

    `answer(status, code, message)` builds the injected JSON errors in the sandbox's own form.
    """
    return FaultyApp(app, [route for route in app.routes if isinstance(route, Route)], board, answer, clock or Clock())
