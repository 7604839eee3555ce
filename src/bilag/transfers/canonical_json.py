"""Content as JSON in one canonical form, and its digest."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bilag.wire.recording import storable


def digest(content: Any) -> str:
    """Return the SHA-256 of the content's canonical JSON: equal contents have equal digests."""
    return digest_of_json(jsonable(content))


def digest_of_json(content: Any) -> str:
    """Return the digest of content that `jsonable` returned."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def jsonable(value: Any) -> Any:
    """Return the value as JSON types, without loss: dataclasses as objects, decimals as text, dates and times in ISO form."""
    match value:
        case str():
            return storable(value)
        case None | bool() | int():
            return value
        case Decimal():
            return f"{value.normalize():f}" if value else "0"
        case Mapping():
            return {str(key): jsonable(item) for key, item in value.items()}
        case list() | tuple():
            return [jsonable(item) for item in value]
        case set() | frozenset():
            return sorted(jsonable(item) for item in value)
        case datetime() | date():
            return value.isoformat()
        case _ if is_dataclass(value):
            return {one.name: jsonable(getattr(value, one.name)) for one in fields(value)}
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")


def fitting(number: int | None) -> int | None:
    """Return the number, or None if it does not fit a 64-bit column."""
    return number if number is not None and abs(number) < 2**63 else None
