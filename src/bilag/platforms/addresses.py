"""Check the address of another system, as a user enters it in the setup."""

import os
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from bilag.platforms.base import Said
from bilag.wire.http import is_address
from bilag.wire.private_networks import is_refused_host

INSIDE = Said(
    "leads into the internal network of Bilag. Give the public address (your Bilag administrator can allow internal addresses in "
    "BILAG_ALLOW_INSIDE)",
    "fører inn i det interne nettverket til Bilag. Oppgi den offentlige adressen (driftsansvarlig for Bilag kan tillate interne "
    "adresser i BILAG_ALLOW_INSIDE)",
)


def clean_address(text: str, which: Said) -> tuple[str, str | None]:
    """Return the address without its final slash, and no remark.

    Plain http is accepted for this machine only, unless BILAG_ALLOW_HTTP=1. `which` tells the user what to enter
    instead of an invalid address. Raises `ValueError` with a `Said`.
    """
    parts = _split(text.strip())
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        given = "" if "@" in text else f"{text!r}. "
        raise ValueError(Said(f"is not an address: {given}{which}", f"er ikke en adresse: {given}{which.nb}"))
    if parts.username is not None:
        raise ValueError(
            Said(
                "contains a username. Enter it in the field for the username",
                "inneholder et brukernavn. Skriv det i feltet for brukernavn",
            )
        )
    if parts.scheme == "http" and not plain_http_allowed(parts.hostname):
        raise ValueError(
            Said(
                "uses http, which sends the password unencrypted. Give an https address",
                "bruker http, som sender passordet ukryptert. Oppgi en https-adresse",
            )
        )
    if is_refused_host(parts.hostname):
        raise ValueError(INSIDE)
    return text.strip().rstrip("/"), None


def plain_http_allowed(host: str) -> bool:
    """Tell whether plain http to `host` is accepted.

    For this machine, or if the operator allows it (BILAG_ALLOW_HTTP=1).
    """
    return _is_loopback(host) or os.environ.get("BILAG_ALLOW_HTTP") == "1"


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        return parts if (parts.port is None or parts.port) and is_address(text) else None
    except ValueError:  # malformed brackets or port
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
