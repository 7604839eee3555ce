"""Tryton's JSON: exact amounts and days in wrappers, and the rows that Bilag reads, wrong types seen."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Row = TypeVar("Row", bound="TrytonRow")
Whole = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A whole number that a database can hold."""


MOST_DIGITS = 20
"""Before or after the decimal point. Beyond it a number is no money."""


class Malformed(Exception):
    """The answer is not what it should be; the message names the field."""


def to_wire(value: Any) -> Any:
    """A value as Tryton's JSON has it."""
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, Mapping):
        return {name: to_wire(item) for name, item in value.items()}
    return [to_wire(item) for item in value] if isinstance(value, list | tuple) else value


def from_wire(value: Any) -> Any:
    """And back. A wrapper that Bilag does not know stays as it is. Raises `Malformed`."""
    if isinstance(value, list):
        return [from_wire(item) for item in value]
    if not isinstance(value, dict):
        return value
    try:
        if value.get("__class__") == "Decimal":
            return _checked(Decimal(value["decimal"]))
        if value.get("__class__") == "date":
            return date(value["year"], value["month"], value["day"])
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise Malformed(f"{value.get('__class__')} cannot be read") from error
    return {name: from_wire(item) for name, item in value.items()}


def _checked(number: Decimal) -> Decimal:
    """The number if arithmetic on it is exact. Raises `ValueError`."""
    if not number.is_finite() or (number and not -MOST_DIGITS < number.adjusted() < MOST_DIGITS):
        raise ValueError("a number of a sensible size is expected")
    return number


class TrytonRow(BaseModel):
    """What all rows have in common. The fields that are asked for are those of the class."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
    id: Whole


def rows_of(kind: type[Row], value: Any) -> list[Row]:
    """A list of rows. Raises `Malformed`."""
    if not isinstance(value, list):
        raise Malformed("a list of rows is expected")
    try:
        return [kind.model_validate(from_wire(row)) for row in value]
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Malformed(f"{kind.__name__} {place}: {first['msg']}") from error


def fields_of(kind: type[BaseModel], before: str = "") -> list[str]:
    """The names to ask for, nested ones with dots: those of the class and of the classes in it."""
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
