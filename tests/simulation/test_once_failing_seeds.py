"""Seeds that failed once. They stay: each still finds its fault when that is put back, and holds without it."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.support import simulation_faults as once

FAULTS: dict[str, tuple[Callable[[ExitStack], None], int, int, float | None, str]] = {
    "a killed worker's import, asked for again meanwhile, ended each life of the next worker": (
        once.raises_at_a_job_queued_anew,
        5,
        40,
        0.25,
        "UniqueViolation",
    ),
    "an activity was sent again while the first request was on its way": (
        once.sends_activities_in_doubt,
        3030,
        60,
        None,
        "has 2 activities",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_seed_that_failed_once_holds_and_still_finds_its_fault(database: None, name: str) -> None:
    from simulation.seeds import run

    fault, seed, steps, rate, sentence = FAULTS[name]
    mended = run(seed, steps, rate=rate)
    assert mended.broken == [], "\n".join(mended.trace)
    with ExitStack() as stack:
        broken = run(seed, steps, rate=rate, planted=lambda _world: fault(stack)).broken
    assert any(sentence in one for one in broken), broken
