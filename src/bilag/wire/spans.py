"""Spans: the steps of this process's work, with start, end and parent. While nothing records them, none is created.

The wire knows no tracing library. `bilag.service.traces` installs a recorder if traces are enabled. Attributes hold numbers and
words of the code, never a text that a person or another system wrote.
"""

import re
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, Protocol

from bilag.wire.recording import Exchange

Attributes = Mapping[str, str | int | None]
"""A span's attributes by full name; None values are left out."""
Kind = Literal["server", "client", "consumer", "internal"]
PLAIN = re.compile(r"[a-z-]+|\d+")
OPERATION = re.compile(r"[A-Za-z-]+")
LEFT_OUT = "…"
NOT_THERE = 404
"""The usual answer of a look-up: no fault."""
NOTHING: AbstractContextManager[None] = nullcontext()


@dataclass(frozen=True, slots=True)
class Mark:
    """Names one span: within it others begin, and to it they are linked."""

    trace_id: int
    span_id: int

    @property
    def trace(self) -> str:
        """The trace's id as people and tools write it."""
        return f"{self.trace_id:032x}"


def mark_of(*names: object) -> Mark:
    """Return the mark of the first span of a trace that these names identify, the same in each process."""
    digest = sha256("\0".join(map(str, names)).encode()).digest()
    return Mark(int.from_bytes(digest[:16], "big") or 1, int.from_bytes(digest[16:24], "big") or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A span, as a recorder receives it. Times are nanoseconds since 1970; 0: now."""

    name: str
    kind: Kind
    attributes: Attributes
    began: int = 0
    ended: int = 0
    """The end of a finished span."""
    at: Mark | None = None
    """The mark of a trace's first span."""
    within: Mark | None = None
    """The parent span. None: the context's span if there is one, else this span begins a trace."""
    links: Sequence[Mark] = ()
    error: str = ""
    """What went wrong, in a word of the code."""


class Recorder(Protocol):
    """Keeps spans. None of its methods raises anything, nor waits for another system."""

    def span(self, span: Span) -> AbstractContextManager[None]:
        """Record the block as a span."""

    def finished(self, span: Span) -> None:
        """Record a span that is over."""

    def note(self, attributes: Attributes) -> None:
        """Add to the span of the context."""

    def current(self) -> Mark | None:
        """Return the mark of the context's span."""

    def keeps(self) -> bool:
        """Return whether there is a span in the context that is kept: a sampler may have chosen against its trace."""


_recorder: Recorder | None = None


def record_with(recorder: Recorder | None) -> None:
    """Record spans from now on; None: no more."""
    global _recorder
    _recorder = recorder


def recorder() -> Recorder | None:
    """Return what records spans."""
    return _recorder


def is_on() -> bool:
    """Return whether spans are recorded."""
    return _recorder is not None


def clock() -> int:
    """Return the nanoseconds since 1970 when spans are recorded, else 0."""
    return time.time_ns() if _recorder is not None else 0


def span(
    name: str,
    kind: Kind = "internal",
    /,
    *,
    began: int = 0,
    within: Mark | None = None,
    links: Sequence[Mark] = (),
    **attributes: str | int | None,
) -> AbstractContextManager[None]:
    """Record the block as a span; see `Span`. An attribute `company` is called `bilag.company` there."""
    if _recorder is None:
        return NOTHING
    return _recorder.span(
        Span(name=name, kind=kind, attributes=_ours(attributes), began=began, within=within, links=links)
    )


def finished(
    name: str,
    kind: Kind = "internal",
    /,
    *,
    began: int = 0,
    ended: int = 0,
    at: Mark | None = None,
    within: Mark | None = None,
    links: Sequence[Mark] = (),
    error: str = "",
    **attributes: str | int | None,
) -> None:
    """Record a span that is over; see `Span`."""
    if _recorder is not None:
        now, named = time.time_ns(), _ours(attributes)
        times = {"began": began or now, "ended": ended or now}
        _recorder.finished(
            Span(name=name, kind=kind, attributes=named, **times, at=at, within=within, links=links, error=error)
        )


def note(**attributes: str | int | None) -> None:
    """Add to the span of the context."""
    if _recorder is not None:
        _recorder.note(_ours(attributes))


def current() -> Mark | None:
    """Return the mark of the context's span; None without one, or while none is recorded."""
    return _recorder.current() if _recorder is not None else None


def request(exchange: Exchange, host: str, began: int) -> None:
    """Record a request that was sent within a recorded span; others are left out."""
    if _recorder is None or not _recorder.keeps():
        return
    status = exchange.status
    failed = status is None or (status >= 400 and status != NOT_THERE)
    attributes: Attributes = {
        "bilag.system": exchange.system,
        "http.request.method": exchange.method,
        "http.response.status_code": status,
        "server.address": host,
        "url.path": route_of(exchange.path),
    }
    error = str(status or "no_answer") if failed else ""
    name = f"{exchange.method} {exchange.system}"
    _recorder.finished(
        Span(name=name, kind="client", attributes=attributes, began=began, ended=time.time_ns(), error=error)
    )


def route_of(path: str) -> str:
    """Return the path without its query, and without those parts that may be more than a word of an API or a number."""
    first, *others = path.partition("?")[0].strip("/").split("/")
    kept = [first if OPERATION.fullmatch(first) else _plain(first), *map(_plain, others)]
    return "/" + "/".join(kept)


def _plain(part: str) -> str:
    return part if PLAIN.fullmatch(part) else LEFT_OUT


def _ours(attributes: Attributes) -> Attributes:
    return {f"bilag.{name}": value for name, value in attributes.items()}
