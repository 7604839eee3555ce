"""Tryton's JSON: exact amounts and dates in wrapper objects, and rows with checked types."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Row = TypeVar("Row", bound="TrytonRow")
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A whole number within 64 bits."""


MOST_DIGITS = 20
"""Digits before or after the decimal point. Beyond this a number is not money."""


class Malformed(Exception):
    """The answer does not have the expected form; the message names the field."""


def to_wire(value: Any) -> Any:
    """Convert a value to Tryton's JSON."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, Mapping):
        return {name: to_wire(item) for name, item in value.items()}
    return [to_wire(item) for item in value] if isinstance(value, list | tuple) else value


def from_wire(value: Any) -> Any:
    """Convert a value from Tryton's JSON; unknown wrappers stay unchanged. Raises `Malformed`."""
    if isinstance(value, list):
        return [from_wire(item) for item in value]
    if not isinstance(value, dict):
        return value
    try:
        if value.get("__class__") == "Decimal":
            return _checked(Decimal(value["decimal"]))
        if value.get("__class__") == "date":
            return date(value["year"], value["month"], value["day"])
    except (KeyError, TypeError, ValueError, OverflowError, InvalidOperation) as error:
        raise Malformed(f"{value.get('__class__')} cannot be read") from error
    return {name: from_wire(item) for name, item in value.items()}


def _checked(number: Decimal) -> Decimal:
    """Return the number if arithmetic on it is exact, else raise `ValueError`."""
    if not number.is_finite() or (number and not -MOST_DIGITS < number.adjusted() < MOST_DIGITS):
        raise ValueError("a number of a sensible size is expected")
    return number


class TrytonRow(BaseModel):
    """Base of all rows. The fields of the class are the fields requested."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
    id: Whole


def rows_of(kind: type[Row], value: Any) -> list[Row]:
    """Parse a list of rows. Raises `Malformed`."""
    if not isinstance(value, list):
        raise Malformed("a list of rows is expected")
    try:
        return [kind.model_validate(from_wire(row)) for row in value]
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Malformed(f"{kind.__name__} {place}: {first['msg']}") from error


def fields_of(kind: type[BaseModel], before: str = "") -> list[str]:
    """Return the field names to request, nested ones with dots."""
    names = []
    for name, field in kind.model_fields.items():
        inner = _row_in(field.annotation)
        names += [f"{before}{name}"] if inner is None else fields_of(inner, f"{before}{name}.")
    return names


def _row_in(annotation: Any) -> type[TrytonRow] | None:
    if isinstance(annotation, type) and issubclass(annotation, TrytonRow):
        return annotation
    inner = (_row_in(argument) for argument in getattr(annotation, "__args__", ()))
    return next((found for found in inner if found is not None), None)
