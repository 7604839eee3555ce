"""An access token: fetched when it is needed, and renewed before it expires by one thread at a time."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bilag.wire.fence import RequestLock


@dataclass(frozen=True, slots=True)
class _Held:
    text: str
    good_until: float


class AccessTokens:
    """The token of one user. Thread-safe: while one thread renews it, the others wait for the result."""

    def __init__(self, fetch: Callable[[], tuple[str, float]], *, margin_seconds: float) -> None:
        """`fetch` returns a token and its lifetime in seconds. A token that lives under twice the margin is used for half its
        life, others until `margin_seconds` before they expire.
        """
        self._fetch = fetch
        self._margin_seconds = margin_seconds
        self._lock = RequestLock()
        self._held = _Held("", 0.0)  # one object: nobody sees a token with the lifetime of another

    @property
    def current(self) -> str:
        """The current token, possibly expired; empty before the first sign-in."""
        return self._held.text

    def valid(self) -> str:
        """Return an unexpired token. If this raises, nothing but a token has been requested."""
        held = self._held
        return held.text if held.text and time.monotonic() < held.good_until else self.renew(held.text)

    def withdraw(self, token: str) -> None:
        """Stop using a token that the other system rejects, unless it has been replaced already."""
        with self._lock:
            if self._held.text == token:
                self._held = _Held(token, 0.0)

    def renew(self, used: str) -> str:
        """Return a token other than `used`; one that another thread has just fetched suffices."""
        with self._lock:
            if self._held.text != used and time.monotonic() < self._held.good_until:
                return self._held.text
            asked_at = time.monotonic()
            text, lifetime = self._fetch()
            self._held = _Held(text, asked_at + max(lifetime - self._margin_seconds, lifetime / 2))
            return text
