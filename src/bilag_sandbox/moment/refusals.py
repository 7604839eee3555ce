"""Error answers of Moment. Their form is not documented; the status code decides (contract)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Refusal(Exception):
    """An error answer: status, message and the fields at fault."""

    status: int
    message: str
    errors: tuple[Mapping[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the contract's Error."""
        return {"status": self.status, "message": self.message, "errors": [dict(error) for error in self.errors]}


def wrong(field_name: str, why: str) -> Refusal:
    """Build a 400: a parameter or body that cannot be parsed."""
    return Refusal(400, f"{field_name}: {why}", ({"field": field_name, "message": why},))


def invalid(field_name: str, why: str) -> Refusal:
    """Build a 422: parsed, but rejected."""
    return Refusal(422, "Validation failed", ({"field": field_name, "message": why},))


def not_found() -> Refusal:
    """Build a 404: no such object or list."""
    return Refusal(404, "Not found")


def conflict(message: str = "The object was changed by another user") -> Refusal:
    """Build a 409: a stale version, or a state that does not allow it."""
    return Refusal(409, message)
