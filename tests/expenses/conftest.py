"""A company that takes expenses back, and an accountant who posts supplier invoices in the hub's ledger."""

import pytest

from tests.support.books import Books
from tests.support.world import World


@pytest.fixture
def books(world: World) -> Books:
    """Expenses switched on."""
    found = Books(world)
    found.configure()
    return found
