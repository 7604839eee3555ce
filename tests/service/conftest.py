"""The service as it runs: each `bilag` a process of its own, on a data folder of the test, between both sandboxes."""

from collections.abc import Iterator

import pytest

from tests.support.service import Service, service_in


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service_in(tmp_path_factory.mktemp("service")) as made:
        yield made
