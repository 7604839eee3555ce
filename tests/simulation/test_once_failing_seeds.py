"""Seeds that failed once, each with what was wrong in Bilag. They stay."""

from tests.simulation.conftest import Held


def test_job_of_a_killed_worker_that_is_queued_anew_already_does_not_end_the_next_worker(held: Held) -> None:
    """`take_up_abandoned` met the queueing lock of an import that was asked for again, and raised at each life."""
    held(15, steps=40)
