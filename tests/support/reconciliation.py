"""A month that is compared, and what people do in accounting without Bilag."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.support.sandboxes import LAST_DAY
from tests.support.world import World

FIRST, LAST = LAST_DAY.replace(day=1), date(2026, 11, 30)
Compare = Callable[..., Any]


def found(run: Any, what: str) -> list[int]:
    """The numbers of which this was found."""
    return list(run.findings.filter(found=what).order_by("number").values_list("number", flat=True))


def other_voucher(world: World, number: int, total: str = "125.00", **fields: Any) -> None:
    """Somebody posts an invoice of this number in accounting, past Bilag."""
    body = {"voucherNumber": number, "voucherDate": str(LAST_DAY), "customerNumber": "10001", "totalAmount": total}
    world.hub.ask("POST", "/admin/clients/123/vouchers", {**body, **fields})


def reverse(world: World, number: int, day: date = LAST_DAY) -> None:
    """Somebody takes the voucher back in accounting, on this day."""
    [voucher] = world.vouchers(number)
    world.hub.ask("POST", f"/admin/clients/123/journals/{voucher['journalNumber']}/reverse", {"valueDate": str(day)})
