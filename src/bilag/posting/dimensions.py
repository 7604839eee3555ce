"""Organisational units 1-12: which unit holds what, and what values a unit accepts."""

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
    """Which organisational unit (1-12) holds what; None = nothing chosen, nothing sent. The three differ."""

    project: int | None = None
    department: int | None = None
    billability: int | None = None


def default_definition(unit: int) -> UnitDefinition:
    """What a unit takes where the accounting system does not say: 1-6 whole numbers, 7-12 text of 10 (DESIGN, rule 7)."""
    integer = unit <= LAST_WHOLE_NUMBER_UNIT
    return UnitDefinition(
        unit, "", integer=integer, max_length=None if integer else TEXT_LENGTH, used=1 <= unit <= LAST_UNIT
    )


def unit_value(unit: int, value: str, definition: UnitDefinition | None = None, *, subject: str = "") -> str | Problem:
    """A project or department number as `unit` keeps it, or the problem why it cannot, told of `subject`.

    Whole numbers compare as numbers, so `0012` is `12` (contracts/decisions.md); text is carried as it is. Nothing is
    shortened or replaced. `definition` None means DESIGN's default for the unit.
    """
    takes = definition if definition is not None else default_definition(unit)
    facts = {"unit": str(unit), "value": value, **({"unit_name": takes.name} if takes.name else {})}
    if not takes.used:
        return Problem("org_unit_not_used", subject, facts)
    if takes.integer:
        if not _WHOLE_NUMBER.fullmatch(value) or not 1 <= int(value) <= LARGEST_WHOLE_NUMBER:
            return Problem("org_unit_not_integer", subject, facts)
        return str(int(value))
    if takes.max_length is not None and len(value) > takes.max_length:
        return Problem("org_unit_too_long", subject, {**facts, "max_length": str(takes.max_length)})
    if not takes.dots_allowed and "." in value:
        return Problem("project_number_has_dot", subject, facts)
    return value


def same_in_ledger(unit: int, value: str | None, definition: UnitDefinition | None = None) -> str | None:
    """A value read back from `unit` in the form that `unit_value` gives; None for none ("0" in a whole-number unit)."""
    takes = definition if definition is not None else default_definition(unit)
    if not value:
        return None
    if takes.integer and _WHOLE_NUMBER.fullmatch(value):
        return str(int(value)) if int(value) else None
    return value
