"""Access tokens: fetched by user name and password, by API key or both, and renewed early by one thread at a time."""

from collections.abc import Mapping

from bilag.platforms.azets.problems import About, code_of, error_of, malformed, page_error, problems_of
from bilag.platforms.azets.wire import Malformed, TokenWire, parse
from bilag.posting.problem import Problem
from bilag.wire.access_tokens import AccessTokens
from bilag.wire.errors import EdgeError, Misconfigured, Unavailable
from bilag.wire.http import Answer, ConnectionFault, NotJson, WireClient
from bilag.wire.recording import scrub

MARGIN_SECONDS = 30
"""How long before it expires a token is renewed."""
CREDENTIALS = frozenset({"username", "password", "api_key"})


class Tokens(AccessTokens):
    """The token of one user of the hub."""

    def __init__(self, wire: WireClient, values: Mapping[str, str]) -> None:
        super().__init__(self._sign_in, margin_seconds=MARGIN_SECONDS)
        self._wire = wire
        self._values = values
        self._secrets = frozenset(value for name in ("password", "api_key") if len(value := values.get(name, "")) > 3)

    @property
    def secrets(self) -> frozenset[str]:
        """What must never be shown: password, key and token."""
        return self._secrets | {self.current} if self.current else self._secrets

    def field_at_fault(self) -> str:
        """Return the setup field to check when the hub rejects the credentials."""
        return "setup platform.azets." + ("username" if self._values.get("username") else "api_key")

    def _sign_in(self) -> tuple[str, float]:
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
            token = parse(TokenWire, value)
        except Malformed as error:
            raise malformed(str(error), writing=False) from error
        self._wire.add_secret(token.access_token)
        return token.access_token, token.expires_in

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
