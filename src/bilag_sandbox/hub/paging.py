"""Opaque cursors: the position of the last item, and the list it belongs to."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from bilag_sandbox.hub.refusals import Detail, Refusal


def encode(list_name: str, place: Sequence[Any]) -> str:
    """Build a cursor after `place` of the list."""
    return base64.urlsafe_b64encode(json.dumps([list_name, *place]).encode()).decode().rstrip("=")


def decode(cursor: str | None, list_name: str, kinds: Sequence[type]) -> list[Any] | None:
    """Return the position in a cursor of that list, None without a cursor. Raises 400 cursor_invalid."""
    if cursor is None:
        return None
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        name, *place = found
    except (ValueError, TypeError, RecursionError):
        raise _unknown() from None
    if name != list_name or len(place) != len(kinds) or not all(map(_is, place, kinds)):
        raise _unknown()
    return list(place)


def _is(value: Any, kind: type) -> bool:
    if kind is int:
        return type(value) is int and abs(value) < 2**62
    return isinstance(value, kind)


def _unknown() -> Refusal:
    message = "The cursor is unknown; start again from the first page."
    return Refusal(400, "cursor_invalid", message, (Detail("cursor", "cursor_invalid", message),))
