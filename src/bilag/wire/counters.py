"""Counters of this process, for its metrics. Counting costs a microsecond and imports nothing; `bilag.web.metrics` shows them.

Label values come from short lists in the code, never from data: their number is bounded.
"""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 86400.0)
"""Bounds for requests (the first half) and for the time until an invoice is posted (the second)."""
Labels = tuple[str, ...]


@dataclass
class Counter:
    """Counts events by labels. Thread-safe."""

    name: str
    text: str
    labels: Sequence[str]
    _counts: defaultdict[Labels, int] = field(default_factory=lambda: defaultdict(int))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, *labels: str) -> None:
        """Count one event."""
        with self._lock:
            self._counts[labels] += 1

    def read(self) -> dict[Labels, int]:
        """Return the counts now."""
        with self._lock:
            return dict(self._counts)


@dataclass
class Histogram:
    """Counts durations by labels, in the buckets of `SECONDS`. Thread-safe."""

    name: str
    text: str
    labels: Sequence[str]
    _buckets: defaultdict[Labels, list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0] * (len(SECONDS) + 1))
    )
    _sums: defaultdict[Labels, float] = field(default_factory=lambda: defaultdict(float))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def observe(self, seconds: float, *labels: str) -> None:
        """Count one duration. One below zero, of two clocks that differ, counts as none."""
        seconds = max(0.0, seconds)
        with self._lock:
            self._buckets[labels][bisect_left(SECONDS, seconds)] += 1
            self._sums[labels] += seconds

    def read(self) -> dict[Labels, tuple[list[int], float]]:
        """Return the counts of each bucket, the last without a bound, and the sum."""
        with self._lock:
            return {labels: (list(buckets), self._sums[labels]) for labels, buckets in self._buckets.items()}


REQUESTS = Histogram("bilag_request_seconds", "Requests to other systems, by outcome", ("system", "outcome"))
"""Outcomes: 2xx, 3xx, 4xx, 429, 5xx, no_answer, and own_limit where this machine could not connect."""
TRIES = Counter("bilag_tries", "Tries of transfers that ended, by verdict", ("kind", "verdict"))
POSTED = Histogram(
    "bilag_transfer_seconds", "From the time a change was received until it was in accounting", ("kind",)
)


def outcome_of(status: int) -> str:
    """Return the label of an HTTP status."""
    return "429" if status == 429 else f"{status // 100}xx"
