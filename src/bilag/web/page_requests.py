"""How a server runs Django's pages: each in one thread, and a few at a time.

Pages are work for the processor, and Python runs one thread at a time. Twenty threads that each hold half a page only take
the processor from each other: a page costs twice the CPU then.
"""

import asyncio
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase
from starlette.types import Receive, Scope, Send

AT_A_TIME = 4
"""One computes, while the others wait for the database."""
WAITS_AFTER_SECONDS = 0.5
"""A request that takes longer waits for another system, not for the processor: it gives its place to the next."""


class OneThreadHandler(ASGIHandler):
    """Run middleware and view of a request in one thread.

    Otherwise Django runs each middleware in the event loop, and switches to a thread and back for blocking work.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


class FewAtATime:
    """Let at most `places` requests into the application at a time; the others wait in their order.

    A request that is not done after `seconds` keeps running, but no longer counts.
    """

    def __init__(self, app: Any, places: int = AT_A_TIME, seconds: float = WAITS_AFTER_SECONDS) -> None:
        self._app, self._seconds = app, seconds
        self._places = asyncio.Semaphore(places)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request when there is a place."""
        await self._places.acquire()
        place = _Place(self._places)
        timer = asyncio.get_running_loop().call_later(self._seconds, place.give_back)
        try:
            await self._app(scope, receive, send)
        finally:
            timer.cancel()
            place.give_back()


class _Place:
    """A place that is given back once."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places: asyncio.Semaphore | None = places

    def give_back(self) -> None:
        if self._places is not None:
            self._places.release()
            self._places = None
