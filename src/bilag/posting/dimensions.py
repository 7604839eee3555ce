"""Organisational units 1-12: what each is used for and which values it accepts (DESIGN, rule 7)."""

import re
from dataclasses import dataclass

from bilag.posting.chart import UnitDefinition
from bilag.posting.problem import Problem

LAST_WHOLE_NUMBER_UNIT = 6
LAST_UNIT = 12
LARGEST_WHOLE_NUMBER = 2147483647
TEXT_LENGTH = 10
_WHOLE_NUMBER = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Which organisational unit (1-12) holds what. None: not chosen, so not sent. The three must differ."""

    project: int | None = None
    department: int | None = None
    billability: int | None = None


def default_definition(unit: int) -> UnitDefinition:
    """Return what a unit accepts when the accounting system does not say: 1-6 whole numbers, 7-12 text of 10."""
    integer = unit <= LAST_WHOLE_NUMBER_UNIT
    return UnitDefinition(
        unit, "", integer=integer, max_length=None if integer else TEXT_LENGTH, used=1 <= unit <= LAST_UNIT
    )


def unit_value(unit: int, value: str, definition: UnitDefinition | None = None, *, subject: str = "") -> str | Problem:
    """Convert a project or department number to the value `unit` stores, or return the problem that prevents it.

    `definition` None means the default for the unit; `subject` is the subject of the problem. Whole numbers compare as
    numbers, so `0012` becomes `12` (contracts/decisions.md). Text is carried unchanged, never shortened.
    """
    accepts = definition if definition is not None else default_definition(unit)
    facts = {"unit": str(unit), "value": value, **({"unit_name": accepts.name} if accepts.name else {})}
    if not accepts.used:
        return Problem("org_unit_not_used", subject, facts)
    if accepts.integer:
        if not _WHOLE_NUMBER.fullmatch(value) or int(value) > LARGEST_WHOLE_NUMBER or accepts.is_none(value):
            return Problem("org_unit_not_integer", subject, facts)
        return str(int(value))
    if accepts.max_length is not None and len(value) > accepts.max_length:
        return Problem("org_unit_too_long", subject, {**facts, "max_length": str(accepts.max_length)})
    if not accepts.dots_allowed and "." in value:
        return Problem("project_number_has_dot", subject, facts)
    return value


def normalise_unit_value(unit: int, value: str | None, definition: UnitDefinition | None = None) -> str | None:
    """Convert a value read back from `unit` to the form `unit_value` gives; None if it is none (`UnitDefinition.is_none`)."""
    accepts = definition if definition is not None else default_definition(unit)
    if not value or accepts.is_none(value):
        return None
    return str(int(value)) if accepts.integer and _WHOLE_NUMBER.fullmatch(value) else value
