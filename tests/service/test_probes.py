"""Probes of web and worker while the database is away: quick, and right."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support import local_http
from tests.support.machines import folder, is_ready, shared, started
from tests.support.patience import wait_for
from tests.support.postgres import Postgres, postgres_in
from tests.support.service import free_port, service_in

pytestmark = pytest.mark.service
SOON = 3.0
"""Seconds. The limits are 0.8 s for a probe and 1.5 s for a webhook; a connection to the database would be waited for for 15."""


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with postgres_in(tmp_path_factory.mktemp("shared")) as made:
        yield made


def soon(method: str, url: str) -> httpx2.Response:
    """The answer, which comes soon."""
    began = time.monotonic()
    answer = local_http.request(method, url)
    assert time.monotonic() - began < SOON
    return answer


def test_probes_and_webhooks_answer_at_once_while_the_database_is_away(server: Postgres, tmp_path: Path) -> None:
    with service_in(folder(tmp_path)) as service:
        environment = shared(service, server.url(), BILAG_PROBES=f"127.0.0.1:{free_port()}")
        web, worker = (f"http://{environment[name]}" for name in ("BILAG_LISTEN", "BILAG_PROBES"))
        with (
            started(tmp_path / "web.log", environment, "web"),
            started(tmp_path / "worker.log", environment, "worker"),
        ):
            for variable in ("BILAG_LISTEN", "BILAG_PROBES"):
                wait_for(lambda variable=variable: is_ready(environment, variable), f"{variable} is ready")
            assert local_http.get(f"{worker}/accounts/login/").status_code == 404, "a worker serves nothing else"
            server.control("stop", "-m", "immediate")
            for address in (web, worker):
                wait_for(lambda address=address: soon("GET", f"{address}/readyz").status_code == 503, "it is not ready")
                assert soon("GET", f"{address}/livez").status_code == 200
                assert "bilag_database_up 0.0" in soon("GET", f"{address}/metrics").text
            refused = soon("POST", f"{web}/hooks/moment/some-token")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            server.control("start")
            for variable in ("BILAG_LISTEN", "BILAG_PROBES"):
                wait_for(lambda variable=variable: is_ready(environment, variable), f"{variable} is ready again")
            assert "bilag_database_up 1.0" in local_http.get(f"{worker}/metrics").text
