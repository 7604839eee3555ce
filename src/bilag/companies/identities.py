"""Detect that two addresses lead to the same Moment, or that two setups name the same ledger.

An address is stored in one spelling (`bilag.moment.source`, `PlatformKind.ledger_key`), but a server may have several names. So
companies of an installation are compared by the machine that Moment's name resolves to, and by what the client in accounting
says of itself. Neither is proof (a test copy may share both), so a person may confirm that they are not the same.
"""

import socket
from urllib.parse import urlsplit

from bilag.companies.models import Identity
from bilag.companies.setup import Setup
from bilag.moment.source import canonical_company
from bilag.platforms.base import Client

MOST_ADDRESSES = 16


def identities_of(setup: Setup, client: Client) -> frozenset[str]:
    """Return the identities of a setup's Moment and ledger. Resolves the name of Moment's host."""
    company = canonical_company(setup.moment.company_id)
    found = {f"moment:{company}@{place}" for place in _places(setup.moment.base_url)}
    if client.identity:
        found.add(client.identity[:300])
    return frozenset(found)


def shared_with_others(company_id: int, identities: frozenset[str]) -> frozenset[str]:
    """Return the identities that another company in Bilag has too."""
    others = Identity.objects.filter(value__in=identities).exclude(company_id=company_id)
    return frozenset(others.values_list("value", flat=True))


def remember(company_id: int, identities: frozenset[str]) -> None:
    """Keep them as the company's. In a transaction."""
    Identity.objects.filter(company_id=company_id).exclude(value__in=identities).delete()
    Identity.objects.bulk_create(
        (Identity(company_id=company_id, value=value) for value in sorted(identities)), ignore_conflicts=True
    )


def _places(base_url: str) -> list[str]:
    """Return address, port and path of the machines that a name leads to; none when it leads nowhere."""
    parts = urlsplit(base_url)
    try:
        port = parts.port or {"http": 80, "https": 443}[parts.scheme.lower()]
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError, KeyError):
        return []
    hosts = sorted({str(one[4][0]) for one in found})[:MOST_ADDRESSES]
    return [f"{host}:{port}{parts.path.rstrip('/')}"[:250] for host in hosts]
