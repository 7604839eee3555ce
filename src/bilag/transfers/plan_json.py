"""The vouchers of a plan as JSON, kept with the attempt that sent them."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bilag.posting.voucher import Voucher

_VOUCHERS = TypeAdapter(tuple[Voucher, ...])


def to_json(vouchers: Sequence[Voucher]) -> Any:
    """Return the vouchers as JSON, with amounts as text."""
    return _VOUCHERS.dump_python(tuple(vouchers), mode="json")


def from_json(stored: Any) -> tuple[Voucher, ...]:
    """Return the vouchers that `to_json` stored; none if they are of a form that this version does not know."""
    try:
        return _VOUCHERS.validate_python(stored, strict=False)
    except ValidationError:
        return ()
