"""Error answers of the hub: one exception with status, code and every fault found, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Detail:
    """One fault: its place in the request (empty = the whole), a machine code, a message for people."""

    field: str
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        """Return the contract's ErrorDetail."""
        return {"field": self.field, "code": self.code, "message": self.message}


class Details:
    """Collects the faults of one request, so that all are reported at once."""

    def __init__(self) -> None:
        self._found: list[Detail] = []

    def add(self, place: str, code: str, message: str) -> None:
        """Add a fault."""
        self._found.append(Detail(place, code, message))

    def __iter__(self) -> Iterator[Detail]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def refuse(self) -> None:
        """Raise `Refusal` with 422 if there are faults."""
        if self._found:
            raise invalid(*self._found)


@dataclass(slots=True)
class Refusal(Exception):
    """An error answer. `more` are further fields of the body."""

    status: int
    code: str
    message: str
    details: tuple[Detail, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self, trace_id: str) -> dict[str, Any]:
        """Return the contract's Error."""
        details = [detail.as_json() for detail in self.details]
        return {"code": self.code, "message": self.message, "details": details, "traceId": trace_id, **self.more}


def invalid(*details: Detail) -> Refusal:
    """Build a 422 validation_failed with its faults."""
    count = len(details)
    return Refusal(422, "validation_failed", f"{count} fault{'' if count == 1 else 's'}.", details)


def malformed(message: str, *details: Detail) -> Refusal:
    """Build a 400 request_malformed."""
    return Refusal(400, "request_malformed", message, details)


def not_found(code: str, message: str) -> Refusal:
    """Build a 404 with a specific code."""
    return Refusal(404, code, message)
