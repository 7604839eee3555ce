"""JSON with exact amounts: Decimals are written by their digits and read as Decimal, never through a float."""

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, NoReturn


def dumps(value: Any) -> str:
    """Serialise None, bool, int, str, Decimal, list, tuple and dict; a Decimal keeps its trailing zeros.

    Raises TypeError for anything else, floats above all.
    """
    match value:
        case None:
            return "null"
        case True:
            return "true"
        case False:
            return "false"
        case str():
            return encode_basestring(value)
        case int():
            return str(value)
        case Decimal() if value.is_finite():
            return f"{value:f}"
        case dict():
            return "{" + ",".join(f"{encode_basestring(name)}:{dumps(inner)}" for name, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(dumps, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no place in Moment's JSON")


def loads(text: str | bytes) -> Any:
    """Parse JSON; numbers with a point or an exponent become Decimal. Raises ValueError."""
    try:
        return json.loads(text, parse_float=_decimal, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("too deeply nested") from error


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if abs(value.adjusted()) > 30:
        raise ValueError(f"{text} is beyond all amounts")
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
