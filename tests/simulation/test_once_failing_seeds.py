"""Seeds that failed once: each holds now, and still finds its fault when the fault is put back."""

import sys
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.support import simulation_faults as once

Plant = Callable[[ExitStack], None]
MOST_SEEDS = 60
"""So many from the first, which met the fault when it was written down. Another request of Bilag's shifts all seeds."""
EVERY_RUN = frozenset[str]()
"""Runs without features: a new one does not shift these seeds."""
FAULTS: dict[str, tuple[Plant, Plant | None, int, int, float | None, str]] = {
    # The fault, what the world does to meet it (None: the seed alone does), first seed, steps, rate, the broken promise.
    "a killed worker's import, asked for again meanwhile, ended each life of the next worker": (
        once.raises_at_a_job_queued_anew,
        None,
        50,
        40,
        0.25,
        "UniqueViolation",
    ),
    "an activity was sent again while the first request was on its way": (
        once.sends_activities_in_doubt,
        once.activities_arrive_late,
        51,
        60,
        None,
        "has 2 activities",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_seed_that_failed_once_holds_and_still_finds_its_fault(database: None, name: str) -> None:
    from simulation.seeds import run

    fault, meets, first, steps, rate, sentence = FAULTS[name]

    def broken(seed: int, *, planted: bool) -> list[str]:
        with ExitStack() as stack:

            def plant(_world: object) -> None:
                for put in (fault if planted else None, meets):
                    if put is not None:
                        put(stack)

            return run(seed, steps, rate=rate, features=EVERY_RUN, planted=plant).broken

    seeds = range(first, first + MOST_SEEDS)
    found = next((seed for seed in seeds if any(sentence in one for one in broken(seed, planted=True))), None)
    assert found is not None, f"{MOST_SEEDS} seeds did not find that {name}"
    sys.stdout.write(f"{name}: seed {found} (recorded: {first})\n")  # to be recorded when it is far from the first
    assert broken(found, planted=False) == []
