"""The service as it runs: each `bilag` a process of its own, on a data folder of the test, between both sandboxes."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import Postgres, postgres_in
from tests.support.service import Service, service_in


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service_in(tmp_path_factory.mktemp("service")) as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL that several machines share."""
    with postgres_in(tmp_path_factory.mktemp("shared")) as made:
        yield made


@pytest.fixture
def shared_database(server: Postgres) -> Iterator[str]:
    """The name of a database there that was migrated and knows no key yet."""
    server.execute("create database of_a_test template postgres owner bilag")
    yield "of_a_test"
    server.execute("drop database of_a_test with (force)")
