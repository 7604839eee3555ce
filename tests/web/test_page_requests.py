"""Pages are let in a few at a time, and each runs in one thread from its first middleware to its view."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import Receive, Scope, Send

from tests.support.site import Site


class Rooms:
    """An application whose requests stay until they are let out."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self._out: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stay inside; a path that ends with a question mark fails when it is let out."""
        path = scope["path"]
        self.inside.append(path)
        await self._out.setdefault(path, asyncio.Event()).wait()
        self.inside.remove(path)
        if path.endswith("?"):
            raise LookupError(path)

    def let_out(self, path: str) -> None:
        self._out.setdefault(path, asyncio.Event()).set()


class Visits:
    """Requests to rooms that let two in at a time."""

    def __init__(self, seconds: float) -> None:
        from bilag.web.page_requests import FewAtATime

        self.rooms = Rooms()
        self._door = FewAtATime(self.rooms, places=2, seconds=seconds)
        self._all: list[asyncio.Future[None]] = []

    async def come(self, *paths: str) -> None:
        """Start these requests, and let everything go as far as it can."""
        for path in paths:
            scope = {"type": "http", "path": path}
            self._all.append(asyncio.ensure_future(self._door(scope, _receive, _send)))
        await _settle()

    async def leave(self, path: str) -> None:
        """Let one out, and everything go as far as it can."""
        self.rooms.let_out(path)
        await _settle()

    async def end(self) -> None:
        """Let all out."""
        while self.rooms.inside:
            await self.leave(self.rooms.inside[0])
        await asyncio.gather(*self._all, return_exceptions=True)


async def _receive() -> Any:
    raise AssertionError("nobody asks for it")


async def _send(message: Any) -> None:
    raise AssertionError("nobody sends anything")


async def _settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def visit(seconds: float, story: Callable[[Visits], Awaitable[None]]) -> None:
    """Run a story with requests that may keep their place for so long."""

    async def run() -> None:
        visits = Visits(seconds)
        await story(visits)
        await visits.end()

    asyncio.run(run())


def test_others_wait_in_their_order_until_one_is_done() -> None:
    async def story(visits: Visits) -> None:
        await visits.come("a", "b", "c", "d")
        assert visits.rooms.inside == ["a", "b"]
        await visits.leave("b")
        assert visits.rooms.inside == ["a", "c"]
        await visits.come("e")
        await visits.leave("a")
        assert visits.rooms.inside == ["c", "d"]

    visit(60, story)


def test_a_request_that_waits_for_another_system_gives_its_place_away_once() -> None:
    async def story(visits: Visits) -> None:
        await visits.come("a", "b", "c", "d", "e")
        while len(visits.rooms.inside) < 5:  # the loop's own timer, of 0 seconds, ends each turn
            await asyncio.sleep(0)
        assert visits.rooms.inside == ["a", "b", "c", "d", "e"]

    visit(0, story)


def test_a_request_that_fails_gives_its_place_back() -> None:
    async def story(visits: Visits) -> None:
        await visits.come("a?", "b?", "c", "d")
        await visits.leave("a?")
        await visits.leave("b?")
        assert visits.rooms.inside == ["c", "d"]

    visit(60, story)


def test_a_place_is_not_given_twice() -> None:
    """One that gave its place away while it ran, and then ends, makes no room for two."""
    from bilag.web.page_requests import _Place

    async def run() -> None:
        places = asyncio.Semaphore(1)
        await places.acquire()
        place = _Place(places)
        place.give_back()
        place.give_back()
        await places.acquire()
        assert places.locked()

    asyncio.run(run())


def test_a_page_goes_to_a_thread_once(site: Site) -> None:
    from bilag.web.page_requests import OneThreadHandler

    chain = OneThreadHandler()._middleware_chain
    assert not inspect.iscoroutinefunction(chain)
    assert not asyncio.iscoroutinefunction(chain)
