"""The record of what was asked and answered, kept in the attempt that caused it. Secrets never reach it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

HALVES = re.compile(r"[\ud800-\udfff]")
REMOVED = "[removed]"
SECRET_NAMES = frozenset(
    {"password", "api_key", "apikey", "access_token", "token", "authorization", "x-api-key", "secret"}
)


@dataclass(slots=True)
class Exchange:
    """One request and its answer. `request` and `answer` are JSON-able; `error` tells why there is no answer."""

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
    """Collect every exchange that clients make in this context (thread or task)."""
    exchanges: list[Exchange] = []
    token = _recorder.set(exchanges)
    try:
        yield exchanges
    finally:
        _recorder.reset(token)


def record(exchange: Exchange) -> None:
    """Keep the exchange if somebody is recording. Called by `WireClient` for each request."""
    exchanges = _recorder.get()
    if exchanges is not None:
        exchanges.append(exchange)


def scrubbed(value: Any, secrets: frozenset[str]) -> Any:
    """`value` as JSON that any database can keep, without secrets.

    Taken out are fields that are named like a secret, and any of `secrets` inside a text. Decimals become the text that
    they came as; NUL and lone surrogates, which PostgreSQL refuses, are replaced.
    """
    if isinstance(value, str):
        return _scrubbed_text(value, secrets)
    if isinstance(value, dict):
        return {
            _scrubbed_text(str(key), secrets): REMOVED
            if item and str(key).lower() in SECRET_NAMES
            else scrubbed(item, secrets)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [scrubbed(item, secrets) for item in value]
    return str(value) if isinstance(value, Decimal) else value


def _scrubbed_text(text: str, secrets: frozenset[str]) -> str:
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, REMOVED)
    return storable(text)


def storable(text: str) -> str:
    """Foreign text as PostgreSQL takes it: without NUL, and U+FFFD for each half of a surrogate pair."""
    return text.replace("\x00", "") if text.isascii() else HALVES.sub("\ufffd", text).replace("\x00", "")
