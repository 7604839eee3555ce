"""PowerOffice Go's HTTP client: sign-in, rate limit, paging; every answer becomes rows or one of the three errors."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, BinaryIO

from bilag.platforms.poweroffice_go.operations import Operation
from bilag.platforms.poweroffice_go.problems import About, error_of, key_refused, malformed, pause_of
from bilag.platforms.poweroffice_go.setup import VERSION
from bilag.platforms.poweroffice_go.tokens import sign_in
from bilag.platforms.poweroffice_go.wire import Malformed, Wire, parse
from bilag.posting.problem import Problem
from bilag.wire.access_tokens import AccessTokens
from bilag.wire.errors import Unavailable
from bilag.wire.http import MAX_ANSWER_BYTES, Answer, ConnectionFault, NotJson, TooLarge, UploadedFile, WireClient
from bilag.wire.rate_limit import RateLimited, RateLimits, unshared_rate_limit
from bilag.wire.recording import has_sent, scrub

SYSTEM = "poweroffice_go"
PAGE_SIZE = 5000
MAX_PAGES = 2_000
MAX_PAUSE_SECONDS = 120
TOKEN_MARGIN_SECONDS = 60
"""How long before it expires a token is renewed."""
REQUESTS_A_SECOND = 10
"""What Go allows a subscription key, whoever of its clients they are for."""
SECRETS = ("application_key", "subscription_key", "client_key")
PATCH = "application/json-patch+json"
NO_CONTEXT = About()


@dataclass(frozen=True, slots=True)
class _Request:
    """What is sent, apart from the token."""

    method: str
    path: str
    params: Mapping[str, str]
    body: Any = None
    content_type: str = "application/json"
    file: UploadedFile | None = None
    into: BinaryIO | None = None
    max_bytes: int = MAX_ANSWER_BYTES

    @property
    def writing(self) -> bool:
        return self.method != "GET"


class GoClient:
    """One client of PowerOffice Go. Thread-safe; every failure is one of the errors of `bilag.wire.errors`."""

    def __init__(
        self, values: Mapping[str, str], *, read_timeout: float, rate_limits: RateLimits = unshared_rate_limit
    ) -> None:
        """`values`: the setup fields, those of the installation among them."""
        self._secrets = {key for name in SECRETS if (key := values.get(name))}
        self._keys = (values["application_key"], values["client_key"])
        self._subscription = {"Ocp-Apim-Subscription-Key": values["subscription_key"]}
        root = values["base_url"].rstrip("/").removesuffix(VERSION)
        self._wire = WireClient(SYSTEM, root, read_timeout=read_timeout, secrets=frozenset(self._secrets))
        self._tokens = AccessTokens(self._fetch_token, margin_seconds=TOKEN_MARGIN_SECONDS)
        digest = hashlib.sha256(values["subscription_key"].encode()).hexdigest()[:16]
        self._rate_limit = rate_limits(f"{SYSTEM} {root} {digest}", REQUESTS_A_SECOND, 1.0)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def sign_in(self) -> None:
        """Fetch a new token now."""
        self._tokens.renew(self._tokens.current)

    def rows(
        self, operation: Operation, kind: type[Wire], params: Mapping[str, str] | None = None, *, by: str = ""
    ) -> Iterator[Wire]:
        """Yield every row of a list, page by page; see `pages`."""
        for page in self.pages(operation, kind, params, by=by):
            yield from page

    def pages(
        self,
        operation: Operation,
        kind: type[Wire],
        params: Mapping[str, str] | None = None,
        *,
        by: str = "",
        size: int = PAGE_SIZE,
    ) -> Iterator[list[Wire]]:
        """Yield a list a page at a time, ordered by a field if one is named. Raises `Unavailable` if the pages never end."""
        for page in range(1, MAX_PAGES + 1):
            paging = {"PageNumber": str(page), "PageSize": str(size)} if operation.paged else {}
            query = {**(params or {}), **paging, **({"OrderBy": by} if by else {})}
            value = self.read(operation, query)
            if value is None:
                return
            if not isinstance(value, list):
                raise malformed(f"{operation.path}: a list is expected", writing=False)
            yield [self._parse(kind, row, writing=False) for row in value]
            if not operation.paged or len(value) < size:
                return
        raise malformed(f"{operation.path}: the pages do not end", writing=False)

    def one(self, operation: Operation, kind: type[Wire], key: str = "") -> Wire:
        """Read an object: of the client, or the one with this id. Raises `Refused` if there is none."""
        return self._parse(kind, self._send(operation, "GET", key), writing=False)

    def find(self, operation: Operation, kind: type[Wire], key: str) -> Wire | None:
        """Read the object with this id; None if there is none."""
        value = self._send(operation, "GET", key, expect=(404,))
        return None if value is None else self._parse(kind, value, writing=False)

    def read(self, operation: Operation, params: Mapping[str, str]) -> Any:
        """Return the JSON of a GET; None if the answer is empty."""
        return self._send(operation, "GET", params=params)

    def create(self, operation: Operation, body: Mapping[str, Any], kind: type[Wire], about: About) -> Wire:
        """Create an object and return it as Go has it."""
        return self._parse(kind, self._send(operation, "POST", body=body, about=about), writing=True)

    def update(self, operation: Operation, key: int, changes: Sequence[Mapping[str, Any]], about: About) -> None:
        """Change an object by a JSON Patch."""
        self._send(operation, "PATCH", str(key), body=list(changes), content_type=PATCH, about=about)

    def call(self, operation: Operation, key: str, about: About) -> None:
        """Call an operation on an object that takes no body."""
        self._send(operation, "POST", key, about=about)

    def attach(self, operation: Operation, params: Mapping[str, str], file: UploadedFile, about: About) -> None:
        """Send a file."""
        self._send(operation, "PUT", params=params, file=file, about=about)

    def download(
        self, operation: Operation, params: Mapping[str, str], into: BinaryIO, *, max_bytes: int, about: About
    ) -> bool:
        """Stream a file into `into`; returns False if there is none. May also raise `TooLarge`.

        After an error, `into` may hold part of the file.
        """
        operation.check(params)
        request = _Request("GET", f"{VERSION[1:]}/{operation.path}", params, into=into, max_bytes=max_bytes)
        answer = self._send_with_token(request, about)
        if answer.status in (204, 404):
            return False
        if not 200 <= answer.status < 300:
            raise self._error(answer, replace(about, privilege=operation.privilege), writing=False)
        return True

    def _send(
        self,
        operation: Operation,
        method: str,
        key: str = "",
        *,
        params: Mapping[str, str] | None = None,
        about: About = NO_CONTEXT,
        expect: Collection[int] = (),
        **content: Any,
    ) -> Any:
        """Send one request and return its JSON; None if it is empty, or its status is in `expect`."""
        query = dict(params or {})
        operation.check(query)
        path = "/".join(part for part in (VERSION[1:], operation.path, key) if part)
        request = _Request(method, path, query, **content)
        about = replace(about, privilege=operation.privilege)
        answer = self._send_with_token(request, about)
        if answer.status in expect:
            return None
        if not 200 <= answer.status < 300:
            raise self._error(answer, about, writing=request.writing)
        if answer.status == 204 or not answer.body.strip():
            return None
        try:
            return answer.json()
        except NotJson as error:
            raise malformed(str(error), writing=request.writing) from error

    def _error(self, answer: Answer, about: About, *, writing: bool) -> Exception:
        return error_of(answer, self._document(answer), about, writing=writing)

    def _document(self, answer: Answer) -> Any:
        """Return the JSON of an error without secrets; None if it is a page."""
        try:
            return scrub(answer.json(), frozenset(self._secrets))
        except NotJson:
            return None

    def _parse(self, kind: type[Wire], value: Any, *, writing: bool) -> Wire:
        try:
            return parse(kind, value)
        except Malformed as error:
            raise malformed(str(error), writing=writing) from error

    def _send_with_token(self, request: _Request, about: About) -> Answer:
        """Send with a token, and once more with a new one if it is rejected. Raises `Misconfigured` if that is, too."""
        for _ in range(2):
            token = self._tokens.valid()
            answer = self._within_limit(partial(self._ask, request, about, token))
            if answer.status != 401:
                return answer
            self._tokens.withdraw(token)
        raise key_refused(self._document(answer))

    def _ask(self, request: _Request, about: About, token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}", **self._subscription}
        if request.into is not None:  # uncompressed, so that max_bytes bounds the file
            headers |= {"Accept": "*/*", "Accept-Encoding": "identity"}
        try:
            return self._wire.send(
                request.method,
                request.path,
                params=request.params,
                json_body=request.body,
                content_type=request.content_type,
                file=request.file,
                into=request.into,
                headers=headers,
                max_bytes=request.max_bytes,
            )
        except ConnectionFault as fault:
            if request.into is not None and isinstance(fault, TooLarge):
                raise
            raise _unavailable(fault, about, writing=request.writing) from fault

    def _fetch_token(self) -> tuple[str, float]:
        token, lifetime = sign_in(self._ask_for_token)
        self._keep_secret(token)
        return token, lifetime

    def _ask_for_token(self) -> Answer:
        """Ask for a token. This is idempotent, so the outcome is always known."""

        def ask() -> Answer:
            try:
                return self._wire.send(
                    "POST",
                    "OAuth/Token",
                    form={"grant_type": "client_credentials"},
                    auth=self._keys,
                    headers=self._subscription,
                )
            except ConnectionFault as fault:
                raise _unavailable(fault, NO_CONTEXT, writing=False) from fault

        return self._within_limit(ask)

    def _within_limit(self, ask: Callable[[], Answer]) -> Answer:
        """Wait briefly for a place in the rate limit, ask, and let everybody pause after a 429."""
        try:
            self._rate_limit.acquire(begun=has_sent(SYSTEM))
        except RateLimited as limited:
            problem = Problem("rate_limited", "", {"seconds": str(limited.seconds)})
            raise Unavailable(problem, outcome_known=True, retry_after=limited.seconds) from limited
        answer = ask()
        if answer.status == 429:
            self._rate_limit.pause(min(pause_of(answer, self._document(answer)), MAX_PAUSE_SECONDS))
        return answer

    def _keep_secret(self, token: str) -> None:
        self._secrets.add(token)
        self._wire.add_secret(token)


def _unavailable(fault: ConnectionFault, about: About, *, writing: bool) -> Unavailable:
    code = "poweroffice_unreachable" if fault.outcome_known else "poweroffice_timeout"
    code = "own_limit_reached" if fault.is_own else code
    problem = Problem(code, about.subject, {"cause": str(fault)})
    return Unavailable(problem, outcome_known=fault.outcome_known or not writing, retry_after=fault.retry_after)
