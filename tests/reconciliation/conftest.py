"""A company with posted invoices between both sandboxes, and its month compared."""

from typing import Any

import pytest

from tests.support.reconciliation import FIRST, LAST, Compare
from tests.support.world import World


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
