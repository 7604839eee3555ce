"""Parse a webhook's body. Nothing in it is trusted: it is only a hint where to look. Pure; never raises."""

import json
from dataclasses import dataclass
from typing import Any

from bilag.posting.texts import clean_number

KINDS = {"invoice": "invoiceNumber", "customer": "customerNumber", "project": "projectNumber"}
LARGEST_ID = 2**63 - 1
LONGEST_NUMBER = 50


@dataclass(frozen=True, slots=True)
class Hint:
    """Something happened to an object. `number` is None if the body has no usable number."""

    kind: str
    moment_id: int
    number: str | None
    event: str


def read_hint(body: bytes) -> Hint | None:
    """Return the hint in a webhook's body, or None if the body is not understood."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    for kind, field in KINDS.items():
        inner = document.get(kind)
        if isinstance(inner, dict) and _is_id(inner.get("id")):
            event = document.get("event")
            name = event[:50] if isinstance(event, str) and event.isprintable() else ""
            return Hint(kind, inner["id"], _number(kind, inner.get(field)), name)
    return None


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID


def _number(kind: str, value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**20 else ""
    if not isinstance(value, str):
        return None
    text = clean_number(value)
    if not text or len(text) > LONGEST_NUMBER or not text.isprintable():
        return None
    if kind == "invoice" and not (text.isascii() and text.isdigit()):
        return None
    return str(int(text)) if kind == "invoice" else text
