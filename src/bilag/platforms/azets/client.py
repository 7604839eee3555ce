"""The hub's HTTP client: sign-in, rate limits, paging; every answer becomes JSON or one of the three errors."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO
from urllib.parse import quote

from bilag.platforms.azets.problems import About, code_of, error_of, malformed, page_error, problems_of
from bilag.platforms.azets.tokens import Tokens
from bilag.platforms.azets.wire import Malformed, Wire, parse
from bilag.posting.problem import Problem
from bilag.wire.errors import Misconfigured, Refused, Unavailable
from bilag.wire.http import MAX_ANSWER_BYTES, Answer, ConnectionFault, NotJson, TooLarge, UploadedFile, WireClient
from bilag.wire.rate_limit import RateLimited, RateLimits, unshared_rate_limit
from bilag.wire.recording import has_sent, scrub

SYSTEM = "azets"
PAGE_LIMIT = 1000
MAX_PAGES = 10_000
MAX_PAUSE_SECONDS = 120
REQUESTS_PER_MINUTE = 600
"""The account's allowance until the hub reports its own (contracts/azets-hub.md, section 6)."""
LIMIT_HEADERS = ("limit", "remaining", "reset")
TOKEN_REFUSED = frozenset({"token_expired", "token_invalid"})
"""Error codes after which a new token is fetched."""
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
NO_CONTEXT = About()


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON answer. `code` is the error's code if the caller expected that error."""

    status: int
    value: Any
    code: str | None = None


class HubClient:
    """The hub for one client company. Thread-safe; every failure is one of the errors of `bilag.wire.errors`."""

    def __init__(
        self, values: Mapping[str, str], *, read_timeout: float, rate_limits: RateLimits = unshared_rate_limit
    ) -> None:
        secrets = frozenset(value for name in ("password", "api_key") if (value := values.get(name)))
        self._wire = WireClient(SYSTEM, values["base_url"], read_timeout=read_timeout, secrets=secrets)
        self._tokens = Tokens(self._wire, values)
        parent, client = values["parent_client_id"], values["source_client_id"]
        self._scope = f"parents/{quote(parent, safe='')}/clients/{quote(client, safe='')}/"
        self._scope_facts = {"client": client, "parent": parent}
        self._scope_values = {"parent_client_id_invalid": parent, "source_client_id_invalid": client}
        account = values.get("username") or values.get("api_key", "")
        self._rate_limit = rate_limits(f"azets {values['base_url']} {account}", REQUESTS_PER_MINUTE)
        self._limit_told = False

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def sign_in(self) -> None:
        """Fetch a new token now."""
        self._tokens.renew(self._tokens.current)

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        about: About = NO_CONTEXT,
        expect: Collection[str] = (),
    ) -> Reply:
        """Send one request below the client's address and return the answer.

        `path` is percent-encoded; `about.body` is the JSON to send (None = no body). Errors with a code in `expect` are
        returned as a `Reply` with that code. A rejected token is renewed once.
        """
        answer = self._send_with_token(lambda token: self._send(method, path, params, about, token))
        return self._interpret(answer, about, method != "GET", expect)

    def upload(self, path: str, file: UploadedFile, *, about: About, expect: Collection[str] = ()) -> Reply:
        """Send a file in a form, as `ask` sends JSON."""
        answer = self._send_with_token(lambda token: self._send("POST", path, None, about, token, file=file))
        return self._interpret(answer, about, True, expect)

    def download(self, path: str, into: BinaryIO, *, max_bytes: int, about: About) -> Mapping[str, str]:
        """Stream a file into `into` and return the answer's headers. May also raise `TooLarge`.

        After an error, `into` may hold part of the file.
        """
        answer = self._send_with_token(lambda token: self._send("GET", path, None, about, token, into, max_bytes))
        if not 200 <= answer.status < 300:
            self._interpret(answer, about, False, ())
        return answer.headers

    def items(self, path: str, kind: type[Wire], params: Mapping[str, str] | None = None) -> Iterator[Wire]:
        """Yield every item of a list, page by page. Raises `Unavailable` if the pages never end."""
        cursor: str | None = None
        seen: set[str] = set()
        for _ in range(MAX_PAGES):
            query = {**(params or {}), "limit": str(PAGE_LIMIT)} | ({"cursor": cursor} if cursor else {})
            value = self._page(path, query)
            rows = value.get("items") if isinstance(value, dict) else None
            if not isinstance(rows, list):
                raise malformed(f"{path}: a list of items is expected", writing=False)
            for row in rows:
                yield self.parse(kind, row)
            cursor = value.get("nextCursor")
            if not cursor:
                return
            if not isinstance(cursor, str) or cursor in seen:
                break
            seen.add(cursor)
        raise malformed(f"{path}: the pages do not end", writing=False)

    def read(self, path: str) -> Any:
        """Return the JSON of a GET."""
        return self.ask("GET", path).value

    def parse(self, kind: type[Wire], value: Any, *, writing: bool = False) -> Wire:
        """Parse JSON as `kind`. An answer that breaks the contract is a fault of the hub, to be retried."""
        try:
            return parse(kind, value)
        except Malformed as error:
            raise malformed(str(error), writing=writing) from error

    def _page(self, path: str, params: Mapping[str, str]) -> Any:
        """Fetch a page. An expired cursor raises `Unavailable`, so that the retry starts from the first page."""
        try:
            return self.ask("GET", path, params=params).value
        except Refused as error:
            if "cursor" in params and error.problems[0].code == "cursor_invalid":
                raise Unavailable(error.problems[0], outcome_known=True) from error
            raise

    def _token(self) -> str:
        self._wait_for_rate_limit()
        return self._tokens.valid()

    def _send_with_token(self, send: Callable[[str], Answer]) -> Answer:
        """Send with a token, and once more with a new one. Raises `Misconfigured` if that is rejected too."""
        answer, refusal = self._send_once(send)
        if refusal is not None:
            answer, refusal = self._send_once(send)
        if refusal is not None:
            said = scrub(refusal.said, self._tokens.secrets) if refusal.said else None
            raise Misconfigured([replace(refusal, subject=self._tokens.field_at_fault(), said=said)])
        return answer

    def _send_once(self, send: Callable[[str], Answer]) -> tuple[Answer, Problem | None]:
        """Send once. Returns the answer, and the problem if it rejects the token, which is then withdrawn."""
        token = self._token()
        answer = send(token)
        self._adopt_limits(answer)
        refusal = _refused_token(answer)
        if refusal is not None:
            self._tokens.withdraw(token)
        return answer, refusal

    def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        about: About,
        token: str,
        into: BinaryIO | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        file: UploadedFile | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        if into is not None:  # uncompressed, so that max_bytes bounds the file
            headers |= {"Accept": "*/*", "Accept-Encoding": "identity"}
        path = self._scope + path
        try:
            return self._wire.send(
                method,
                path,
                params=params,
                json_body=about.body,
                file=file,
                into=into,
                headers=headers,
                max_bytes=max_bytes,
            )
        except ConnectionFault as fault:
            if into is not None and isinstance(fault, TooLarge):
                raise
            code = "hub_unreachable" if fault.outcome_known else "hub_timeout"
            code = "own_limit_reached" if fault.is_own else code
            problem = Problem(code, about.subject, {"cause": str(fault)})
            known = fault.outcome_known or method == "GET"
            raise Unavailable(problem, outcome_known=known, retry_after=fault.retry_after) from fault

    def _interpret(self, answer: Answer, about: About, writing: bool, expect: Collection[str]) -> Reply:
        succeeded = 200 <= answer.status < 300
        if answer.status == 204:
            return Reply(204, None)
        try:
            value = answer.json()
        except NotJson as error:
            if succeeded:
                raise malformed(str(error), writing=writing) from error
            raise page_error(answer.status, about, writing=writing, retry_after=answer.retry_after) from error
        if succeeded:
            return Reply(answer.status, value)
        code = code_of(value, answer.status)
        if code in expect:
            return Reply(answer.status, value, code)
        document = scrub(value, self._tokens.secrets) if isinstance(value, dict) else {}
        problems = [self._with_scope(problem) for problem in problems_of(code, document, about)]
        raise error_of(answer.status, problems, writing=writing, retry_after=answer.retry_after)

    def _with_scope(self, problem: Problem) -> Problem:
        """Add client and parent id to a problem of the setup."""
        if not problem.subject.startswith("setup "):
            return problem
        given = self._scope_values.get(problem.code)
        return replace(
            problem, facts={**problem.facts, **self._scope_facts} | ({"value": given} if given is not None else {})
        )

    def adopt_profile_limit(self, per_minute: int) -> None:
        """Adopt the rate limit of a client's profile, unless the answers themselves report the account's."""
        if per_minute > 0 and not self._limit_told:
            self._rate_limit.set_allowance(per_minute)

    def _wait_for_rate_limit(self) -> None:
        """Wait briefly for a place in the account's rate limit; longer if this job has sent requests already.

        If that is not enough, raise `Unavailable`: the transfer is retried later and the worker is free.
        """
        try:
            self._rate_limit.acquire(begun=has_sent(SYSTEM))
        except RateLimited as limited:
            problem = Problem("rate_limited", "", {"seconds": str(limited.seconds)})
            raise Unavailable(problem, outcome_known=True, retry_after=limited.seconds) from limited

    def _adopt_limits(self, answer: Answer) -> None:
        """Adopt the rate limit the answer reports, and pause until its minute ends if nothing is left."""
        limit, left, reset = (answer.headers.get(f"x-ratelimit-{name}", "").strip() for name in LIMIT_HEADERS)
        if _WHOLE_NUMBER.fullmatch(limit) and int(limit):
            self._limit_told = True
            self._rate_limit.set_allowance(int(limit))
        seconds = (answer.retry_after or 0) if answer.status == 429 else 0
        if left == "0" and _WHOLE_NUMBER.fullmatch(reset):
            seconds = max(seconds, int(reset))
        if seconds:
            self._rate_limit.pause(min(seconds, MAX_PAUSE_SECONDS))


def _refused_token(answer: Answer) -> Problem | None:
    """Return the problem of a 401 that a new token may fix. HTML counts as token_invalid (azets-hub.md, section 6)."""
    if answer.status != 401:
        return None
    try:
        value = answer.json()
    except NotJson:
        return Problem("token_invalid", "", {"status": "401"})
    document = value if isinstance(value, dict) else {}
    code, message = document.get("code"), document.get("message")
    if not isinstance(code, str) or not code:
        code = "token_invalid"
    return Problem(code, "", {}, message if isinstance(message, str) else None) if code in TOKEN_REFUSED else None
