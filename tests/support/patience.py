"""How long tests wait: one generous time for everything. A slow machine makes a test slow and never makes it fail.

What is waited for is an event or a condition. The time is only there so that a test that hangs says what it saw last.
"""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 300.0
"""Seconds. For starts of processes, answers of servers and threads that end."""
POLL_SECONDS = 0.02

Seen = TypeVar("Seen")


def wait_for(look: Callable[[], Seen], what: str) -> Seen:
    """Look until something is there, and give it; None, False, 0 and what is empty count as nothing.

    Fails with `what` was waited for and what was seen last.
    """
    end = time.monotonic() + PATIENCE
    while not (seen := look()):
        assert time.monotonic() < end, f"waited {PATIENCE:.0f} s for {what}; seen last: {seen!r}"
        time.sleep(POLL_SECONDS)
    return seen
