"""Keep configured addresses from reaching the network Bilag runs in (server-side request forgery).

A company's owner types the addresses of Moment and of the accounting system. They must not lead to Bilag's database, a
cloud's metadata service or a machine behind the firewall. Each connection resolves the name and connects to one of the
addresses it has checked, so changing the name in between (DNS rebinding) gains nothing.

* Link-local (cloud metadata), multicast, unspecified and reserved addresses: never allowed.
* Loopback and private networks: allowed unless Bilag is served over https.
* `BILAG_ALLOW_INSIDE` lists networks to allow anyway, for a hub on the premises.
"""

import os
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
REMEDY = "your Bilag administrator can allow it in BILAG_ALLOW_INSIDE"
METADATA = frozenset(map(ip_address, ("169.254.169.254", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")))
"""Where clouds serve a machine's own credentials."""
NAT64 = IPv6Network("64:ff9b::/96")


@lru_cache(maxsize=8)
def parse_networks(text: str) -> tuple[Network, ...]:
    """Parse `BILAG_ALLOW_INSIDE`: addresses or CIDR ranges, comma separated. Raises `ValueError`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def is_refused(address: Address) -> bool:
    """Return whether connections to `address` are refused."""
    address = _unwrap_ipv4(address)
    if any(address in network for network in parse_networks(os.environ.get("BILAG_ALLOW_INSIDE", ""))):
        return False
    if address in METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    if address.is_loopback or address.is_private:
        return _is_served_over_https()
    return not address.is_global and _is_served_over_https()


def is_refused_host(host: str) -> bool:
    """Return whether a host given as a number or as localhost is refused; False for every other name."""
    if host.rstrip(".").lower() == "localhost" or host.lower().rstrip(".").endswith(".localhost"):
        return is_refused(ip_address("127.0.0.1"))
    try:
        return is_refused(ip_address(host.strip("[]")))
    except ValueError:
        return False


def _is_served_over_https() -> bool:
    """Return whether Bilag serves other people than the one who started it."""
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
