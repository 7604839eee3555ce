"""Decide whether a request may go now: a sliding window that begins with a burst and then keeps an even pace. Pure.
pyrate-limiter's sliding window log needs an entry for each request, and lets all of a minute's requests go at once. Its generic
cell rate algorithm is even, but its most in a minute and its long-run rate differ by the burst.
"""

from collections.abc import Sequence
from math import ceil

from pyrate_limiter import Decision, Rate, StateAlgorithm
from pyrate_limiter.abstracts.algorithm import ADMITTED, State

STEPS = 124
"""Requests are counted by this part of the window, so that the state stays small whatever the allowance is."""
LONGEST_PAUSE = 600_000
"""Milliseconds. A pause that ends later was made before the clock was put back."""
Entry = tuple[int, int]
"""The time until which requests count, in milliseconds, rounded up; and their number."""


class SlidingWindow(StateAlgorithm):
    """Admits at most `limit` requests in any time of `interval`.

    Of those `burst` may go at once; the others follow as time passes since the oldest request in the window. In the long run
    `limit` requests go in each window: no time that passes unused is lost for longer than the window.

    The state is the time until which nothing goes, the limit, and the entries. All times are in milliseconds. Whoever begins to
    use a stored state takes the limit from it (`limit_of`): more may have been used than a lower one would allow.
    """

    def initial(self, rates: list[Rate]) -> State:
        """Return the state of an account that was never used."""
        return (0, 0)

    def max_weight(self, rate: Rate) -> int:
        """Return the most requests that can be taken at once."""
        return rate.burst

    def step(self, rates: list[Rate], state: State, now: int, weight: int) -> tuple[State, Decision]:
        """Admit `weight` requests at `now`, or say in how many milliseconds they can go."""
        [rate] = rates
        paused_until = int(state[0]) if state[0] <= now + LONGEST_PAUSE else 0
        step = max(1, rate.interval // STEPS)
        latest = -(-now // step) * step
        entries = _entries(state, now - rate.interval, latest)
        wait = max(paused_until - now, _wait(rate, entries, now, weight))
        if wait > 0:
            return state, Decision(failing_rate=rate, retry_after_ms=wait)
        entries.append((latest, weight))
        return _state(paused_until, rate.limit, entries), ADMITTED

    def decode(self, values: Sequence[str]) -> State:
        """Parse the stored state. That of an earlier version, which has one number, is forgotten."""
        return tuple(int(value) for value in values) if values and len(values) % 2 == 0 else (0, 0)


def limit_of(state: State) -> int | None:
    """Return the limit by which the state was written last; None if it was never used."""
    return int(state[1]) or None


class Pause(SlidingWindow):
    """Blocks all requests for a time, as the other system requested."""

    def __init__(self, seconds: float) -> None:
        self._milliseconds = ceil(seconds * 1000)

    def step(self, rates: list[Rate], state: State, now: int, weight: int) -> tuple[State, Decision]:
        """Return the state that admits nothing until the pause ends."""
        return (max(int(state[0]), now + self._milliseconds), *state[1:]), ADMITTED


def _entries(state: State, after: int, latest: int) -> list[Entry]:
    """Return the entries in the window. An entry later than now was made before the clock was set back."""
    pairs = zip(state[2::2], state[3::2], strict=True)
    return [(int(time), int(count)) for time, count in pairs if after < time <= latest]


def _state(paused_until: int, limit: int, entries: Sequence[Entry]) -> State:
    """Return the state, with the requests of one step in one entry."""
    counts: dict[int, int] = {}
    for time, count in entries:
        counts[time] = counts.get(time, 0) + count
    return (paused_until, limit, *(number for entry in counts.items() for number in entry))


def _wait(rate: Rate, entries: Sequence[Entry], now: int, weight: int) -> int:
    """Return in how many milliseconds `weight` requests can go; 0 or less: now.

    Entries leave the window one after another. Among those that are left, requests are allowed in proportion to the time
    since the oldest.
    """
    used, left_at = sum(count for _, count in entries), now
    for time, count in entries:
        needed = used + weight - rate.burst
        if used + weight <= rate.limit:
            paced = ceil(rate.interval * needed / (rate.limit - rate.burst + 1))
            allowed_at = max(left_at, time + paced if needed > 0 else now)
            if allowed_at <= time + rate.interval:
                return allowed_at - now
        used, left_at = used - count, time + rate.interval
    return left_at - now
