"""The points of a worker's way at which it can be held: each request, each answer, each commit.

`GATE` is asked at each: in this process it only answers requests; in a forked worker it tells the parent where it stands
and waits for leave to go on, or is killed there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import httpx2

from simulation.wires import Reply, Request

Gate = Callable[[str, Any], Any]
"""Given where the worker stands ("request", "answered", "committing", "committed") and the request; gives the reply."""


def _open(point: str, _given: Any) -> Any:
    assert point != "request", "no run is under way"


class Points:
    """Holds the gate of this process."""

    gate: Gate = staticmethod(_open)


class _Broken(httpx2.SyncByteStream):
    """Half a body, then the end of the connection."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx2.RemoteProtocolError("peer closed connection without sending complete message body")


class _Line(httpx2.BaseTransport):
    """What Bilag's HTTP client sends through."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        asked = Request(request.method, str(request.url), list(request.headers.items()), request.read())
        reply: Reply = Points.gate("request", asked)
        Points.gate("answered", None)
        if reply.error is not None:
            raise getattr(httpx2, reply.error)(f"injected: {reply.error}", request=request)
        if reply.broken:
            return httpx2.Response(reply.status, headers=reply.headers, stream=_Broken(reply.body))
        return httpx2.Response(reply.status, headers=reply.headers, content=reply.body)


class _Client(httpx2.Client):
    """httpx2's client on the run's line, in place of the transport that Bilag gives."""

    def __init__(self, *, transport: Any, **given: Any) -> None:
        super().__init__(transport=_Line(), **given)


WRITES = ("insert", "update", "delete", "select procrastinate_", "with")


def _statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """A statement that commits by itself."""
    done = execute(sql, params, many, context)
    if not context["connection"].in_atomic_block and str(sql).lstrip().lower().startswith(WRITES):
        Points.gate("committed", None)
    return done


@contextmanager
def watched() -> Iterator[None]:
    """While the block runs, all requests and commits pass the gate."""
    from django.db import connection
    from django.db.backends.postgresql.base import DatabaseWrapper

    commit = DatabaseWrapper._commit

    def committing(self: Any) -> Any:
        Points.gate("committing", None)
        done = commit(self)
        Points.gate("committed", None)
        return done

    with (
        patch.object(httpx2, "Client", _Client),
        patch.object(DatabaseWrapper, "_commit", committing),
        connection.execute_wrapper(_statement),
    ):
        yield
