"""Requests that Moment says no to. The form of its errors is not public; the status code decides (contract)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Refusal(Exception):
    """An error answer: status, words, and the fields at fault."""

    status: int
    message: str
    errors: tuple[Mapping[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The contract's Error."""
        return {"status": self.status, "message": self.message, "errors": [dict(error) for error in self.errors]}


def wrong(field_name: str, why: str) -> Refusal:
    """400: a parameter or body that cannot be understood."""
    return Refusal(400, f"{field_name}: {why}", ({"field": field_name, "message": why},))


def invalid(field_name: str, why: str) -> Refusal:
    """422: understood, and refused."""
    return Refusal(422, "Validation failed", ({"field": field_name, "message": why},))


def not_found() -> Refusal:
    """404."""
    return Refusal(404, "Not found")


def conflict(message: str = "The object was changed by another user") -> Refusal:
    """409: a stale version, or a state that does not allow it."""
    return Refusal(409, message)
