"""Keep configured addresses from reaching the network Bilag runs in (server-side request forgery).

A company's owner types the addresses of Moment and of the accounting system. They must not lead to Bilag's database, a
cloud's metadata service or a machine behind the firewall. Each connection resolves the name and connects to one of the
addresses it has checked, so changing the name in between (DNS rebinding) gains nothing.

* Link-local (cloud metadata), multicast, unspecified and reserved addresses: never allowed.
* Loopback and private networks: allowed unless Bilag is served over https.
* `BILAG_ALLOW_INSIDE` lists networks to allow anyway, for a hub on the premises.
"""

import os
import socket
import ssl
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore2
import httpx2

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
REMEDY = "whoever runs Bilag may allow it in BILAG_ALLOW_INSIDE"
METADATA = frozenset(map(ip_address, ("169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")))
"""Where clouds serve a machine's own credentials."""
NAT64 = IPv6Network("64:ff9b::/96")


@lru_cache(maxsize=8)
def parse_networks(text: str) -> tuple[Network, ...]:
    """Parse `BILAG_ALLOW_INSIDE`: addresses or CIDR ranges, comma separated. Raises `ValueError`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_refused(address: Address) -> bool:
    """Tell whether connections to `address` are refused."""
    address = _unwrap_ipv4(address)
    if any(address in network for network in parse_networks(os.environ.get("BILAG_ALLOW_INSIDE", ""))):
        return False
    if address in METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    if address.is_loopback or address.is_private:
        return _is_served_over_https()
    return not address.is_global and _is_served_over_https()


def is_refused_host(host: str) -> bool:
    """Tell whether a host given as a number or as localhost is refused; False for every other name."""
    if host.rstrip(".").lower() == "localhost" or host.lower().rstrip(".").endswith(".localhost"):
        return is_refused(ip_address("127.0.0.1"))
    try:
        return is_refused(ip_address(host.strip("[]")))
    except ValueError:
        return False


def _is_served_over_https() -> bool:
    """Tell whether Bilag serves more people than the one who started it."""
    return os.environ.get("BILAG_BASE_URL", "").lower().startswith("https://")


def _unwrap_ipv4(address: Address) -> Address:
    """Return the IPv4 address inside an IPv6 one (mapped, 6to4, NAT64 or compatible), else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to checked addresses only, never to a name."""

    def __init__(self, inner: httpcore2.NetworkBackend | None = None) -> None:
        self._inner = inner or httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address that answers.

        Raises `httpcore2.ConnectError` if the name does not resolve or leads to a refused address.
        """
        fault: Exception | None = None
        for address in _resolve(host, port):
            try:
                return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = error
        raise fault or httpcore2.ConnectError(f"{host} has no address")


def _resolve(host: str, port: int) -> Sequence[str]:
    """Resolve the name, in the resolver's order. One refused address is enough to refuse the name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"the name {host} cannot be resolved ({error})") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if any(is_refused(ip_address(address.partition("%")[0])) for address in addresses):
        raise httpcore2.ConnectError(f"{host} leads into the network that Bilag runs in; {REMEDY}")
    return addresses


@cache
def _certificates() -> ssl.SSLContext:
    """Load the certificates httpx trusts, once: a copy for each client would cost 20 ms and most of its memory."""
    return httpx2.create_ssl_context(trust_env=False)


def transport(limits: httpx2.Limits) -> httpx2.HTTPTransport:
    """Return an HTTP transport over guarded connections, without proxy."""
    guarded = httpx2.HTTPTransport(verify=_certificates(), limits=limits, trust_env=False)
    # httpx offers no public way to set the pool's backend. A test fails if the pool stops using this one.
    guarded._pool._network_backend = GuardedBackend()
    return guarded
