"""Quarter 2 of the seeds that each test run plays: the invariants hold whatever the adversary does."""

import pytest

from tests.simulation.share import CHUNK, STEPS, chunks
from tests.support.simulation import Held


@pytest.mark.parametrize("first", chunks(1))
def test_invariants_hold_whatever_the_adversary_does(held: Held, first: int) -> None:
    held(*range(first, first + CHUNK), steps=STEPS)
