"""Speaks the hub's wire: signs in, keeps to its limits, and turns every answer into JSON or one of the three errors."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO
from urllib.parse import quote

from bilag.platforms.azets.problems import About, code_of, error_of, malformed, page_error, problems_of
from bilag.platforms.azets.tokens import Tokens
from bilag.platforms.azets.wire import Malformed, Wire, parsed
from bilag.posting.problem import Problem
from bilag.wire.errors import Misconfigured, Refused, Unavailable
from bilag.wire.http import MAX_ANSWER_BYTES, Answer, ConnectionFault, NotJson, TooLarge, WireClient
from bilag.wire.rate_limit import RateLimited, RateLimits, own_rate_limit
from bilag.wire.recording import scrubbed

PAGE_LIMIT = 1000
MOST_PAGES = 10_000
LONGEST_REST_SECONDS = 120
REQUESTS_PER_MINUTE = 600
"""For an account, until the hub tells its own (contracts/azets-hub.md, section 6)."""
LIMIT_HEADERS = ("limit", "remaining", "reset")
RENEWED = frozenset({"token_expired", "token_invalid"})
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
NOTHING = About()


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON answer. `code` is the error's code where the caller said that it expects that error."""

    status: int
    value: Any
    code: str | None = None


class HubClient:
    """The hub for one client company. Safe for several threads; every failure is one of the edge's errors."""

    def __init__(self, values: Mapping[str, str], *, read_timeout: float, meters: RateLimits = own_rate_limit) -> None:
        secrets = frozenset(value for name in ("password", "api_key") if (value := values.get(name)))
        self._wire = WireClient("azets", values["base_url"], read_timeout=read_timeout, secrets=secrets)
        self._tokens = Tokens(self._wire, values)
        parent, client = values["parent_client_id"], values["source_client_id"]
        self._scope = f"parents/{quote(parent, safe='')}/clients/{quote(client, safe='')}/"
        self._scope_facts = {"client": client, "parent": parent}
        self._scope_values = {"parent_client_id_invalid": parent, "source_client_id_invalid": client}
        account = values.get("username") or values.get("api_key", "")
        self._meter = meters(f"azets {values['base_url']} {account}", REQUESTS_PER_MINUTE)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def sign_in(self) -> None:
        """Get a token now."""
        self._tokens.renew(self._tokens.current)

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        about: About = NOTHING,
        expect: Collection[str] = (),
    ) -> Reply:
        """Send one request under the client and give its answer.

        `path` is percent-encoded; `about.body` is the JSON to be sent (None = no body). Errors whose code is among
        `expect` are given as a `Reply` with that code. A token that is no longer taken is renewed once.
        """
        answer = self._answered(lambda token: self._send(method, path, params, about, token))
        return self._judged(answer, about, method != "GET", expect)

    def download(self, path: str, into: BinaryIO, *, max_bytes: int, about: About) -> Mapping[str, str]:
        """Write what stands at `path` to `into`, a piece at a time; the answer's headers. Raises `TooLarge`, too.

        After an error part of it may stand in `into`.
        """
        answer = self._answered(lambda token: self._send("GET", path, None, about, token, into, max_bytes))
        if not 200 <= answer.status < 300:
            self._judged(answer, about, False, ())
        return answer.headers

    def items(self, path: str, kind: type[Wire], params: Mapping[str, str] | None = None) -> Iterator[Wire]:
        """Every item of a list, a page at a time. Pages that go round in a circle are a fault of the hub."""
        cursor: str | None = None
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            asked = {**(params or {}), "limit": str(PAGE_LIMIT)} | ({"cursor": cursor} if cursor else {})
            value = self._page(path, asked)
            rows = value.get("items") if isinstance(value, dict) else None
            if not isinstance(rows, list):
                raise malformed(f"{path}: a list of items is expected", writing=False)
            for row in rows:
                yield self.parsed(kind, row)
            cursor = value.get("nextCursor")
            if not cursor:
                return
            if not isinstance(cursor, str) or cursor in seen:
                break
            seen.add(cursor)
        raise malformed(f"{path}: the pages do not end", writing=False)

    def read(self, path: str) -> Any:
        """The JSON of a GET."""
        return self.ask("GET", path).value

    def parsed(self, kind: type[Wire], value: Any, *, writing: bool = False) -> Wire:
        """`value` as `kind`; an answer that is not what the contract says is a fault of the hub, tried again."""
        try:
            return parsed(kind, value)
        except Malformed as error:
            raise malformed(str(error), writing=writing) from error

    def _page(self, path: str, params: Mapping[str, str]) -> Any:
        """One page of a list. A cursor that ran out meanwhile costs a retry from the first page, not a person."""
        try:
            return self.ask("GET", path, params=params).value
        except Refused as error:
            if "cursor" in params and error.problems[0].code == "cursor_invalid":
                raise Unavailable(error.problems[0], outcome_known=True) from error
            raise

    def _token(self) -> str:
        self._counted()
        return self._tokens.valid()

    def _answered(self, send: Callable[[str], Answer]) -> Answer:
        """The answer to what `send` asks with a token. Raises `Misconfigured` where a new token is refused as well."""
        answer, refusal = self._attempt(send)
        if refusal is not None:
            answer, refusal = self._attempt(send)
        if refusal is not None:
            said = scrubbed(refusal.said, self._tokens.secrets) if refusal.said else None
            raise Misconfigured([replace(refusal, subject=self._tokens.field_at_fault(), said=said)])
        return answer

    def _attempt(self, send: Callable[[str], Answer]) -> tuple[Answer, Problem | None]:
        """The answer, and the problem if it refuses the token: then the next `_token` is another one."""
        token = self._token()
        answer = send(token)
        self._note_limits(answer)
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
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        if into is not None:  # a file as it is: packed once more it could be any size
            headers |= {"Accept": "*/*", "Accept-Encoding": "identity"}
        path = self._scope + path
        try:
            return self._wire.send(
                method, path, params=params, json_body=about.body, into=into, headers=headers, max_bytes=max_bytes
            )
        except ConnectionFault as fault:
            if into is not None and isinstance(fault, TooLarge):
                raise
            code = "hub_unreachable" if fault.outcome_known else "hub_timeout"
            problem = Problem(code, about.subject, {"cause": str(fault)})
            known = fault.outcome_known or method == "GET"
            raise Unavailable(problem, outcome_known=known, retry_after=fault.retry_after) from fault

    def _judged(self, answer: Answer, about: About, writing: bool, expect: Collection[str]) -> Reply:
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
        document = scrubbed(value, self._tokens.secrets) if isinstance(value, dict) else {}
        problems = [self._with_scope(problem) for problem in problems_of(code, document, about)]
        raise error_of(answer.status, problems, writing=writing, retry_after=answer.retry_after)

    def _with_scope(self, problem: Problem) -> Problem:
        """A problem of the setup with the ids that it is about."""
        if not problem.subject.startswith("setup "):
            return problem
        given = self._scope_values.get(problem.code)
        return replace(
            problem, facts={**problem.facts, **self._scope_facts} | ({"value": given} if given is not None else {})
        )

    def _counted(self) -> None:
        """Wait for a place among the account's requests, a little; the company waits for more, the worker does not."""
        try:
            self._meter.enter()
        except RateLimited as held:
            problem = Problem("rate_limited", "", {"seconds": str(held.seconds)})
            raise Unavailable(problem, outcome_known=True, retry_after=held.seconds) from held

    def _note_limits(self, answer: Answer) -> None:
        """Learn from the answer what the hub allows, and rest until its minute is over where nothing is left of it."""
        limit, left, reset = (answer.headers.get(f"x-ratelimit-{name}", "").strip() for name in LIMIT_HEADERS)
        if _WHOLE_NUMBER.fullmatch(limit) and int(limit):
            self._meter.allow(int(limit))
        seconds = (answer.retry_after or 0) if answer.status == 429 else 0
        if left == "0" and _WHOLE_NUMBER.fullmatch(reset):
            seconds = max(seconds, int(reset))
        if seconds:
            self._meter.rest(min(seconds, LONGEST_REST_SECONDS))


def _refused_token(answer: Answer) -> Problem | None:
    """The problem of a 401 that a new token may cure; HTML counts as token_invalid (azets-hub.md, section 6)."""
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
    return Problem(code, "", {}, message if isinstance(message, str) else None) if code in RENEWED else None
