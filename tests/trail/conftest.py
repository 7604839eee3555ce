"""A company between both sandboxes with a posted invoice, a refused one, and an event."""

import pytest

from tests.support.world import World


@pytest.fixture
def trail(world: World) -> World:
    """A posted invoice and one that waits for a person."""
    world.insert_invoice({})
    world.insert_invoice({"line": {"accountNumber": "3999"}})
    world.poll()
    world.work()
    return world
