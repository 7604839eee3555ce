"""Seeds that failed once: each holds now, and still finds its fault when the fault is put back."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.support import simulation_faults as once

Plant = Callable[[ExitStack], None]
EVERY_RUN = frozenset[str]()
"""Runs without features: a new one does not shift these seeds."""
FAULTS: dict[str, tuple[Plant, Plant | None, int, int, float | None, str]] = {
    # The fault, what the world does to meet it (None: the seed alone does), seed, steps, rate, and the broken promise.
    "a killed worker's import, asked for again meanwhile, ended each life of the next worker": (
        once.raises_at_a_job_queued_anew,
        None,
        37,
        40,
        0.25,
        "UniqueViolation",
    ),
    "an activity was sent again while the first request was on its way": (
        once.sends_activities_in_doubt,
        once.activities_arrive_late,
        8,
        60,
        None,
        "has 2 activities",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_seed_that_failed_once_holds_and_still_finds_its_fault(database: None, name: str) -> None:
    from simulation.seeds import run

    fault, meets, seed, steps, rate, sentence = FAULTS[name]
    with ExitStack() as stack:
        fixed = run(seed, steps, rate=rate, features=EVERY_RUN, planted=lambda _world: meets(stack) if meets else None)
    assert fixed.broken == [], "\n".join(fixed.trace)

    def planted(_world: object) -> None:
        fault(stack)
        if meets is not None:
            meets(stack)

    with ExitStack() as stack:
        broken = run(seed, steps, rate=rate, features=EVERY_RUN, planted=planted).broken
    assert any(sentence in one for one in broken), broken
