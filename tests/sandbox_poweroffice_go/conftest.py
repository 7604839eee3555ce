"""A running stand-in for all tests of this folder behind the judge, and a company of its own for each test."""

from collections.abc import Iterator

import pytest

from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import HeldClock, running
from bilag_sandbox.common.fault_board import FaultyApp
from tests.support import local_http
from tests.support.poweroffice_go.judge import Judge
from tests.support.poweroffice_go.office import Office, new_office
from tests.support.poweroffice_go.published import SLICE


@pytest.fixture(scope="session")
def go_clock() -> HeldClock:
    """The time in the stand-in of all tests."""
    return HeldClock()


@pytest.fixture(scope="session")
def go_app(go_clock: HeldClock) -> FaultyApp:
    return go.app(clock=go_clock, requests_per_second=100_000)


@pytest.fixture(scope="session")
def go_judge(go_app: FaultyApp) -> Judge | None:
    """The judge, or None where the published file is not here: then only what the tests say is checked."""
    return Judge(go_app) if SLICE.exists() else None


@pytest.fixture(scope="session")
def go_address(go_app: FaultyApp, go_judge: Judge | None) -> Iterator[str]:
    with running(go_judge or go_app) as url:
        yield url


@pytest.fixture
def office(go_address: str, go_judge: Judge | None) -> Iterator[Office]:
    """A company with the usual chart; at its end every answer was as the published file says, and no wrong request was taken."""
    made = new_office(go_address)
    yield made
    local_http.delete(f"{go_address}/admin/faults")
    made.close()
    if go_judge is not None:
        go_judge.strictness()
