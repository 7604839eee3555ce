"""A scripted Moment, a client that speaks with it, and an invoice as it comes over the wire."""

from collections.abc import Iterator

import pytest

from bilag.moment.client import MomentClient
from tests.support.moment.samples import KEY
from tests.support.moment.scripted_moment import ScriptedMoment, scripted_moment
from tests.support.patience import PATIENCE


@pytest.fixture
def server() -> Iterator[ScriptedMoment]:
    with scripted_moment() as moment:
        yield moment


@pytest.fixture
def client(server: ScriptedMoment) -> Iterator[MomentClient]:
    client = MomentClient(server.url, "4021", KEY, read_timeout=PATIENCE)
    yield client
    client.close()
