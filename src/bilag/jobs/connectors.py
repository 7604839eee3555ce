"""How the worker reaches the database, and how it recovers when PostgreSQL ends a session or is restarted.

Procrastinate uses two kinds of connection. The worker fetches and finishes jobs through a pool of its own. Its periodic
deferrer uses the connection that Django keeps for the one thread of `sync_to_async`. Django replaces a broken connection
only where it ends a unit of work, such as a request; that thread has no such end unless we make one.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, LiteralString, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from procrastinate.connector import Notify
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg_pool import AsyncConnectionPool

CONNECT_SECONDS = 2
CHECK_AFTER_SECONDS = 1.0
POOL_SECONDS = 10.0
"""How long a statement of the queue waits for a connection; its four are free again within milliseconds."""
LONGEST_NAME = 63
P = ParamSpec("P")
R = TypeVar("R")


def in_django_thread(function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Run `function` in the thread of `sync_to_async` as one unit of work: on a working connection, which is returned at the
    end.
    """

    @wraps(function)
    def unit_of_work(*args: P.args, **kwargs: P.kwargs) -> R:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return sync_to_async(unit_of_work)


@contextmanager
def _ending(life: asyncio.Event) -> Iterator[None]:
    """Set `life` when a statement fails by a fault of the database.

    A violated constraint is none, nor is the refusal of Procrastinate's functions to finish a job that another worker took.
    """
    try:
        yield
    except ConnectorException as error:
        fault = error.__cause__
        if isinstance(fault, psycopg.Error) and not isinstance(fault, psycopg.errors.RaiseException):
            life.set()
        raise


class RecoveringConnector(DjangoConnector):
    """Django's connections, for jobs that our code defers. Each call of the periodic deferrer is a unit of work."""

    def __init__(self, lost: asyncio.Event) -> None:
        super().__init__()
        self._lost = lost

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        with _ending(self._lost):
            await in_django_thread(self.execute_query)(query, **arguments)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        with _ending(self._lost):
            return await in_django_thread(self.execute_query_one)(query, **arguments)

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        with _ending(self._lost):
            return await in_django_thread(self.execute_query_all)(query, **arguments)


async def _check_idle(connection: psycopg.AsyncConnection[Any]) -> None:
    """Check a session that was not used for a second. Checking each time would double the worker's round trips."""
    now = time.monotonic()
    if now - _used_at.get(connection, 0.0) > CHECK_AFTER_SECONDS:
        await AsyncConnectionPool.check_connection(connection)
    _used_at[connection] = now


_used_at: WeakKeyDictionary[psycopg.AsyncConnection[Any], float] = WeakKeyDictionary()


async def _commit_each(connection: psycopg.AsyncConnection[Any]) -> None:
    """Turn autocommit on: Procrastinate's statements are independent, and each would otherwise take three round trips."""
    await connection.set_autocommit(True)


def _parameters() -> dict[str, Any]:
    """Return Django's parameters. The database lists these connections as those of the queue."""
    given: dict[str, Any] = connector_params()
    name = str(given.get("application_name", ""))
    return {**given, "application_name": name.replace(" @", " queue @")[:LONGEST_NAME]} if name else given


def _pool(**given: Any) -> AsyncConnectionPool[Any]:
    return AsyncConnectionPool(**{"timeout": POOL_SECONDS, **given, "check": _check_idle, "configure": _commit_each})


class WorkerConnector(PsycopgConnector):
    """The pool of one life of the worker.

    The first failing statement ends that life. Otherwise a job whose end could not be written would keep the status "doing"
    under a living worker, and no worker would take it over.
    """

    def __init__(self, lost: asyncio.Event) -> None:
        super().__init__(pool_factory=_pool, kwargs=_parameters())
        self._lost = lost

    async def open_async(self, pool: Any = None) -> None:
        """Open the pool. Raises `psycopg.OperationalError` at once while the database is away; the pool would wait for 30 s."""
        async with await psycopg.AsyncConnection.connect(**{**_parameters(), "connect_timeout": CONNECT_SECONDS}):
            pass
        await super().open_async(pool)

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        with _ending(self._lost):
            await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        with _ending(self._lost):
            row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
            return row

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        with _ending(self._lost):
            rows: list[dict[str, Any]] = await super().execute_query_all_async(query, **arguments)
            return rows

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        with _ending(self._lost):
            await super().listen_notify(on_notification, channels)
