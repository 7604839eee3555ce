"""The sockets of a worker follow what it does, and not how many companies it has; its own limits are told as its own."""

import os
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from starlette.types import Receive, Scope, Send

from bilag.wire import shared_transport
from bilag.wire.circuit_breaker import Job, in_worker
from bilag.wire.http import ConnectionFault, WireClient
from bilag_sandbox.common import running
from tests.support.patience import wait_for

COMPANIES = 300


async def _ok(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running(_ok) as url:
        yield url


def clients(address: str, count: int) -> list[WireClient]:
    return [WireClient("moment", f"{address}/companies/{number}") for number in range(count)]


def test_companies_share_the_connections_to_one_address_and_idle_ones_are_closed(address: str) -> None:
    wait_for(lambda: not shared_transport.open_connections(), "earlier connections are closed")
    made = clients(address, COMPANIES)
    for client in made:
        assert client.send("GET", "x").status == 200
    assert shared_transport.open_connections() <= 2
    wait_for(lambda: not shared_transport.open_connections(), "idle connections are closed, though nobody asks again")
    assert made[0].send("GET", "x").status == 200


def test_a_connection_that_is_made_while_the_thread_ends_is_closed_too(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread has looked and found nothing when the request makes its connection."""
    wait_for(lambda: not shared_transport._reaper._runs, "no thread runs")
    looked, goes_on = threading.Event(), threading.Event()

    def pausing() -> None:
        looked.set()
        goes_on.wait()

    monkeypatch.setattr(shared_transport._Reaper, "_close_idle", staticmethod(pausing))
    (client,) = clients(address, 1)
    assert client.send("GET", "x").status == 200
    for pool in list(shared_transport._pools.values()):
        pool.close()  # what the thread will have found
    assert looked.wait(10)
    monkeypatch.undo()
    assert client.send("GET", "x").status == 200
    assert shared_transport.open_connections() == 1
    goes_on.set()
    wait_for(lambda: not shared_transport.open_connections(), "the connection is closed, though nobody asks again")


def test_a_client_that_is_closed_takes_no_connection_from_others(address: str) -> None:
    one, other = clients(address, 2)
    assert one.send("GET", "x").status == 200
    one.close()
    assert other.send("GET", "x").status == 200


def test_an_address_that_nobody_has_any_more_is_forgotten() -> None:
    client = WireClient("moment", "http://gone.example:81")
    assert "http://gone.example:81" in shared_transport._pools
    client.close()
    del client
    wait_for(lambda: "http://gone.example:81" not in shared_transport._pools, "the pool is gone")


@contextmanager
def few_descriptors() -> Iterator[None]:
    """This process can open no file any more, even if another thread closes one: stdin, stdout and stderr are all it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            os.dup(0)
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["by address", "by name"])
def test_a_process_without_descriptors_blames_itself_and_no_breaker_counts_it(address: str, host: str) -> None:
    (client,) = clients(address.replace("127.0.0.1", host), 1)
    wait_for(lambda: not shared_transport.open_connections(), "idle connections are closed")
    token = in_worker.set(Job())
    try:
        for _ in range(5):
            with few_descriptors(), pytest.raises(ConnectionFault) as caught:
                client.send("GET", "x")
            assert caught.value.is_own
            assert caught.value.outcome_known
        assert client.send("GET", "x").status == 200
    finally:
        in_worker.reset(token)


def test_a_server_that_refuses_is_to_blame_itself() -> None:
    with pytest.raises(ConnectionFault) as caught:
        WireClient("moment", "http://127.0.0.1:9").send("GET", "x")
    assert not caught.value.is_own
