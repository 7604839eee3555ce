"""The access token: fetched by user name and password, by API key or by both; renewed before it expires, by one at a time."""

import threading
import time
from collections.abc import Mapping

from bilag.platforms.azets.problems import About, code_of, error_of, malformed, page_error, problems_of
from bilag.platforms.azets.wire import Malformed, TokenWire, parsed
from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Misconfigured, Unavailable
from bilag.wire.http import Answer, ConnectionFault, NotJson, WireClient
from bilag.wire.recording import scrubbed

MARGIN_SECONDS = 30
CREDENTIALS = frozenset({"username", "password", "api_key"})


class Tokens:
    """The token of one user. Many threads may ask; while one renews, the others wait for what it gets."""

    def __init__(self, wire: WireClient, values: Mapping[str, str]) -> None:
        self._wire = wire
        self._values = values
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0
        self._secrets = frozenset(value for name in ("password", "api_key") if len(value := values.get(name, "")) > 3)

    @property
    def current(self) -> str:
        """The token at hand, which may have expired; empty before the first sign-in."""
        return self._token

    @property
    def secrets(self) -> frozenset[str]:
        """What must not be told: password, key and token."""
        return self._secrets | {self._token} if self._token else self._secrets

    def valid(self) -> str:
        """A token that has not expired. Raises the edge's errors; nothing but a token was asked for then."""
        token = self._token
        if token and time.monotonic() < self._good_until:
            return token
        return self.renew(token)

    def withdraw(self, token: str) -> None:
        """The hub takes `token` no more: the next call gets another, unless somebody got one already."""
        with self._lock:
            if self._token == token:
                self._good_until = 0.0

    def renew(self, used: str) -> str:
        """A token other than `used`; one that somebody got meanwhile is taken as it is. Raises the edge's errors."""
        with self._lock:
            if self._token != used and time.monotonic() < self._good_until:
                return self._token
            asked_at = time.monotonic()
            token = self._fetch()
            self._wire.hide(token.access_token)
            # A token that lives for less than a minute is used for half its life, others until shortly before the end.
            self._good_until = asked_at + max(token.expires_in - MARGIN_SECONDS, token.expires_in / 2)
            self._token = token.access_token
            return self._token

    def field_at_fault(self) -> str:
        """The setup field to be looked at when the hub does not take the credentials."""
        return "setup platform.azets." + ("username" if self._values.get("username") else "api_key")

    def _fetch(self) -> TokenWire:
        """Asking for a token twice harms nobody, so the outcome is always known."""
        user, key = self._values.get("username"), self._values.get("api_key", "")
        if key and not (key.isascii() and key.isprintable()):  # cannot stand in a header, so it cannot be right
            raise Misconfigured([Problem("invalid_credentials", "setup platform.azets.api_key")])
        body = {"username": user, "password": self._values.get("password", "")} if user else {}
        try:
            answer = self._wire.send("POST", "token", json_body=body, headers={"X-Api-Key": key} if key else {})
        except ConnectionFault as fault:
            raise _no_answer(fault) from fault
        try:
            value = answer.json()
        except NotJson as error:
            raise self._page(answer) from error
        if answer.status != 200:
            raise self._refusal(answer, value)
        try:
            return parsed(TokenWire, value)
        except Malformed as error:
            raise malformed(str(error), writing=False) from error

    def _page(self, answer: Answer) -> EdgeError:
        """A page where a token should be: a proxy that refuses, a proxy whose hub is away, or another address."""
        facts = {"status": str(answer.status)}
        if answer.status == 401:
            return Misconfigured([Problem("invalid_credentials", self.field_at_fault(), facts)])
        if answer.status in (404, 405) or 300 <= answer.status < 400:
            return Unavailable(Problem("hub_unreachable", "setup platform.azets.base_url", facts), outcome_known=True)
        return page_error(answer.status, About(), writing=False, retry_after=answer.retry_after)

    def _refusal(self, answer: Answer, value: object) -> EdgeError:
        document = scrubbed(value, self._secrets) if isinstance(value, dict) else {}
        code = code_of(document, answer.status)
        if code in ("hub_refused", "hub_proxy_error") or answer.status in (404, 405):
            return self._page(answer)
        problems = list(problems_of(code, document, About()))
        if answer.status < 429:
            problems = [self._of_field(problem) for problem in problems]
        if answer.status == 401:  # signing in was refused, whatever the word for it
            return Misconfigured(problems)
        return error_of(answer.status, problems, writing=False, retry_after=answer.retry_after)

    def _of_field(self, problem: Problem) -> Problem:
        """Told of the field that the hub names, where it is one of ours."""
        named = problem.facts.get("field", "")
        if named in CREDENTIALS:
            return problem.about(f"setup platform.azets.{named}")
        return problem.about(self.field_at_fault())


def _no_answer(fault: ConnectionFault) -> Unavailable:
    code = "hub_unreachable" if fault.outcome_known else "hub_timeout"
    return Unavailable(Problem(code, "", {"cause": str(fault)}), outcome_known=True, retry_after=fault.retry_after)
