"""An address that somebody configured is no way into the network that Bilag runs in."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bilag.companies.fields import clean_base_url
from bilag.platforms.registry import platform_kinds
from bilag.wire import private_networks
from bilag.wire.http import ConnectionFault, WireClient
from tests.support.patience import PATIENCE
from tests.support.raw_server import RawServer, answer, raw_server

NEVER = (
    "169.254.169.254",
    "169.254.10.1",
    "100.100.100.200",
    "fd00:ec2::254",
    "fe80::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "224.0.0.1",
    "0.0.0.0",
    "::",
)
INSIDE = (
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "::ffff:127.0.0.1",
    "10.1.2.3",
    "172.16.0.9",
    "192.168.1.5",
    "fd12::1",
    "100.64.0.1",
)
OUTSIDE = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as made:
        yield made


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Bilag that others reach."""
    monkeypatch.setenv("BILAG_BASE_URL", "https://bilag.example")
    monkeypatch.delenv("BILAG_ALLOW_INSIDE", raising=False)


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What a name leads to; the list given back has the addresses that were connected to."""
    connected: list[str] = []

    def lead(*answers: list[str]) -> list[str]:
        turns = list(answers)

        def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
            now = turns.pop(0) if len(turns) > 1 else turns[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in now]

        def create_connection(address: tuple[str, int], *args: Any, **kwargs: Any) -> Any:
            connected.append(address[0])
            raise ConnectionRefusedError("no such machine in a test")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        monkeypatch.setattr(socket, "create_connection", create_connection)
        return connected

    return lead


@pytest.mark.parametrize("address", NEVER)
def test_metadata_and_the_like_are_never_connected_to(resolves: Callable[..., list[str]], address: str) -> None:
    connected = resolves([address])
    with pytest.raises(
        ConnectionFault, match="leads into the network that Bilag runs in; your Bilag administrator"
    ) as caught:
        WireClient("hub", "http://hub.example/v1").send("GET", "clients")
    assert caught.value.outcome_known
    assert connected == []
    assert address not in str(caught.value), "what a name of the inside leads to is not told"


@pytest.mark.parametrize("address", INSIDE)
def test_a_bilag_that_others_reach_goes_nowhere_inside(
    deployed: None, resolves: Callable[..., list[str]], address: str
) -> None:
    connected = resolves([OUTSIDE[0], address])
    with pytest.raises(ConnectionFault, match="leads into the network"):
        WireClient("hub", "https://hub.example/v1").send("GET", "clients")
    assert connected == [], "one address inside among others is enough"


def test_a_name_that_changes_after_it_was_looked_at_gains_nothing(
    deployed: None, resolves: Callable[..., list[str]]
) -> None:
    connected = resolves([OUTSIDE[0]], ["127.0.0.1"])
    with pytest.raises(ConnectionFault, match="no such machine"):
        WireClient("hub", "https://hub.example/v1").send("GET", "clients")
    assert connected == [OUTSIDE[0]], "the address is looked up once, and that one is connected to"


def test_a_kept_connection_or_a_redirect_is_no_way_around(
    server: RawServer, deployed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub on the premises is allowed; where it redirects to is told, not followed."""
    monkeypatch.setenv("BILAG_ALLOW_INSIDE", "127.0.0.0/8")
    server.says(answer(b"", "Location: http://169.254.169.254/latest/meta-data/", status="302 Found"))
    client = WireClient("hub", f"{server.url}/v1", read_timeout=PATIENCE)
    assert client.send("GET", "clients").status == 302
    assert len(server.requests) == 1
    client.close()


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "[::1]", "10.0.0.5", "169.254.169.254"])
def test_an_address_inside_is_refused_in_the_setup_with_what_to_do(deployed: None, host: str) -> None:
    for clean in (clean_base_url, lambda text: _field("azets", text), lambda text: _field("tryton", text)):
        with pytest.raises(ValueError, match=r"leads into the internal network of Bilag\. Give") as caught:
            clean(f"https://{host}/v1")
        assert "fører inn i det interne nettverket" in caught.value.args[0].nb


def test_metadata_is_refused_in_the_setup_of_a_laptop_too_and_this_machine_is_not() -> None:
    with pytest.raises(ValueError, match="leads into the internal network"):
        clean_base_url("https://169.254.169.254")
    assert clean_base_url("http://127.0.0.1:8130") == "http://127.0.0.1:8130"


def test_a_hub_on_the_premises_is_allowed_by_name_of_its_network_and_nothing_else(
    deployed: None, server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.says(answer(b"[]"))
    with pytest.raises(ConnectionFault, match="leads into the network"):
        WireClient("hub", server.url).send("GET", "clients")
    assert server.connections == 0
    monkeypatch.setenv("BILAG_ALLOW_INSIDE", "10.20.0.0/16, 127.0.0.1")
    assert WireClient("hub", server.url).send("GET", "clients").status == 200
    assert clean_base_url("https://10.20.3.4/moment") == "https://10.20.3.4/moment"
    with pytest.raises(ValueError, match="leads into"):
        clean_base_url("https://10.21.3.4/moment")


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_rest_of_the_world_is_reached(deployed: None, address: str) -> None:
    assert not private_networks.is_refused_host(address)


def test_numbers_in_disguise_are_seen_through_when_connecting(deployed: None) -> None:
    for host in ("2130706433", "0x7f000001", "127.1"):
        with pytest.raises(ConnectionFault, match=r"leads into the network"):
            WireClient("hub", f"https://{host}/v1").send("GET", "clients")
    for host in ("0177.0.0.1", "999.1.1.1"):
        with pytest.raises(ValueError, match="not a valid address"):
            WireClient("hub", f"https://{host}/v1")
        for clean in (clean_base_url, lambda text: _field("azets", text)):
            with pytest.raises(ValueError, match="Give"):
                clean(f"https://{host}/v1")


def _field(platform: str, text: str) -> Any:
    [field] = [one for one in platform_kinds()[platform].fields if one.name == "base_url"]
    return field.clean(text) if field.clean else None
