"""Commit webhooks together: those that arrive during a commit go into the next one. Each is answered after its own commit.

A commit waits for the disk, whether it holds one webhook or a hundred. A separate thread uses the database, so that nothing
else in the event loop has to wait.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from http import HTTPStatus

import django.db
import structlog
from django.db import close_old_connections
from procrastinate.exceptions import ConnectorException

from bilag.web.webhooks.receive import Received, receive

log = structlog.get_logger(__name__)
ANSWER_WITHIN_SECONDS = 1.5
"""After this time without a commit, the sender gets 503."""
MOST_TOGETHER = 200
MOST_WAITING = 2000
LOST_SESSION_SECONDS = 1.0
"""So long a failed transaction is tried again: it may have lost its session while the database is there. When all sessions are
cut at once, each of those in the pool may fail in turn."""
PAUSE_SECONDS = 0.01
DATABASE_FAULTS = (django.db.OperationalError, django.db.InterfaceError, ConnectorException)
Store = Callable[[Sequence[Received]], list[HTTPStatus]]
_Waiting = tuple[Received, "asyncio.Future[HTTPStatus]"]


class GroupCommit:
    """Webhooks of one event loop, stored in batches one after another."""

    def __init__(self, store: Store = receive, *, answer_within: float | None = None) -> None:
        self._store = store
        self._answer_within = ANSWER_WITHIN_SECONDS if answer_within is None else answer_within
        self._waiting: list[_Waiting] = []
        self._storing: asyncio.Task[None] | None = None

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=1, thread_name_prefix="webhooks")

    async def add(self, received: Received) -> HTTPStatus:
        """Store the webhook and return the status to answer it with: 503 if that takes too long, or too many wait."""
        if len(self._waiting) >= MOST_WAITING:
            return HTTPStatus.SERVICE_UNAVAILABLE
        future: asyncio.Future[HTTPStatus] = asyncio.get_running_loop().create_future()
        self._waiting.append((received, future))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all())
        try:
            async with asyncio.timeout(self._answer_within):
                return await future
        except TimeoutError:
            return HTTPStatus.SERVICE_UNAVAILABLE

    async def _store_all(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            batch = [(one, future) for one, future in together if not future.done()]  # the rest got 503
            if not batch:
                continue
            work = [one for one, _ in batch]
            statuses = await asyncio.get_running_loop().run_in_executor(self._thread, stored, self._store, work)
            for (_, future), status in zip(batch, statuses, strict=True):
                if not future.done():
                    future.set_result(status)


def stored(store: Store, batch: Sequence[Received]) -> list[HTTPStatus]:
    """Store a batch; return the status of each. A database that is away gives 503. One webhook that makes Bilag fail does
    not keep the others of its batch from being stored."""
    try:
        return _store_on_a_good_session(store, batch)
    except DATABASE_FAULTS as fault:
        log.warning("webhook.not_stored", count=len(batch), error=type(fault).__name__)
        return [HTTPStatus.SERVICE_UNAVAILABLE] * len(batch)
    except Exception:  # an error in Bilag, as in any view
        if len(batch) == 1:
            log.exception("webhook.bilag_fault")
            return [HTTPStatus.INTERNAL_SERVER_ERROR]
        return [status for one in batch for status in stored(store, [one])]
    finally:
        close_old_connections()


def _store_on_a_good_session(store: Store, batch: Sequence[Received]) -> list[HTTPStatus]:
    began = time.monotonic()
    while True:
        try:
            return store(batch)
        except DATABASE_FAULTS:
            if time.monotonic() - began >= LOST_SESSION_SECONDS:
                raise
        close_old_connections()
        time.sleep(PAUSE_SECONDS)
