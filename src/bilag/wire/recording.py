"""Record requests and answers for the attempt that caused them, without secrets."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

SURROGATES = re.compile(r"[\ud800-\udfff]")
REMOVED = "[removed]"
SECRET_NAMES = frozenset(
    {"password", "api_key", "apikey", "access_token", "token", "authorization", "x-api-key", "secret"}
)


@dataclass(slots=True)
class Exchange:
    """One request and its answer as JSON values; `error` says why there is no answer."""

    system: str
    method: str
    path: str
    request: Any = None
    status: int | None = None
    answer: Any = None
    error: str | None = None
    trace_id: str | None = None
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    milliseconds: int | None = None


_recorder: ContextVar[list[Exchange] | None] = ContextVar("bilag_exchanges", default=None)


@contextmanager
def recording() -> Iterator[list[Exchange]]:
    """Collect every exchange made in this context (thread or task)."""
    exchanges: list[Exchange] = []
    token = _recorder.set(exchanges)
    try:
        yield exchanges
    finally:
        _recorder.reset(token)


def has_sent(system: str) -> bool:
    """Return whether this context is recording, and a request to the system was made in it."""
    return any(one.system == system for one in _recorder.get() or ())


def record(exchange: Exchange) -> None:
    """Keep the exchange if this context is recording. `WireClient` calls it for each request."""
    exchanges = _recorder.get()
    if exchanges is not None:
        exchanges.append(exchange)


def scrub(value: Any, secrets: frozenset[str]) -> Any:
    """Return `value` as storable JSON without secrets.

    Values of fields named like a secret are removed, and so is any of `secrets` inside a text. Decimals become text;
    NUL and lone surrogates, which PostgreSQL rejects, are replaced.
    """
    if isinstance(value, str):
        return _scrub_text(value, secrets)
    if isinstance(value, dict):
        return {
            _scrub_text(str(key), secrets): REMOVED
            if item and str(key).lower() in SECRET_NAMES
            else scrub(item, secrets)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [scrub(item, secrets) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def _scrub_text(text: str, secrets: frozenset[str]) -> str:
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, REMOVED)
    return storable(text)


def storable(text: str) -> str:
    """Make text storable in PostgreSQL: drop NUL, replace lone surrogates by U+FFFD."""
    return text.replace("\x00", "") if text.isascii() else SURROGATES.sub("\ufffd", text).replace("\x00", "")
