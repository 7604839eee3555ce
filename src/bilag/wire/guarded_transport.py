"""HTTP transport that connects only to addresses that `private_networks` allows.

Each connection resolves the name and connects to one of the addresses it has checked.
"""

import errno
import os
import socket
import ssl
from collections.abc import Iterable, Sequence
from functools import cache
from ipaddress import ip_address
from typing import Any

import httpcore2
import httpx2

from bilag.wire.private_networks import REMEDY, is_refused

OF_THIS_MACHINE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL})
"""Errors of the operating system that say nothing of the other side."""


class OwnFault(httpcore2.ConnectError):
    """This machine cannot open another connection: the other system is not to blame."""


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
                if _is_own(error.__cause__ or error.__context__):
                    raise OwnFault(str(error)) from error
                fault = error
        raise fault or httpcore2.ConnectError(f"{host} has no address")


def _resolve(host: str, port: int) -> Sequence[str]:
    """Resolve the name, in the resolver's order. One refused address is enough to refuse the name."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        if _is_own(error) or not _can_open_files():
            raise OwnFault(f"the name {host} could not be resolved ({error})") from error
        raise httpcore2.ConnectError(f"the name {host} cannot be resolved ({error})") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if any(is_refused(ip_address(address.partition("%")[0])) for address in addresses):
        raise httpcore2.ConnectError(f"{host} leads into the network that Bilag runs in; {REMEDY}")
    return addresses


def _is_own(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in OF_THIS_MACHINE


def _can_open_files() -> bool:
    """Return whether this process can open a file: the resolver needs one, and reports only that it found nothing."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return False
    return True


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
