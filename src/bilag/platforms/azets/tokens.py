"""Access tokens: fetched by user name and password, by API key or both, and renewed early by one thread at a time."""

import time
from collections.abc import Mapping

from bilag.platforms.azets.problems import About, code_of, error_of, malformed, page_error, problems_of
from bilag.platforms.azets.wire import Malformed, TokenWire, parse
from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Misconfigured, Unavailable
from bilag.wire.fence import RequestLock
from bilag.wire.http import Answer, ConnectionFault, NotJson, WireClient
from bilag.wire.recording import scrub

MARGIN_SECONDS = 30
"""How long before it expires a token is renewed."""
CREDENTIALS = frozenset({"username", "password", "api_key"})


class Tokens:
    """The token of one user. Thread-safe: while one thread renews it, the others wait for the result."""

    def __init__(self, wire: WireClient, values: Mapping[str, str]) -> None:
        self._wire = wire
        self._values = values
        self._lock = RequestLock()
        self._token = ""
        self._good_until = 0.0
        self._secrets = frozenset(value for name in ("password", "api_key") if len(value := values.get(name, "")) > 3)

    @property
    def current(self) -> str:
        """The current token, possibly expired; empty before the first sign-in."""
        return self._token

    @property
    def secrets(self) -> frozenset[str]:
        """What must never be shown: password, key and token."""
        return self._secrets | {self._token} if self._token else self._secrets

    def valid(self) -> str:
        """Return an unexpired token. If this raises, nothing but a token has been requested."""
        token = self._token
        if token and time.monotonic() < self._good_until:
            return token
        return self.renew(token)

    def withdraw(self, token: str) -> None:
        """Stop using a token the hub rejects, unless it has been replaced already."""
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
            self._wire.add_secret(token.access_token)
            # Use a token that lives under a minute for half its life, others until MARGIN_SECONDS before they expire.
            self._good_until = asked_at + max(token.expires_in - MARGIN_SECONDS, token.expires_in / 2)
            self._token = token.access_token
            return self._token

    def field_at_fault(self) -> str:
        """Return the setup field to check when the hub rejects the credentials."""
        return "setup platform.azets." + ("username" if self._values.get("username") else "api_key")

    def _fetch(self) -> TokenWire:
        """Fetch a token. This is idempotent, so the outcome is always known."""
        user, key = self._values.get("username"), self._values.get("api_key", "")
        if key and not (key.isascii() and key.isprintable()):  # not a valid header value, so it cannot be right
            raise Misconfigured([Problem("invalid_credentials", "setup platform.azets.api_key")])
        body = {"username": user, "password": self._values.get("password", "")} if user else {}
        try:
            answer = self._wire.send("POST", "token", json_body=body, headers={"X-Api-Key": key} if key else {})
        except ConnectionFault as fault:
            raise _unavailable(fault) from fault
        try:
            value = answer.json()
        except NotJson as error:
            raise self._page(answer) from error
        if answer.status != 200:
            raise self._refusal(answer, value)
        try:
            return parse(TokenWire, value)
        except Malformed as error:
            raise malformed(str(error), writing=False) from error

    def _page(self, answer: Answer) -> EdgeError:
        """Return the error for a page instead of a token: a proxy's refusal, a hub that is down, or a wrong address."""
        facts = {"status": str(answer.status)}
        if answer.status == 401:
            return Misconfigured([Problem("invalid_credentials", self.field_at_fault(), facts)])
        if answer.status in (404, 405) or 300 <= answer.status < 400:
            return Unavailable(Problem("hub_unreachable", "setup platform.azets.base_url", facts), outcome_known=True)
        return page_error(answer.status, About(), writing=False, retry_after=answer.retry_after)

    def _refusal(self, answer: Answer, value: object) -> EdgeError:
        document = scrub(value, self._secrets) if isinstance(value, dict) else {}
        code = code_of(document, answer.status)
        if code in ("hub_refused", "hub_proxy_error") or answer.status in (404, 405):
            return self._page(answer)
        problems = list(problems_of(code, document, About()))
        if answer.status < 429:
            problems = [self._blame_field(problem) for problem in problems]
        if answer.status == 401:  # sign-in was refused, whatever the code
            return Misconfigured(problems)
        return error_of(answer.status, problems, writing=False, retry_after=answer.retry_after)

    def _blame_field(self, problem: Problem) -> Problem:
        """Make the problem about the field the hub names, if Bilag has it, else about the credentials."""
        named = problem.facts.get("field", "")
        if named in CREDENTIALS:
            return problem.about(f"setup platform.azets.{named}")
        return problem.about(self.field_at_fault())


def _unavailable(fault: ConnectionFault) -> Unavailable:
    code = "hub_unreachable" if fault.outcome_known else "hub_timeout"
    code = "own_limit_reached" if fault.is_own else code
    return Unavailable(Problem(code, "", {"cause": str(fault)}), outcome_known=True, retry_after=fault.retry_after)
