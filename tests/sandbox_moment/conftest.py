"""A Moment of its own for each test, spoken to as a third-party program would, every answer held against the published
contract where that is present."""

import threading
from collections.abc import Iterator

import pytest
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bilag_sandbox.common import HeldClock, running
from tests.support.moment.client import CONTRACT, LAST_DAY, Contract, Office, Receiver, office_of
from tests.support.sandboxes import Stage, new_moment


@pytest.fixture(scope="session")
def contract() -> Contract | None:
    """The published contract, or None where it is not here: then only what the tests say is checked."""
    return Contract(yaml.safe_load(CONTRACT.read_text())) if CONTRACT.exists() else None


@pytest.fixture
def office(contract: Contract | None, moment_stage: Stage) -> Iterator[Office]:
    """A firm with its year, the last month's invoices still drafts."""
    clock = HeldClock()
    url = moment_stage.show(new_moment(clock, sample="year", last_day=LAST_DAY))
    with Office(url, contract, clock) as office:
        yield office


@pytest.fixture(scope="session")
def reading_room(contract: Contract | None) -> Iterator[Office]:
    """The same, for tests that change nothing."""
    with office_of(contract) as office:
        yield office


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real server that takes webhooks."""
    got = Receiver()
    lock = threading.Lock()

    async def take(request: Request) -> Response:
        body = await request.json()
        with lock:
            got.events.append(body)
            got.headers.append(dict(request.headers))
        return Response(status_code=got.status)

    with running(Starlette(routes=[Route("/hooks/{kind}", take, methods=["POST"])])) as url:
        got.url = f"{url}/hooks/all"
        yield got
