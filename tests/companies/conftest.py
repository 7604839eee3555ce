"""`bilag company` as it is typed, on a PostgreSQL of its own; with both sandboxes where a company is checked."""

from pathlib import Path

import pytest

from tests.support.desk import Desk, nowhere
from tests.support.sandboxes import Stage, new_hub, new_moment


@pytest.fixture
def desk(database: None, quiet_logs: None, tmp_path: Path) -> Desk:
    """A desk where neither of the two systems can be reached."""
    away = nowhere()
    return Desk(tmp_path, away, away)


@pytest.fixture
def office(database: None, quiet_logs: None, tmp_path: Path, moment_stage: Stage, hub_stage: Stage) -> Desk:
    """A desk with both sandboxes running, as new."""
    return Desk(tmp_path, moment_stage.show(new_moment()), hub_stage.show(new_hub()))
