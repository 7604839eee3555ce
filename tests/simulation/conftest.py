"""Runs of the simulation on the test run's own PostgreSQL."""

import pytest

from tests.support.simulation import Held


@pytest.fixture
def held(database: None) -> Held:
    """Runs seeds and tells, with trace and command, of the first that did not hold."""
    from simulation.seeds import run

    def check(*seeds: int, steps: int) -> None:
        for seed in seeds:
            result = run(seed, steps)
            if result.broken:
                sentences = "\n".join(result.broken)
                pytest.fail("\n".join([*result.trace, sentences, f"replay: {result.command}"]), pytrace=False)

    return check
