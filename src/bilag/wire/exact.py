"""JSON whose amounts keep their digits: a Decimal is written as it stands, never through a float."""

import json
from decimal import Decimal
from typing import Any


def json_text(value: Any) -> str:
    """`value` as JSON. Raises TypeError or ValueError for what JSON cannot hold, NaN and Infinity included."""
    match value:
        case Decimal() if value.is_finite():
            return f"{value:f}"
        case dict():
            return "{" + ",".join(f"{json_text(str(name))}:{json_text(inner)}" for name, inner in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
