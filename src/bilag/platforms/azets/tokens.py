"""The access token: fetched by user name and password or by API key, renewed before it expires, by one at a time."""

import threading
import time
from collections.abc import Mapping

from bilag.platforms.azets.problems import error_of, problem_of
from bilag.platforms.azets.wire import Malformed, TokenWire, parsed
from bilag.posting.problem import Problem
from bilag.wire.errors import Misconfigured, Unavailable
from bilag.wire.http import Answer, ConnectionFault, NotJson, WireClient

MARGIN_SECONDS = 30


class Tokens:
    """The token of one user. Many threads may ask; while one renews, the others wait for what it gets."""

    def __init__(self, wire: WireClient, values: Mapping[str, str]) -> None:
        self._wire = wire
        self._values = values
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    @property
    def current(self) -> str:
        """The token at hand, which may have expired."""
        return self._token

    def valid(self) -> str:
        """A token that has not expired. Raises the edge's errors."""
        token = self._token
        if token and time.monotonic() < self._good_until:
            return token
        return self.renew(token)

    def refused(self, token: str, *, last: bool, said: tuple[str, str]) -> None:
        """The hub refused `token`: get another one, or give up the second time."""
        code, message = said
        if last:
            problem = Problem(code, "setup platform.azets.username", {}, message or None)
            raise Misconfigured([problem])
        self.renew(token)

    def renew(self, refused: str) -> str:
        """A token other than `refused`; one that somebody got meanwhile is taken as it is."""
        with self._lock:
            if self._token and self._token != refused and time.monotonic() < self._good_until:
                return self._token
            asked_at = time.monotonic()
            token = self._fetch()
            self._wire.hide(token.access_token)
            # Short-lived tokens are used for half their life, others until shortly before their end.
            self._good_until = asked_at + max(token.expires_in - MARGIN_SECONDS, token.expires_in / 2)
            self._token = token.access_token
            return self._token

    def _fetch(self) -> TokenWire:
        user, key = self._values.get("username"), self._values.get("api_key")
        body = {"username": user, "password": self._values.get("password", "")} if user else {}
        headers = {"X-Api-Key": key} if key else {}
        try:
            answer = self._wire.send("POST", "token", json_body=body, headers=headers)
        except ConnectionFault as fault:
            code = "hub_unreachable" if fault.outcome_known else "hub_timeout"
            # Asking for a token twice harms nobody.
            raise Unavailable(Problem(code, "", {"cause": str(fault)}), outcome_known=True) from fault
        try:
            value = answer.json()
        except NotJson as error:
            raise _not_json(answer) from error
        if answer.status == 200:
            try:
                return parsed(TokenWire, value)
            except Malformed as error:
                raise Unavailable(Problem("hub_malformed", "", {"why": str(error)}), outcome_known=True) from error
        document = value if isinstance(value, dict) else {}
        code, message = str(document.get("code") or "hub_refused"), str(document.get("message") or "")
        problem = problem_of(code, message, subject="setup platform.azets.username")
        if answer.status in (400, 401, 403, 422):
            raise Misconfigured([problem])
        raise error_of(answer.status, code, [problem], writing=False, retry_after=answer.retry_after)


def _not_json(answer: Answer) -> Misconfigured | Unavailable:
    """A proxy's page where a token should be."""
    facts = {"status": str(answer.status)}
    if answer.status == 401:
        return Misconfigured([Problem("invalid_credentials", "setup platform.azets.username", facts)])
    return Unavailable(Problem("hub_proxy_error", "", facts), outcome_known=True, retry_after=answer.retry_after)
