"""Organisational units 1-12: which unit holds what, and what values a unit accepts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Which organisational unit (1-12) holds what; None = nothing chosen, nothing sent. The three differ."""

    project: int | None = None
    department: int | None = None
    billability: int | None = None
