"""HTTP transport that connects only to addresses that `private_networks` allows.

It asks where a name leads at the moment of each connection, and connects to one of the addresses that it checked.
"""

import socket
import ssl
from collections.abc import Iterable, Sequence
from functools import cache
from ipaddress import ip_address
from typing import Any

import httpcore2
import httpx2

from bilag.wire.private_networks import CURE, refused


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to addresses that were looked at, never to a name."""

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
        """Raises `httpcore2.ConnectError` in words when the name leads inside, or nowhere."""
        fault: Exception | None = None
        for address in _addresses(host, port):
            try:
                return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                fault = error
        raise fault or httpcore2.ConnectError(f"{host} has no address")


def _addresses(host: str, port: int) -> Sequence[str]:
    """Where the name leads to, in the order of the resolver; one address inside is enough to refuse it."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"the name {host} is not known ({error})") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if any(refused(ip_address(address.partition("%")[0])) for address in addresses):
        raise httpcore2.ConnectError(f"{host} leads into the network that Bilag runs in; {CURE}")
    return addresses


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that httpx takes. Read once: for each client they would be 20 ms and most of its memory."""
    return httpx2.create_ssl_context(trust_env=False)


def transport(limits: httpx2.Limits) -> httpx2.HTTPTransport:
    """HTTP over guarded connections, with the certificates that httpx takes and no proxy."""
    made = httpx2.HTTPTransport(verify=_certificates(), limits=limits, trust_env=False)
    # httpx gives no way to choose how its pool connects; a test fails if the pool ever stops asking this one.
    made._pool._network_backend = GuardedBackend()
    return made
