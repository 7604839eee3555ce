"""A seed is one run: the same steps, faults, kills and answers each time."""

import pytest


@pytest.mark.parametrize(("seed", "steps"), [(3, 25), (9, 25), (41, 20)])
def test_seed_gives_the_same_trace_twice(database: None, seed: int, steps: int) -> None:
    from simulation.seeds import run

    first, second = run(seed, steps), run(seed, steps)
    assert first.trace == second.trace
    assert first.faults == second.faults
    assert len(first.trace) > steps


def test_other_seeds_are_other_runs(database: None) -> None:
    from simulation.seeds import run

    assert run(3, 10).trace[1:] != run(4, 10).trace[1:]
