"""Read bodies strictly: every field is known, has its type and lies within its limits."""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bilag_sandbox.common import bodies
from bilag_sandbox.common.bodies import parse_date
from bilag_sandbox.poweroffice_go.refusals import Faults, Refusal, bad_request
from bilag_sandbox.poweroffice_go.shapes import ENUMS, SHAPES, Shape

MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?(Z|[+-][0-9]{2}:[0-9]{2})")
KIND = re.compile(
    r"(?P<name>int32|int64|\{?[A-Za-z_-]+)(?P<size>[0-9]*)\}?(\[(?P<low>[0-9]+)-(?P<high>[0-9]+)\])?(?P<list>\[\])?(?P<null>\??)"
)
BITS = {"int32": 31, "int64": 63}
LONGEST_TEXT = 4000
INVALID = "One or more validation errors occurred."


def parse_json(body: bytes) -> Any:
    """Parse JSON, numbers with a point as Decimal. Raises 400 if the body is not JSON in UTF-8."""
    try:
        return bodies.parse_json(body)
    except ValueError as error:
        raise bad_request(INVALID, "The body is not valid JSON.") from error


def parse_moment(text: str) -> float | None:
    """Read a time with offset as seconds since 1970, or return None."""
    if not MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return None


def read_body(value: Any, shape: str, title: str) -> dict[str, Any]:
    """Return the body with each field's value checked. Raises 400 with every fault."""
    faults = Faults(title)
    found = read_object(value, SHAPES[shape], "", faults)
    faults.refuse()
    return found


def read_object(value: Any, shape: Shape, place: str, faults: Faults) -> dict[str, Any]:
    """Return an object's fields; faulty ones are reported in `faults` and left out."""
    if not isinstance(value, Mapping):
        faults.add(f"{place or 'The body'} must be an object.")
        return {}
    for name in shape.required:
        if value.get(name) is None or value.get(name) == "":
            faults.add(f"The {place}{'.' if place else ''}{name} field is required.")
    found: dict[str, Any] = {}
    for name, given in value.items():
        where = f"{place}.{name}" if place else str(name)
        kind = shape.fields.get(name)
        if kind is None:
            faults.add(f"Could not find member '{name[:60]}' on object of type '{shape.name}'. Path '{where[:120]}'.")
        else:
            found[name] = read_value(given, kind, where, faults)
    return found


def read_value(value: Any, kind: str, place: str, faults: Faults) -> Any:
    """Return a value of a type of `shapes`; None if it is null or wrong."""
    parts = KIND.fullmatch(kind)
    if parts is None:
        raise LookupError(kind)
    if value is None:
        if not parts["null"]:
            faults.add(f"{place} must not be null.")
        return None
    if parts["list"]:
        if not isinstance(value, list):
            faults.add(f"{place} must be an array.")
            return None
        one = kind.rstrip("?").removesuffix("[]")
        return [read_value(item, one, f"{place}[{index}]", faults) for index, item in enumerate(value)]
    name = parts["name"]
    if name.startswith("{"):
        return read_object(value, SHAPES[name[1:]], place, faults)
    fault = fault_of(value, name, parts)
    if fault:
        faults.add(f"{place} {fault}")
        return None
    return value


def fault_of(value: Any, name: str, parts: re.Match[str]) -> str | None:
    """Return the fault of a simple value, None if there is none."""
    if name in BITS:
        if type(value) is not int or not -(2 ** BITS[name]) <= value < 2 ** BITS[name]:
            return f"must be a whole number ({name})."
        if parts["low"] is not None and not int(parts["low"]) <= value <= int(parts["high"]):
            return f"must be between {parts['low']} and {parts['high']}."
        return None
    if name == "double":
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return None if number and abs(value) < 10**15 else "must be a number."
    if name == "bool":
        return None if isinstance(value, bool) else "must be true or false."
    if not isinstance(value, str):
        return "must be a string."
    if name in ENUMS:
        return None if value in ENUMS[name] else f"must be one of {', '.join(ENUMS[name])}."
    if name == "date":
        return None if parse_date(value) else "must be a date, YYYY-MM-DD."
    if name == "date-time":
        return None if parse_moment(value) is not None else "must be a date and time with offset."
    if name == "uuid":
        return None if is_uuid(value) else "must be a GUID."
    longest = int(parts["size"] or LONGEST_TEXT)
    return None if len(value) <= longest else f"must be a string with a maximum length of {longest}."


def is_uuid(text: str) -> bool:
    """Return whether a text is a GUID in its usual form."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def query_value(text: str, kind: str, name: str) -> Any:
    """Read a query parameter of a type of `shapes`: date and uuid as text, date-time as seconds. Raises 400."""
    parts = KIND.fullmatch(kind)
    if parts is None:
        raise LookupError(kind)
    value: Any = text
    if parts["name"] in BITS:
        value = int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else None
    elif parts["name"] == "bool":
        value = {"true": True, "false": False}.get(text.lower())
    fault = fault_of(value, parts["name"], parts)
    if fault:
        raise Refusal(400, INVALID, f"The value '{text[:60]}' is not valid for {name}: it {fault}")
    return parse_moment(text) if parts["name"] == "date-time" else value
