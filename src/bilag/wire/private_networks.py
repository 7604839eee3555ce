"""Which machines Bilag may be sent to by an address that somebody configured.

A company's owner types the address of Moment and of the accounting system. It must not become a way into the network that
Bilag itself runs in: to its database, to a cloud's metadata, to a machine behind the firewall. So each connection asks
where the name leads to at that moment, and goes to one of the addresses that were looked at: a name that is changed between
look and connection gains nothing.

* Link-local (where clouds keep their metadata), multicast, unspecified and reserved addresses: never.
* This machine and private networks: on a Bilag that is not served over https (a laptop, the demo); on one that is, never.
* `BILAG_ALLOW_INSIDE` names networks that are taken all the same, for a hub on the premises.
"""

import os
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
CURE = "whoever runs Bilag may allow it in BILAG_ALLOW_INSIDE"
METADATA = frozenset(map(ip_address, ("169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")))
"""Where clouds tell a machine its own credentials."""
NAT64 = IPv6Network("64:ff9b::/96")


@lru_cache(maxsize=8)
def networks_of(text: str) -> tuple[Network, ...]:
    """The networks of `BILAG_ALLOW_INSIDE`: addresses or CIDR, comma separated. Raises `ValueError`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def refused(address: Address) -> bool:
    """Whether no connection is made to `address`."""
    address = _plain(address)
    if any(address in network for network in networks_of(os.environ.get("BILAG_ALLOW_INSIDE", ""))):
        return False
    if address in METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    if address.is_loopback or address.is_private:
        return _served_to_others()
    return not address.is_global and _served_to_others()


def refused_host(host: str) -> bool:
    """The same for a host that is written as a number, or is this machine by name; False for every other name."""
    if host.rstrip(".").lower() == "localhost" or host.lower().rstrip(".").endswith(".localhost"):
        return refused(ip_address("127.0.0.1"))
    try:
        return refused(ip_address(host.strip("[]")))
    except ValueError:
        return False


def _served_to_others() -> bool:
    """A Bilag behind https serves more people than the one who started it."""
    return os.environ.get("BILAG_BASE_URL", "").lower().startswith("https://")


def _plain(address: Address) -> Address:
    """An IPv4 address that is written as IPv6 as what it is."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
