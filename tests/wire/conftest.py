"""A server that sends the bytes it is told to and nothing else: for answers that no HTTP library would give."""

from collections.abc import Iterator

import pytest

from bilag.wire.http import WireClient
from tests.support.patience import PATIENCE
from tests.support.raw_server import RawServer, raw_server


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as made:
        yield made


@pytest.fixture
def client(server: RawServer) -> Iterator[WireClient]:
    """Patient, however slow the machine is."""
    made = WireClient(
        "hub", f"{server.url}/v1", read_timeout=PATIENCE, secrets=frozenset({"s3cret-key", "pass word/1"})
    )
    yield made
    made.close()


@pytest.fixture
def impatient(server: RawServer) -> Iterator[WireClient]:
    """Patient for half a second, for answers that do not come."""
    made = WireClient("hub", f"{server.url}/v1", read_timeout=0.5)
    yield made
    made.close()
