"""A company with posted invoices between both sandboxes, and its month compared."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from tests.pages.conftest import People, people
from tests.transfers.conftest import LAST_DAY, World, world

__all__ = ["people", "world"]
FIRST, LAST = LAST_DAY.replace(day=1), date(2026, 11, 30)
Compare = Callable[..., Any]


@pytest.fixture
def compared(world: World) -> Compare:
    """Compare the month in which the invoices of `World.insert_invoice` are dated."""

    def compare(**given: Any) -> Any:
        from bilag.reconciliation.runner import reconcile

        return reconcile(world.company_id, given.pop("first", FIRST), given.pop("last", LAST), **given)

    return compare


@pytest.fixture
def posted(world: World) -> list[int]:
    """Three posted invoices in a row; their numbers."""
    numbers = [world.insert_invoice({}) for _ in range(3)]
    world.poll()
    world.work()
    assert len(world.vouchers()) == 3
    return numbers


def found(run: Any, what: str) -> list[int]:
    """The numbers of which this was found."""
    return list(run.findings.filter(found=what).order_by("number").values_list("number", flat=True))


def other_voucher(world: World, number: int, total: str = "125.00", **fields: Any) -> None:
    """Somebody posts an invoice of this number in accounting, past Bilag."""
    body = {"voucherNumber": number, "voucherDate": str(LAST_DAY), "customerNumber": "10001", "totalAmount": total}
    world.hub.ask("POST", "/admin/clients/123/vouchers", {**body, **fields})


def reverse(world: World, number: int) -> None:
    """Somebody takes the voucher back in accounting."""
    [voucher] = world.vouchers(number)
    world.hub.ask("POST", f"/admin/clients/123/journals/{voucher['journalNumber']}/reverse")


_ = People
