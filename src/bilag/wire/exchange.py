"""The record of what was asked and answered, kept in the attempt that caused it. Secrets never reach it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

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
    """`value` (JSON-able) without secrets: fields that are named like one, and any of `secrets` inside a text."""
    if isinstance(value, dict):
        return {
            key: REMOVED if str(key).lower() in SECRET_NAMES and item else scrubbed(item, secrets)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [scrubbed(item, secrets) for item in value]
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, REMOVED)
        return value
    return value
