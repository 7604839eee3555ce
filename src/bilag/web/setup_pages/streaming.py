"""Send a page in pieces, each as soon as it is ready.

The pieces come from an ordinary generator, which may wait for other systems. Under the web server it runs in a thread of its
own, one piece at a time, and its database connection is closed with it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context

from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, StreamingHttpResponse


def streamed(request: HttpRequest, pieces: Iterator[str]) -> StreamingHttpResponse:
    """Return a response of these pieces of HTML. A header asks proxies not to buffer them."""
    pieces = _in_context(pieces, copy_context())
    body = _in_a_thread(pieces) if isinstance(request, ASGIRequest) else pieces
    return StreamingHttpResponse(body, headers={"X-Accel-Buffering": "no"})


def _in_context(pieces: Iterator[str], context: Context) -> Iterator[str]:
    """Make each piece in the context of the request: it says which accounting system the sentences are about."""
    try:
        while (piece := context.run(next, pieces, None)) is not None:
            yield piece
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            context.run(close)


async def _in_a_thread(pieces: Iterator[str]) -> AsyncIterator[str]:
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="streamed")

    loop = asyncio.get_running_loop()
    try:
        while (piece := await loop.run_in_executor(pool, next, pieces, None)) is not None:
            yield piece
    finally:
        pool.submit(_end, pieces)
        pool.shutdown(wait=False)


def _end(pieces: Iterator[str]) -> None:
    """End the generator, also one whose reader went away, and give back the connections of this thread."""
    close = getattr(pieces, "close", None)
    if close is not None:
        close()
    connections.close_all()
