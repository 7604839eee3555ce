"""The sandboxes of Moment and the hub, made quickly for each test.

To start a server takes longer than most tests, and so does filling Moment with its sample. A `Stage` is one server on
which a new sandbox takes the place of the last one; the sample is made once and copied.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.lifespan.on import LifespanOn

from bilag_sandbox import hub
from bilag_sandbox.common import Clock, HeldClock, running
from bilag_sandbox.common.fault_board import FaultyApp
from bilag_sandbox.common.fault_effects import background_work
from bilag_sandbox.common.serve import SandboxServer
from bilag_sandbox.moment.api import moment_app
from bilag_sandbox.moment.company import Company
from bilag_sandbox.moment.loading import fill, mode_from
from bilag_sandbox.sample import architects_year
from tests.support.patience import PATIENCE, wait_for

LAST_DAY = date(2026, 11, 23)
"""The sample year ends on this day."""


class Stage:
    """A running server, and the sandbox that it serves now."""

    def __init__(self) -> None:
        self.url = ""
        self._sandbox: ASGIApp = Starlette()
        self._empty = self._sandbox
        self._life: LifespanOn | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: SandboxServer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request with the sandbox of now; the server's own start and end touch no sandbox."""
        if scope["type"] == "lifespan":
            self._loop = asyncio.get_running_loop()
            await self._empty(scope, receive, send)
            return
        self._server = scope["state"]["server"]
        await self._sandbox(scope, receive, send)

    def show(self, sandbox: ASGIApp) -> str:
        """Serve this sandbox from now on, after the last one has ended. Gives the address."""
        self._await(self._change(sandbox))
        if self._server is not None:  # the last test may have let it refuse connections
            server = self._server
            wait_for(lambda: not server.refusing, "the sandbox's server to listen again")
        return self.url

    def clear(self) -> None:
        """Let the sandbox of now end."""
        self._await(self._end())

    def _await(self, what: Coroutine[Any, Any, None]) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(what, self._loop).result(PATIENCE)

    async def _end(self) -> None:
        if self._life is not None:
            await self._life.shutdown()
        self._life = None

    async def _change(self, sandbox: ASGIApp) -> None:
        await self._end()
        self._sandbox = sandbox
        self._life = LifespanOn(uvicorn.Config(sandbox, lifespan="on", log_config=None))
        await self._life.startup()


@contextmanager
def stage() -> Iterator[Stage]:
    """A stage on a free port; it serves nothing yet."""
    made = Stage()
    with running(made) as made.url:
        yield made
        made.clear()


def new_hub(clock: Clock | None = None) -> FaultyApp:
    """A hub as it comes, whose rate limit no test reaches."""
    return hub.app(requests_per_minute=100_000, clock=clock)


def new_moment(clock: Clock | None = None, *, sample: str = "drafts", last_day: date = LAST_DAY) -> FaultyApp:
    """Moment with a sample, as `moment.app` makes it."""
    company = Company.open(None, clock)
    company.store.restore(_filled(sample, last_day))
    return moment_app(company)


def pass_time(clock: HeldClock, seconds: float) -> None:
    """Let time pass in the sandboxes, and wait until the work is done that was put off until then."""
    clock.advance(seconds)
    wait_for(lambda: background_work() == 0, "the work that a fault put off")


@cache
def _filled(sample: str, last_day: date) -> bytes:
    company = Company.open(None)
    fill(company, architects_year(last_day, 1), mode_from(sample))
    image = company.store.image()
    company.store.close()
    return image
