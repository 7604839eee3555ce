"""The points at which a worker can be held: before each request and its fence, at each request, each answer, each commit.

The gate is called at each point. In this process it only answers requests; in a forked worker it reports the point to
the parent and waits for permission to continue, or is killed there.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

import httpx2
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper

from bilag.wire import fence
from simulation.wires import Reply, Request

Gate = Callable[[str, Any], Any]
"""Takes the point ("sending", "request", "mail", "answered", "committing", "committed") and the request or letter; returns the
reply."""


def _no_run(point: str, _given: Any) -> Any:
    assert point != "request", "no run is under way"


class Points:
    """Holds this process's gate."""

    gate: Gate = staticmethod(_no_run)


class _TruncatedBody(httpx2.SyncByteStream):
    """Half a body, then the connection ends."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx2.RemoteProtocolError("peer closed connection without sending complete message body")


class _GateTransport(httpx2.BaseTransport):
    """The transport of Bilag's HTTP client during a run."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        outgoing = Request(request.method, str(request.url), list(request.headers.items()), request.read())
        Points.gate("sending", outgoing)
        fence.check()
        reply: Reply = Points.gate("request", outgoing)
        Points.gate("answered", None)
        if reply.error is not None:
            raise getattr(httpx2, reply.error)(f"injected: {reply.error}", request=request)
        if reply.broken:
            return httpx2.Response(reply.status, headers=reply.headers, stream=_TruncatedBody(reply.body))
        return httpx2.Response(reply.status, headers=reply.headers, content=reply.body)


class _Client(httpx2.Client):
    """httpx2's client with the run's transport instead of Bilag's."""

    def __init__(self, *, transport: Any, **given: Any) -> None:
        super().__init__(transport=_GateTransport(), **given)


WRITES = ("insert", "update", "delete", "select procrastinate_", "with")


def _statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Report a statement that commits on its own."""
    result = execute(sql, params, many, context)
    if not context["connection"].in_atomic_block and str(sql).lstrip().lower().startswith(WRITES):
        Points.gate("committed", None)
    return result


@contextmanager
def intercepted() -> Iterator[None]:
    """Route all requests and commits through the gate while the block runs."""
    commit = DatabaseWrapper._commit  # type: ignore[attr-defined] # private to Django

    def committing(self: Any) -> Any:
        Points.gate("committing", None)
        result = commit(self)
        Points.gate("committed", None)
        return result

    with (
        patch.object(httpx2, "Client", _Client),
        patch.object(DatabaseWrapper, "_commit", committing),
        reported_statements(),
    ):
        yield


def reported_statements() -> AbstractContextManager[None]:
    """Report the statements of this thread's connection that commit on their own while the block runs."""
    return connection.execute_wrapper(_statement)
