"""Seeds that each test run plays: the invariants hold whatever the adversary does."""

import pytest

from tests.support.simulation import Held

SEEDS, STEPS, CHUNK = 120, 6, 10
SHARES = 4
"""Parts of the seeds that different processes of a test run may play."""
CHUNKS = [
    pytest.param(first, marks=pytest.mark.xdist_group(f"seeds {(first - 1) * SHARES // SEEDS}"))
    for first in range(1, SEEDS + 1, CHUNK)
]


@pytest.mark.parametrize("first", CHUNKS)
def test_invariants_hold_whatever_the_adversary_does(held: Held, first: int) -> None:
    held(*range(first, first + CHUNK), steps=STEPS)
