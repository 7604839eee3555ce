"""Azets against two hubs: the sandbox, a company of its own for each test, and one that says what it is told to."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from bilag.platforms.azets import PLATFORM
from bilag.platforms.azets.platform import AzetsPlatform
from bilag.platforms.base import Connection
from bilag.platforms.tryton.client import TrytonClient
from bilag.posting.dimensions import Dimensions
from bilag.wire import access_tokens, rate_limit
from bilag_sandbox import hub
from bilag_sandbox.common import running
from tests.support import local_http
from tests.support.azets.office import PASSWORD, UNITS, Office, numbers
from tests.support.azets.samples import PROFILE
from tests.support.azets.scripted_hub import Said, ScriptedHub, items, scripted_hub
from tests.support.held_time import HeldTime
from tests.support.patience import PATIENCE
from tests.support.poweroffice_go.fixtures import (  # noqa: F401 - fixtures
    company,
    go_address,
    go_clock,
    go_judge,
    manual,
    new_company,
    outgoing,
)
from tests.support.tryton.answering import Answering, answering


@pytest.fixture(scope="session")
def hub_address() -> Iterator[str]:
    with running(hub.app(requests_per_minute=100_000)) as url:
        yield url


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Closes what a test opened."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def new_office(hub_address: str, opened: ExitStack) -> Iterator[Callable[[str], Office]]:
    def made(system: str) -> Office:
        number = str(next(numbers))
        answer = local_http.post(f"{hub_address}/admin/clients", json={"id": number, "accountingSystem": system})
        assert answer.status_code == 201, answer.text
        dimensions = UNITS if system != "PowerOfficeGo" else Dimensions(project=2, department=1)
        return Office(hub_address, number, opened, dimensions)

    yield made
    local_http.delete(f"{hub_address}/admin/faults")


@pytest.fixture
def visma(new_office: Callable[[str], Office]) -> Office:
    """A Visma Business company with the customer, department and project of the samples."""
    office = new_office("VismaBusiness")
    office.put_master_data(office.platform())
    return office


@pytest.fixture
def poweroffice(new_office: Callable[[str], Office]) -> Office:
    """A PowerOffice Go company with the same."""
    office = new_office("PowerOfficeGo")
    office.put_master_data(office.platform())
    return office


@pytest.fixture
def scripted() -> Iterator[ScriptedHub]:
    """A hub that says what it is told; it has a profile, a chart without accounts, and no vouchers."""
    with scripted_hub() as hub_:
        hub_.on("GET", "/profile", Said(200, PROFILE)).on("GET", "/accounts", items()).on("GET", "/vat-codes", items())
        hub_.on("GET", "/periods", Said(200, {"lockDate": None, "items": []})).on("GET", "/vouchers", items())
        hub_.on("GET", "/batches", items())
        yield hub_


@pytest.fixture
def held_time(monkeypatch: pytest.MonkeyPatch) -> HeldTime:
    """The time by which tokens and rate limits live."""
    return HeldTime().rule(monkeypatch, access_tokens, rate_limit)


@pytest.fixture
def connect(scripted: ScriptedHub, opened: ExitStack) -> Callable[..., AzetsPlatform]:
    """Opens Bilag's connections to the scripted hub."""

    def connected(dimensions: Dimensions = UNITS, **values: str) -> AzetsPlatform:
        setup = {
            "base_url": scripted.url,
            "username": "moment-fjellvann",
            "password": PASSWORD,
            "source_client_id": "123",
            "parent_client_id": "S2041",
        }
        platform = PLATFORM.open(Connection(setup | values, dimensions))
        assert isinstance(platform, AzetsPlatform)
        opened.callback(platform.close)
        return platform

    return connected


@pytest.fixture
def azets(connect: Callable[..., AzetsPlatform]) -> AzetsPlatform:
    """Bilag's connection to the scripted hub."""
    return connect()


@pytest.fixture
def tryton() -> Iterator[Answering]:
    """A server in place of Tryton that gives one answer to every request."""
    with answering() as made:
        yield made


@pytest.fixture
def client(tryton: Answering) -> Iterator[TrytonClient]:
    client = TrytonClient(tryton.values, read_timeout=PATIENCE)
    yield client
    client.close()
