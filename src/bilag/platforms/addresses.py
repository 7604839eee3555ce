"""Validate the address of another system that is entered in the setup."""

import os
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from bilag.platforms.base import Said
from bilag.wire.http import is_address
from bilag.wire.private_networks import refused_host

INSIDE = Said(
    "is inside the network that Bilag runs in. Give the address that is used from outside (your Bilag administrator can "
    "allow it with BILAG_ALLOW_INSIDE)",
    "er i nettverket som Bilag kjører i. Oppgi adressen som brukes utenfra (driftsansvarlig for Bilag kan tillate den "
    "med BILAG_ALLOW_INSIDE)",
)


def clean_address(text: str, which: Said) -> tuple[str, str | None]:
    """Return the address without a trailing slash. Plain http is accepted only to this machine or with BILAG_ALLOW_HTTP=1.

    `which` says which address to enter. Raise `ValueError` with a `Said` if the text is not an address.
    """
    parts = _split(text.strip())
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        given = "" if "@" in text else f"{text!r}. "
        raise ValueError(Said(f"is not an address: {given}{which}", f"er ikke en adresse: {given}{which.nb}"))
    if parts.username is not None:
        raise ValueError(
            Said(
                "contains a username. Enter the username in its own field",
                "inneholder et brukernavn. Oppgi brukernavnet i sitt eget felt",
            )
        )
    if parts.scheme == "http" and not plain_http_allowed(parts.hostname):
        raise ValueError(
            Said(
                "is plain http, which does not encrypt the password. Give an https address",
                "er ren http, som ikke krypterer passordet. Oppgi en https-adresse",
            )
        )
    if refused_host(parts.hostname):
        raise ValueError(INSIDE)
    return text.strip().rstrip("/"), None


def plain_http_allowed(host: str) -> bool:
    """Whether plain http to `host` is accepted: this machine, or BILAG_ALLOW_HTTP=1."""
    return _is_loopback(host) or os.environ.get("BILAG_ALLOW_HTTP") == "1"


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        return parts if (parts.port is None or parts.port) and is_address(text) else None
    except ValueError:  # invalid brackets or port
        return None


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
