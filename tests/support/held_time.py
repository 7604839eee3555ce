"""A time that stands still until somebody sleeps or lets it pass, for code that measures waiting by the module `time`."""

from typing import Any

import pytest
from pyrate_limiter import WallClock

START = 1_800_000_000.0


class HeldTime:
    """Stands in for the module `time`: to sleep lets time pass and takes none."""

    def __init__(self) -> None:
        self.seconds = START
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    def time(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def rule(self, monkeypatch: pytest.MonkeyPatch, *modules: Any) -> "HeldTime":
        """Rule these modules and the rate limiter until the end of the test."""
        for module in modules:
            monkeypatch.setattr(module, "time", self)
        monkeypatch.setattr(WallClock, "now", lambda _clock: int(self.seconds * 1000))
        return self
