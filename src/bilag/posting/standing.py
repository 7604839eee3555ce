"""Vouchers that still count: a voucher and its exact reversal cancel out."""

from collections.abc import Sequence
from decimal import Decimal

from bilag.posting.posted import Posted


def still_standing(vouchers: Sequence[Posted]) -> list[Posted]:
    """Return the vouchers without each pair of a voucher and its exact reversal."""
    left: list[Posted] = []
    for one in vouchers:
        mirror = _amounts(one, -1)
        taken_back = next((other for other in left if _amounts(other, 1) == mirror), None)
        if taken_back is not None:
            left.remove(taken_back)
        else:
            left.append(one)
    return left


def _amounts(posted: Posted, sign: int) -> list[tuple[str, str, Decimal]]:
    return sorted((entry.account, entry.vat_code or "", sign * entry.currency_amount) for entry in posted.entries)
