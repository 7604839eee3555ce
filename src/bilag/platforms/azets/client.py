"""Speaks the hub's wire: signs in, keeps to its limits, and turns every answer into JSON or one of the three errors."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bilag.platforms.azets.problems import error_of, problem_of
from bilag.platforms.azets.tokens import Tokens
from bilag.platforms.azets.wire import Malformed, Wire, parsed
from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Unavailable
from bilag.wire.http import Answer, ConnectionFault, NotJson, WireClient

PAGE_LIMIT = 1000
MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON answer that is no error, with its status."""

    status: int
    value: Any


class HubError(Exception):
    """An error that its caller may want to look into: the error and the body it came with."""

    def __init__(self, error: EdgeError, status: int, code: str, body: Any) -> None:
        self.error = error
        self.status = status
        self.code = code
        self.body = body
        super().__init__(str(error))


class HubClient:
    """The hub for one client company. Safe for several threads."""

    def __init__(self, values: Mapping[str, str], *, read_timeout: float) -> None:
        secrets = frozenset(value for name in ("password", "api_key") if (value := values.get(name)))
        self._wire = WireClient("azets", values["base_url"], read_timeout=read_timeout, secrets=secrets)
        self._tokens = Tokens(self._wire, values)
        parent, client = values["parent_client_id"], values["source_client_id"]
        self._scope = f"parents/{quote(parent, safe='')}/clients/{quote(client, safe='')}/"
        self._rest_until = 0.0

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def sign_in(self) -> None:
        """Get a token now. Raises the edge's errors."""
        self._tokens.renew(self._tokens.current)

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        about: str = "",
        writing: bool | None = None,
    ) -> Reply:
        """Send one request under the client and give its answer. `about` is what a refusal is told of.

        Raises `HubError`, whose `error` is what the rest of Bilag knows. An expired token is renewed once.
        """
        changes = method != "GET" if writing is None else writing
        for last in (False, True):
            self._rest()
            token = self._tokens.valid()
            answer = self._send(method, path, params, body, token, changes)
            self._note_limits(answer)
            if answer.status != 401:
                return self._judged(answer, body, about, changes)
            self._tokens.refused(token, last=last, said=_words(answer))
        raise AssertionError("the second refusal raises")

    def items(self, path: str, kind: type[Wire], params: Mapping[str, str] | None = None) -> Iterator[Wire]:
        """Every item of a list, page after page. Raises the edge's errors."""
        cursor, seen = None, set[str]()
        for _ in range(MOST_PAGES):
            asked = {**(params or {}), "limit": str(PAGE_LIMIT)} | ({"cursor": cursor} if cursor else {})
            value = self.read(path, params=asked)
            rows = value.get("items") if isinstance(value, dict) else None
            if not isinstance(rows, list):
                raise malformed("items: a list is expected", writing=False)
            for row in rows:
                yield self.parsed(kind, row)
            cursor = value.get("nextCursor")
            if not isinstance(cursor, str) or cursor in seen:
                return
            seen.add(cursor)

    def read(self, path: str, *, params: Mapping[str, str] | None = None, about: str = "") -> Any:
        """The JSON of a GET. Raises the edge's errors."""
        try:
            return self.ask("GET", path, params=params, about=about).value
        except HubError as error:
            raise error.error from error

    def parsed(self, kind: type[Wire], value: Any, *, writing: bool = False) -> Wire:
        """`value` as `kind`; an answer that is not what the contract says is a fault of the hub, tried again."""
        try:
            return parsed(kind, value)
        except Malformed as error:
            raise malformed(str(error), writing=writing) from error

    def _send(
        self, method: str, path: str, params: Mapping[str, str] | None, body: Any, token: str, changes: bool
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            return self._wire.send(method, self._scope + path, params=params, json_body=body, headers=headers)
        except ConnectionFault as fault:
            code = "hub_unreachable" if fault.outcome_known else "hub_timeout"
            problem = Problem(code, "", {"cause": str(fault)})
            error = Unavailable(problem, outcome_known=fault.outcome_known or not changes)
            raise HubError(error, 0, code, None) from fault

    def _judged(self, answer: Answer, body: Any, about: str, changes: bool) -> Reply:
        try:
            value = answer.json() if answer.body or answer.status != 204 else None
        except NotJson as error:
            if 200 <= answer.status < 300 or answer.status in (403, 404, 422):
                raise HubError(malformed(str(error), writing=changes), answer.status, "hub_malformed", None) from error
            raise self._proxy_error(answer, changes) from error
        if 200 <= answer.status < 300:
            return Reply(answer.status, value)
        raise self._refusal(answer, value, body, about, changes)

    def _proxy_error(self, answer: Answer, changes: bool) -> HubError:
        """Not JSON: a proxy's page. 5xx is a fault that passes, 413 is ours."""
        facts = {"status": str(answer.status)}
        if answer.status == 413:
            problem = Problem("request_too_large", "", facts)
            return HubError(error_of(413, problem.code, [problem], writing=changes), 413, problem.code, None)
        limited = answer.status == 429
        problem = Problem("rate_limited" if limited else "hub_proxy_error", "", facts)
        known = limited or not changes
        error = Unavailable(problem, outcome_known=known, retry_after=answer.retry_after)
        return HubError(error, answer.status, problem.code, None)

    def _refusal(self, answer: Answer, value: Any, body: Any, about: str, changes: bool) -> HubError:
        document = value if isinstance(value, dict) else {}
        code, message = str(document.get("code") or ""), str(document.get("message") or "")
        if not code:
            if answer.status >= 500 or answer.status == 429:
                return self._proxy_error(answer, changes)
            code = "hub_refused"
        details = [
            detail for detail in document.get("details") or [] if isinstance(detail, dict) and detail.get("code")
        ]
        if details:
            problems = [_problem_of_detail(one, about, body) for one in details]
        else:
            problems = [problem_of(code, message, subject=about, body=body)]
        error = error_of(answer.status, code, problems, writing=changes, retry_after=answer.retry_after)
        return HubError(error, answer.status, code, value)

    def _rest(self) -> None:
        """Send nothing while the hub's minute is used up: the company waits, the worker does not."""
        left = self._rest_until - time.monotonic()
        if left > 0:
            problem = Problem("rate_limited", "", {"seconds": str(round(left) or 1)})
            raise HubError(
                Unavailable(problem, outcome_known=True, retry_after=int(left) + 1), 429, "rate_limited", None
            )

    def _note_limits(self, answer: Answer) -> None:
        seconds = answer.retry_after if answer.status == 429 else None
        reset = answer.headers.get("x-ratelimit-reset", "")
        if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
            seconds = max(seconds or 0, min(int(reset), 120))
        if seconds:
            self._rest_until = time.monotonic() + seconds


def _problem_of_detail(detail: Mapping[str, Any], about: str, body: Any) -> Problem:
    message, field = str(detail.get("message") or ""), str(detail.get("field") or "")
    return problem_of(str(detail["code"]), message, subject=about, field=field, body=body)


def malformed(why: str, *, writing: bool) -> Unavailable:
    """An answer that is not what the contract says. After a request that changes something the outcome is unknown."""
    return Unavailable(Problem("hub_malformed", "", {"why": why}), outcome_known=not writing)


def _words(answer: Answer) -> tuple[str, str]:
    """The code and message of a 401; HTML counts as token_invalid (azets-hub.md, section 6)."""
    try:
        value = answer.json()
    except NotJson:
        return "token_invalid", ""
    document = value if isinstance(value, dict) else {}
    return str(document.get("code") or "token_invalid"), str(document.get("message") or "")
