"""An HTTP client for foreign systems: time-outs, size limits, decimals kept exact, each exchange recorded.

It judges no status code; it only tells a request that surely was not carried out from one that may have been.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpx2
import simplejson

from bilag import __version__
from bilag.wire import private_networks
from bilag.wire.circuit_breaker import DOWN, REST_SECONDS, CircuitBreaker, CircuitOpen
from bilag.wire.recording import Exchange, record, scrubbed, storable

MAX_ANSWER_BYTES = 32 * 1024 * 1024
MAX_KEPT_CHARACTERS = 20_000
MOST_LEVELS = 64
MOST_RETRY_AFTER = 24 * 3600
WHOLE_ANSWER = 4
"""So many read time-outs a whole answer may take: one that drips has no end otherwise."""
_ERRNO = re.compile(r"\[Errno -?\d+\] ")
KEEP_ALIVE_SECONDS = 2.0
"""Shorter than servers keep idle connections, so that a request seldom meets one that was just closed."""


class NotJson(Exception):
    """The answer's body is not JSON: a proxy's page, a body cut off, or nonsense."""


class ConnectionFault(Exception):
    """No answer came. `outcome_known` is True when the request surely did not reach the other side.

    `retry_after` is in seconds, where it was not sent at all: the other side did not answer before.
    """

    def __init__(self, message: str, *, outcome_known: bool, retry_after: int | None = None) -> None:
        self.outcome_known = outcome_known
        self.retry_after = retry_after
        super().__init__(message)


class TooLarge(ConnectionFault):
    """The answer is larger than was asked for."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file to be sent. `content` is read from its beginning, a piece at a time."""

    name: str
    content: BinaryIO
    content_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `headers` names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    _parsed: list[Any] = field(default_factory=list, repr=False, compare=False)

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case; empty where none was given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON; numbers with a decimal point become `Decimal`, never float, and every text can be stored.

        Raises `NotJson` for anything else, NaN, Infinity and what is nested deeper than `MOST_LEVELS` included: whoever
        goes through it may go level by level.
        """
        if self._parsed:
            return self._parsed[0]
        try:
            value = json.loads(self.body, parse_float=Decimal, parse_constant=_no_constant)
            if _too_deep(value):
                raise ValueError("it is nested without end")
            if b"\\u" in self.body or not self.body.isascii():
                value = _storable(value)
            self._parsed.append(value)
            return value
        except (ValueError, InvalidOperation, RecursionError) as error:
            raise NotJson(f"answer {self.status} is not JSON ({self.content_type or 'no content type'})") from error

    @property
    def retry_after(self) -> int | None:
        """Whole seconds of `Retry-After` (seconds or a date), never negative; None where absent or not understood."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return min(int(text[:10]), MOST_RETRY_AFTER)
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0, min(MOST_RETRY_AFTER, int((moment - datetime.now(UTC)).total_seconds()) + 1))


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS + 1):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _storable(value: Any) -> Any:
    """The same with texts that a database takes: JSON can name NUL and half a character, and somebody's does."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): _storable(item) for name, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def is_address(text: str) -> bool:
    """Whether requests can be sent below this address; a host such as 999.1.1.1 is none."""
    try:
        return bool(httpx2.URL(text).host)
    except (httpx2.InvalidURL, UnicodeError):
        return False


class WireClient:
    """Speaks HTTP with one system at one base address. Safe for several threads; `close` when done.

    `secrets` are texts that must never be recorded, wherever they turn up.
    """

    def __init__(
        self, system: str, base_url: str, *, read_timeout: float = 30.0, secrets: frozenset[str] = frozenset()
    ) -> None:
        self.system = system
        self._prefix = urlsplit(base_url).path.rstrip("/")
        self._secrets = {secret for secret in secrets if len(secret) > 3}
        self._read_timeout = read_timeout
        if not is_address(base_url):
            raise ValueError(f"{base_url!r} is no address")
        url = httpx2.URL(base_url)
        self.line = CircuitBreaker(f"{url.scheme}://{url.netloc.decode()}", rest=min(REST_SECONDS, read_timeout / 2))
        self._client = httpx2.Client(
            base_url=base_url.rstrip("/") + "/",
            timeout=httpx2.Timeout(read_timeout, connect=5.0, pool=read_timeout),
            transport=private_networks.transport(
                httpx2.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=KEEP_ALIVE_SECONDS)
            ),
            headers={"User-Agent": f"Bilag/{__version__}", "Accept": "application/json"},
            follow_redirects=False,
            trust_env=False,
        )

    def hide(self, secret: str) -> None:
        """Never record `secret` from now on: for tokens that are given out later."""
        if len(secret) > 3:
            self._secrets.add(secret)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json_body: Any = None,
        file: UploadedFile | None = None,
        into: BinaryIO | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """Send one request and read its whole answer, whatever its status. Raises `ConnectionFault` when none came.

        Raised at once, too, in a worker's job while the other side does not answer (`bilag.wire.circuit_breaker`).

        `path` is relative to the base address and already percent-encoded; a Decimal in `json_body` is written by its
        digits. `file` is sent as multipart/form-data, a piece at a time. The body of an answer below 300 is written to
        `into`, where given, and the answer's is empty then.
        """
        secrets = frozenset(self._secrets)
        exchange = Exchange(self.system, method, scrubbed(path, secrets))
        if (
            params
        ):  # what the other side gave (a cursor) may be no text at all: it is sent with a question mark, as in a body
            params = {name: value.encode("utf-8", "replace").decode() for name, value in params.items()}
            # scrubbed before they are encoded: a secret looks different afterwards
            exchange.path += f"?{httpx2.QueryParams(scrubbed(dict(params), secrets))}"
        exchange.request = scrubbed(json_body, secrets) if json_body is not None else None
        if file is not None:
            exchange.request = scrubbed({"file": file.name, "contentType": file.content_type}, secrets)
        request: dict[str, Any] = {
            "method": method,
            "url": path.lstrip("/"),
            "params": dict(params) if params else None,
            "headers": dict(headers or {}),
            "auth": auth,
        }
        if json_body is not None:
            request["content"] = simplejson.dumps(json_body, ensure_ascii=False, use_decimal=True).encode(
                "utf-8", "replace"
            )
            request["headers"]["Content-Type"] = "application/json"
        if file is not None:
            file.content.seek(0)  # what still stands in a buffer is written out too, else its size would be told wrong
            request["files"] = {"file": (file.name, file.content, file.content_type)}
        try:
            with self.line.guard():
                return self._recorded(exchange, secrets, request, into, max_bytes)
        except CircuitOpen as held:
            raise ConnectionFault(str(held), outcome_known=True, retry_after=held.seconds) from held

    def _recorded(
        self,
        exchange: Exchange,
        secrets: frozenset[str],
        request: Mapping[str, Any],
        into: BinaryIO | None,
        max_bytes: int,
    ) -> Answer:
        began = time.perf_counter()
        failed = False
        try:
            answer = self._exchange(request, into, max_bytes)
        except ConnectionFault as fault:
            failed = not isinstance(fault, TooLarge)
            exchange.error = scrubbed(str(fault), secrets)
            raise
        else:
            failed = answer.status in DOWN
            exchange.status = answer.status
            exchange.trace_id = answer.headers.get("x-trace-id")
            exchange.answer = scrubbed(_kept(answer, secrets), secrets)
            return answer
        finally:
            self.line.count(failed=failed)
            exchange.milliseconds = round((time.perf_counter() - began) * 1000)
            record(exchange)

    def _exchange(self, request: Mapping[str, Any], into: BinaryIO | None, max_bytes: int) -> Answer:
        try:
            with self._client.stream(**request) as response:
                kept, size = bytearray(), 0
                until = time.monotonic() + WHOLE_ANSWER * self._read_timeout
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if size > max_bytes:
                        raise TooLarge(f"the answer is larger than {max_bytes} bytes", outcome_known=False)
                    if time.monotonic() > until:
                        raise ConnectionFault("the answer has no end", outcome_known=False)
                    if into is not None and response.status_code < 300:
                        into.write(chunk)
                    else:
                        kept += chunk
                names = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, names, bytes(kept))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol) as error:
            raise ConnectionFault(f"no connection: {_reason(error)}", outcome_known=True) from error
        except httpx2.TimeoutException as error:
            raise ConnectionFault("no answer in time", outcome_known=False) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ConnectionFault(f"the connection broke: {_reason(error)}", outcome_known=False) from error


def _reason(error: Exception) -> str:
    """Return the error in words, without the number that the operating system gives it."""
    return _ERRNO.sub("", str(error)) or type(error).__name__


def _kept(answer: Answer, secrets: frozenset[str]) -> Any:
    """What is kept of an answer: its JSON where it is JSON and not huge, else the beginning of its text, which ends
    before a secret rather than within it."""
    if len(answer.body) <= MAX_KEPT_CHARACTERS and answer.body:
        try:
            return answer.json()
        except NotJson:
            pass
    longest = max(map(len, secrets), default=0)
    text = answer.body[: 4 * (MAX_KEPT_CHARACTERS + longest)].decode("utf-8", "replace")
    if len(text) <= MAX_KEPT_CHARACTERS:
        return text
    cut = MAX_KEPT_CHARACTERS
    for secret in secrets:
        at = text.find(secret, max(0, cut - len(secret) + 1), cut + len(secret) - 1)
        cut = at if at >= 0 else cut
    return text[:cut] + "…"
