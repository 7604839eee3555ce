"""`bilag company` as it is typed, on a PostgreSQL of its own; with both sandboxes where a company is checked."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bilag_sandbox import hub, moment
from bilag_sandbox.common import running
from tests.support.desk import Desk, Stage, nowhere


@pytest.fixture
def desk(database: None, quiet_logs: None, tmp_path: Path) -> Desk:
    """A desk where neither of the two systems can be reached."""
    away = nowhere()
    return Desk(tmp_path, away, away)


@pytest.fixture(scope="session")
def stages() -> Iterator[dict[str, tuple[Stage, str]]]:
    """A stage for each of the two systems, with its address."""
    hub_stage, moment_stage = Stage(), Stage()
    with running(hub_stage) as hub_url, running(moment_stage) as moment_url:
        yield {"hub": (hub_stage, hub_url), "moment": (moment_stage, moment_url)}


@pytest.fixture
def office(database: None, quiet_logs: None, tmp_path: Path, stages: dict[str, tuple[Stage, str]]) -> Desk:
    """A desk with both sandboxes running, as new."""
    (hub_stage, hub_url), (moment_stage, moment_url) = stages["hub"], stages["moment"]
    hub_stage.sandbox = hub.app(requests_per_minute=100_000)
    moment_stage.sandbox = moment.app(sample="drafts", last_day=date(2026, 11, 23))
    return Desk(tmp_path, moment_url, hub_url)
