"""Read bodies strictly, the same in all sandboxes: JSON and days."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse_json(body: bytes) -> Any:
    """Parse JSON, numbers with a point as Decimal. Raises `ValueError` if the body is not JSON in UTF-8."""
    try:
        value = json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_reject)
        if b"\\u" in body:
            json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")  # fails for lone surrogates
    except (ArithmeticError, RecursionError) as error:
        raise ValueError("beyond all amounts, or too deeply nested") from error
    return value


def parse_date(text: str) -> date | None:
    """Parse a date of the form YYYY-MM-DD, or return None."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _reject(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
