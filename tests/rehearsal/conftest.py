"""A company with a year in Moment, and nothing of it in accounting yet."""

from collections.abc import Iterator

import pytest

from bilag_sandbox.common import HeldClock
from tests.support.sandboxes import Stage, new_hub, new_moment
from tests.support.world import World, world_between


@pytest.fixture
def year(database: None, moment_stage: Stage, hub_stage: Stage) -> Iterator[World]:
    """Both sandboxes, Moment with the sample year finalised, and the company between them."""
    clock = HeldClock()
    moment_url = moment_stage.show(new_moment(clock, sample="finalized"))
    with world_between(moment_url, hub_stage.show(new_hub(clock)), clock) as made:
        yield made
