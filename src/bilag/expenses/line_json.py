"""Store a posted line as JSON and read it back: every field as text or a list of texts, amounts exact."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from bilag.posting.expense import PostedLine

DAYS = {"voucher_date", "value_date"}
AMOUNTS = {"net", "vat", "gross", "exchange_rate", "currency_amount"}


def to_json(line: PostedLine) -> dict[str, Any]:
    """Return the line as JSON."""
    return {one.name: _out(getattr(line, one.name)) for one in fields(line)}


def from_json(stored: Mapping[str, Any]) -> PostedLine:
    """Return the line that `to_json` stored."""
    known = {one.name for one in fields(PostedLine)}
    return PostedLine(**{name: _in(name, value) for name, value in stored.items() if name in known})


def _out(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return [list(one) if isinstance(one, tuple) else one for one in value] if isinstance(value, tuple) else value


def _in(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in DAYS:
        return date.fromisoformat(value)
    if name in AMOUNTS:
        return Decimal(value)
    if name == "reverses":
        return tuple(value)
    if isinstance(value, list):
        return tuple(tuple(one) if isinstance(one, list) else one for one in value)
    return value
