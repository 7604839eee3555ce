"""Endpoints for monitoring, in front of Django: liveness, readiness and metrics.

They answer under any host name, because probes use addresses, and within a second, because an outage is when they matter. A
thread queries the database; probes that arrive meanwhile share its answer.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from typing import Generic, TypeVar

import django.db
import psycopg
from django.db import close_old_connections, connection
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.core import Metric
from starlette.types import ASGIApp, Receive, Scope, Send

from bilag.jobs.worker_health import health as worker_health
from bilag.web import metrics
from bilag.web.answers import answer

TEXT = "text/plain; charset=utf-8"
ANSWER_WITHIN_SECONDS = 0.8
CONNECT_SECONDS = 2
FRESH_WITHIN_SECONDS = 0.03
FRESH_ENOUGH_SECONDS = 60.0
"""The age up to which earlier figures are shown if counting takes longer than `FRESH_WITHIN_SECONDS`. Counting continues, and
the next scrape gets its result.
"""
LATEST_SECONDS = 300.0
"""How old figures may be that are shown because newer ones take longer to count than a probe may wait."""
LATE: list[Metric] = []
NO_DATABASE = "the database does not answer"
NOT_MIGRATED = "the database does not answer, or is not migrated"
Found = TypeVar("Found")


def with_probes(app: ASGIApp) -> ASGIApp:
    """Answer the paths of the probes; pass all others to the application."""
    database = _Shared("probe", database_problem)
    figures = _Shared("metrics", _figures)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else None
        if path == "/livez":
            await answer(send, 200, b"ok\n", TEXT)
        elif path == "/readyz":
            problem = await database.within(ANSWER_WITHIN_SECONDS, NO_DATABASE) or worker_health.problem()
            await answer(send, 503 if problem else 200, f"{problem or 'ok'}\n".encode(), TEXT)
        elif path == "/metrics":
            problem, found = await asyncio.gather(
                database.within(ANSWER_WITHIN_SECONDS, NO_DATABASE), _counted(figures)
            )
            is_up = not problem and found is not None
            if problem:  # the last figures may be outdated
                found = None
            elif found is LATE:  # the database answers, but counting many waiting transfers takes long
                found = figures.latest(LATEST_SECONDS)
            await answer(send, 200, metrics.render(found, is_up=is_up), CONTENT_TYPE_LATEST)
        else:
            await app(scope, receive, send)

    return serve


async def nothing_else(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a worker: answer 404 to everything but probes."""
    if scope["type"] == "http":
        await answer(send, 404, b"Not found\n", TEXT)


async def _counted(figures: "_Shared[list[Metric] | None]") -> list[Metric] | None:
    """Return the figures of the database: new ones, or those of a moment ago if counting takes long; `LATE` if there are none."""
    found = await figures.within(FRESH_WITHIN_SECONDS, LATE)
    if found is LATE:
        found = figures.latest(min(FRESH_ENOUGH_SECONDS, LATEST_SECONDS)) or await figures.within(
            ANSWER_WITHIN_SECONDS, LATE
        )
    return found


def _figures() -> list[Metric] | None:
    try:
        return metrics.of_database()
    except django.db.Error:
        return None


def database_problem() -> str:
    """Return why the database cannot be used; empty while it can.

    Uses a connection of its own, because waiting for one from the pool takes longer.
    """
    kept = connection.get_connection_params()
    parameters = {name: value for name, value in kept.items() if name not in ("pool", "cursor_factory", "context")}
    try:
        with psycopg.connect(**{**parameters, "connect_timeout": CONNECT_SECONDS}) as own:
            own.execute("select 1 from transfers_transfer limit 1")
    except psycopg.Error:
        return NOT_MIGRATED
    return ""


class _Shared(Generic[Found]):
    """Runs one query at a time in a thread of its own; callers that come meanwhile share its answer."""

    def __init__(self, name: str, ask: Callable[[], Found]) -> None:
        self._ask = ask
        self._name = name
        self._asked: Future[Found] | None = None
        self._latest: tuple[float, Found] | None = None

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=1, thread_name_prefix=self._name)

    async def within(self, seconds: float, otherwise: Found) -> Found:
        """Return the answer, or `otherwise` if it does not come in time. The query continues."""
        if self._asked is None or self._asked.done():
            self._asked = self._thread.submit(self._asked_now)
        try:
            async with asyncio.timeout(seconds):
                return await asyncio.shield(asyncio.wrap_future(self._asked))
        except TimeoutError:
            return otherwise

    def latest(self, seconds: float) -> Found | None:
        """Return the answer that came last; None if there was none within `seconds`."""
        at, found = self._latest or (0.0, None)
        return found if time.monotonic() - at <= seconds else None

    def _asked_now(self) -> Found:
        close_old_connections()
        try:
            found = self._ask()
            self._latest = time.monotonic(), found
            return found
        finally:
            close_old_connections()
