"""The time of a sandbox: the machine's, or one that a test moves on."""

import asyncio
import heapq
import itertools
import threading
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any


class Clock:
    """The machine's time."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def time(self) -> float:
        """Return the same in seconds, to be kept."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        return time.monotonic()

    def sleep(self, seconds: float) -> Coroutine[Any, Any, object]:
        """Wait, from this call on."""
        return asyncio.sleep(seconds)


class HeldClock(Clock):
    """A clock that a test advances: `sleep` returns when `advance` has passed its time, however slow the machine is.

    The time of day continues as usual, and jumps by what it is advanced.
    """

    def __init__(self) -> None:
        self._passed = 0.0
        self._sleeping: list[tuple[float, int, asyncio.AbstractEventLoop, asyncio.Event]] = []
        self._order = itertools.count()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return super().now() + timedelta(seconds=self._passed)

    def time(self) -> float:
        """Return the same in seconds."""
        return super().time() + self._passed

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        return super().monotonic() + self._passed

    def sleep(self, seconds: float) -> Coroutine[Any, Any, object]:
        """Wait until somebody has advanced the clock by this much since this call."""
        over = asyncio.Event()
        if seconds <= 0:
            over.set()
        else:
            with self._lock:
                entry = (self._passed + seconds, next(self._order), asyncio.get_running_loop(), over)
                heapq.heappush(self._sleeping, entry)
        return over.wait()

    @property
    def sleeping(self) -> int:
        """How many sleep."""
        with self._lock:
            return len(self._sleeping)

    def advance(self, seconds: float) -> None:
        """Advance the clock, and wake the sleepers whose time has come; from any thread."""
        with self._lock:
            self._passed += seconds
            while self._sleeping and self._sleeping[0][0] <= self._passed:
                _, _, loop, over = heapq.heappop(self._sleeping)
                if not loop.is_closed():
                    loop.call_soon_threadsafe(over.set)
