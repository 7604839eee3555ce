"""Access tokens by client credentials, renewed before they expire, by one thread at a time."""

import time
from collections.abc import Callable

from bilag.platforms.poweroffice_go.problems import About, error_of, key_refused, malformed, not_there
from bilag.platforms.poweroffice_go.wire import Malformed, TokenWire, parse
from bilag.wire.errors import EdgeError
from bilag.wire.fence import RequestLock
from bilag.wire.http import Answer, NotJson

MARGIN_SECONDS = 60
"""How long before it expires a token is renewed."""


class Tokens:
    """The token of one client and integration. Thread-safe: while one thread renews it, the others wait for the result.

    `ask` sends the request for a token; `keep_secret` is told each token received.
    """

    def __init__(self, ask: Callable[[], Answer], keep_secret: Callable[[str], None]) -> None:
        self._ask = ask
        self._keep_secret = keep_secret
        self._lock = RequestLock()
        self._token = ""
        self._good_until = 0.0

    @property
    def current(self) -> str:
        """The current token, possibly expired; empty before the first sign-in."""
        return self._token

    def valid(self) -> str:
        """Return an unexpired token. If this raises, nothing but a token has been requested."""
        token = self._token
        if token and time.monotonic() < self._good_until:
            return token
        return self.renew(token)

    def withdraw(self, token: str) -> None:
        """Stop using a token that Go rejects, unless it has been replaced already."""
        with self._lock:
            if self._token == token:
                self._good_until = 0.0

    def renew(self, used: str) -> str:
        """Return a token other than `used`; one that another thread just fetched will do."""
        with self._lock:
            if self._token != used and time.monotonic() < self._good_until:
                return self._token
            asked_at = time.monotonic()
            token = self._fetch()
            self._keep_secret(token.access_token)
            # Use a token that lives under two minutes for half its life, others until MARGIN_SECONDS before they expire.
            self._good_until = asked_at + max(token.expires_in - MARGIN_SECONDS, token.expires_in / 2)
            self._token = token.access_token
            return self._token

    def _fetch(self) -> TokenWire:
        answer = self._ask()
        try:
            value = answer.json()
        except NotJson as error:
            if answer.status == 200:
                raise malformed(str(error), writing=False) from error
            raise error_of(answer, None, About(), writing=False) from error
        if answer.status != 200:
            raise _refusal(answer, value)
        try:
            return parse(TokenWire, value)
        except Malformed as error:
            raise malformed(str(error), writing=False) from error


def _refusal(answer: Answer, value: object) -> EdgeError:
    """Return the error for a refused sign-in: a 400 says that the keys do not open a client."""
    if answer.status in (400, 403):
        return key_refused(value)
    if answer.status in (404, 405):
        return not_there()
    return error_of(answer, value, About(), writing=False)
