"""HTTP client for other systems: time-outs, size limits, exact decimals, a record of each request.

It does not judge status codes. It separates requests that certainly did not arrive from those that may have.
"""

import contextlib
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpx2
import simplejson

from bilag import __version__
from bilag.wire import counters, fence, spans
from bilag.wire.circuit_breaker import DOWN, RECOVERY_SECONDS, CircuitBreaker, CircuitOpen
from bilag.wire.guarded_transport import OwnFault
from bilag.wire.recording import Exchange, record, scrub, storable
from bilag.wire.shared_transport import SharedTransport

MAX_ANSWER_BYTES = 32 * 1024 * 1024
MAX_RECORDED_CHARACTERS = 20_000
MAX_NESTING = 64
MAX_RETRY_AFTER_SECONDS = 24 * 3600
MAX_READ_TIMEOUTS = 4
"""How many read time-outs a complete answer may take. Without a limit a trickling answer would never end."""
_ERRNO = re.compile(r"\[Errno -?\d+\] ")


class NotJson(Exception):
    """The body is not JSON: a proxy's page, a truncated body or garbage."""


class ConnectionFault(Exception):
    """No answer came. `outcome_known` is True if the request certainly did not arrive.

    `retry_after` is in seconds, set if an open circuit breaker kept the request from being sent. `is_own`: this machine could not
    open a connection, and the other system has no part in it.
    """

    def __init__(
        self, message: str, *, outcome_known: bool, retry_after: int | None = None, is_own: bool = False
    ) -> None:
        self.outcome_known = outcome_known
        self.retry_after = retry_after
        self.is_own = is_own
        super().__init__(message)


class TooLarge(ConnectionFault):
    """The answer exceeds `max_bytes`."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file to send. `content` is streamed from its beginning; `fields` are sent before it, as fields of the same form."""

    name: str
    content: BinaryIO
    content_type: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    _parsed: list[Any] = field(default_factory=list, repr=False, compare=False)

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; empty if there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """Parse the body as JSON. Numbers with a decimal point become `Decimal`; texts are made storable.

        Raises `NotJson` for anything else, including NaN, Infinity and nesting deeper than `MAX_NESTING`, so that
        callers may recurse safely.
        """
        if self._parsed:
            return self._parsed[0]
        try:
            value = json.loads(self.body, parse_float=Decimal, parse_constant=_reject_constant)
            if _is_too_deep(value):
                raise ValueError("it is nested too deeply")
            if b"\\u" in self.body or not self.body.isascii():
                value = _storable(value)
            self._parsed.append(value)
            return value
        except (ValueError, InvalidOperation, RecursionError) as error:
            raise NotJson(f"answer {self.status} is not JSON ({self.content_type or 'no content type'})") from error

    @property
    def retry_after(self) -> int | None:
        """Whole seconds of `Retry-After` (seconds or a date), never negative; None if absent or unreadable."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return min(int(text[:10]), MAX_RETRY_AFTER_SECONDS)
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0, min(MAX_RETRY_AFTER_SECONDS, int((moment - datetime.now(UTC)).total_seconds()) + 1))


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_NESTING + 1):
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
    """Make every text storable: JSON can contain NUL and lone surrogates, which PostgreSQL rejects."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): _storable(item) for name, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list) else value


def _reject_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def is_address(text: str) -> bool:
    """Return whether requests can be sent to this base address; a host such as 999.1.1.1 is invalid."""
    try:
        return bool(httpx2.URL(text).host)
    except (httpx2.InvalidURL, UnicodeError):
        return False


def canonical_host(address: str) -> str:
    """Return host and port in one spelling: lower case, without the scheme's own port; this machine is `localhost`.

    Two addresses with the same canonical host lead to the same server. The opposite does not hold: one may have two names.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".").lower()
    with contextlib.suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    with contextlib.suppress(ValueError):
        found = ip_address(host)
        host = "localhost" if found.is_loopback else found.compressed
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower())
    return host if port in (80, 443) else f"{host}:{port}"


class WireClient:
    """HTTP client for one system at one base address. Thread-safe; `close` it when done.

    `secrets` are never recorded, wherever they occur.
    """

    def __init__(
        self, system: str, base_url: str, *, read_timeout: float = 30.0, secrets: frozenset[str] = frozenset()
    ) -> None:
        self.system = system
        self._prefix = urlsplit(base_url).path.rstrip("/")
        self._secrets = {secret for secret in secrets if len(secret) > 3}
        self._read_timeout = read_timeout
        if not is_address(base_url):
            raise ValueError(f"{base_url!r} is not a valid address")
        url = httpx2.URL(base_url)
        self._host = url.host
        self.breaker = CircuitBreaker(
            f"{url.scheme}://{url.netloc.decode()}", recovery_seconds=min(RECOVERY_SECONDS, read_timeout / 2)
        )
        self._client = httpx2.Client(
            base_url=base_url.rstrip("/") + "/",
            timeout=httpx2.Timeout(read_timeout, connect=5.0, pool=read_timeout),
            transport=SharedTransport(f"{url.scheme}://{url.netloc.decode()}"),
            headers={"User-Agent": f"Bilag/{__version__}", "Accept": "application/json"},
            follow_redirects=False,
            trust_env=False,
        )

    def add_secret(self, secret: str) -> None:
        """Never record `secret` from now on. For tokens received later."""
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
        content_type: str = "application/json",
        form: Mapping[str, str] | None = None,
        file: UploadedFile | None = None,
        into: BinaryIO | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> Answer:
        """Send one request and read its complete answer, whatever the status.

        `path` is relative to the base address and already percent-encoded. A Decimal in `json_body` is written by its
        digits; `content_type` names what kind of JSON it is. `form` is sent as a web form, `file` is streamed as
        multipart/form-data. If `into` is given, the body of an answer below 300 is written there and `Answer.body` stays empty.

        Raises `ConnectionFault` if no answer came, or at once if the circuit breaker is open in a worker's job, and
        `fence.Fenced` if the caller may no longer send.
        """
        secrets = frozenset(self._secrets)
        exchange = Exchange(self.system, method, scrub(path, secrets))
        if params:
            # A cursor from the other system may contain lone surrogates, which cannot be encoded.
            params = {name: value.encode("utf-8", "replace").decode() for name, value in params.items()}
            # Scrub before encoding, which changes how a secret looks.
            exchange.path += f"?{httpx2.QueryParams(scrub(dict(params), secrets))}"
        exchange.request = scrub(json_body, secrets) if json_body is not None else None
        if form is not None:
            exchange.request = scrub(dict(form), secrets)
        if file is not None:
            exchange.request = scrub({"file": file.name, "contentType": file.content_type, **file.fields}, secrets)
        request: dict[str, Any] = {
            "method": method,
            "url": path.lstrip("/"),
            "params": dict(params) if params else None,
            "headers": dict(headers or {}),
            "auth": auth,
            "extensions": {"trace": _check_fence},
        }
        if json_body is not None:
            request["content"] = simplejson.dumps(json_body, ensure_ascii=False, use_decimal=True).encode(
                "utf-8", "replace"
            )
            request["headers"]["Content-Type"] = content_type
        if form is not None:
            request["data"] = dict(form)
        if file is not None:
            file.content.seek(0)  # also flushes buffered writes, which would make the size wrong
            request["files"] = {"file": (file.name, file.content, file.content_type)}
            request["data"] = dict(file.fields) or None
        try:
            with self.breaker.guard():
                return self._send_recorded(exchange, secrets, request, into, max_bytes)
        except CircuitOpen as error:
            raise ConnectionFault(str(error), outcome_known=True, retry_after=error.seconds) from error

    def _send_recorded(
        self,
        exchange: Exchange,
        secrets: frozenset[str],
        request: Mapping[str, Any],
        into: BinaryIO | None,
        max_bytes: int,
    ) -> Answer:
        began, clock = time.perf_counter(), spans.clock()
        failed: bool | None = False
        outcome = "no_answer"
        try:
            answer = self._send(request, into, max_bytes)
        except fence.Fenced as fenced:
            failed, outcome = None, ""  # the error says nothing about the other system
            exchange.error = str(fenced)
            raise
        except ConnectionFault as fault:
            failed = None if fault.is_own else not isinstance(fault, TooLarge)
            outcome = "own_limit" if fault.is_own else outcome
            exchange.error = scrub(str(fault), secrets)
            raise
        else:
            failed, outcome = answer.status in DOWN, counters.outcome_of(answer.status)
            exchange.status = answer.status
            exchange.trace_id = answer.headers.get("x-trace-id")
            exchange.answer = scrub(_recordable(answer, secrets), secrets)
            return answer
        finally:
            if failed is not None:
                self.breaker.count(failed=failed)
            seconds = time.perf_counter() - began
            if outcome:
                counters.REQUESTS.observe(seconds, self.system, outcome)
            exchange.milliseconds = round(seconds * 1000)
            record(exchange)
            if clock and outcome:
                spans.request(exchange, self._host, clock)

    def _send(self, request: Mapping[str, Any], into: BinaryIO | None, max_bytes: int) -> Answer:
        try:
            with self._client.stream(**request) as response:
                body, size = bytearray(), 0
                deadline = time.monotonic() + MAX_READ_TIMEOUTS * self._read_timeout
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if size > max_bytes:
                        raise TooLarge(f"the answer is larger than {max_bytes} bytes", outcome_known=False)
                    if time.monotonic() > deadline:
                        raise ConnectionFault("the answer did not end in time", outcome_known=False)
                    if into is not None and response.status_code < 300:
                        into.write(chunk)
                    else:
                        body += chunk
                names = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, names, bytes(body))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol) as error:
            own = isinstance(error.__cause__, OwnFault)
            raise ConnectionFault(f"no connection: {_reason(error)}", outcome_known=True, is_own=own) from error
        except httpx2.TimeoutException as error:
            raise ConnectionFault("no answer in time", outcome_known=False) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ConnectionFault(f"the connection broke: {_reason(error)}", outcome_known=False) from error


def _check_fence(event: str, _info: Mapping[str, Any]) -> None:
    """Run the fence's checks, just before the request is written."""
    if event.endswith(".send_request_headers.started"):
        fence.check()


def _reason(error: Exception) -> str:
    """Return the error in words, without the number that the operating system gives it."""
    return _ERRNO.sub("", str(error)) or type(error).__name__


def _recordable(answer: Answer, secrets: frozenset[str]) -> Any:
    """Return what to record of an answer: its JSON, or the beginning of its text if it is large or not JSON.

    The text is cut before a secret rather than inside it, so that the rest of the secret cannot escape scrubbing.
    """
    if len(answer.body) <= MAX_RECORDED_CHARACTERS and answer.body:
        try:
            return answer.json()
        except NotJson:
            pass
    longest = max(map(len, secrets), default=0)
    text = answer.body[: 4 * (MAX_RECORDED_CHARACTERS + longest)].decode("utf-8", "replace")
    if len(text) <= MAX_RECORDED_CHARACTERS:
        return text
    cut = MAX_RECORDED_CHARACTERS
    for secret in secrets:
        at = text.find(secret, max(0, cut - len(secret) + 1), cut + len(secret) - 1)
        cut = at if at >= 0 else cut
    return text[:cut] + "…"
