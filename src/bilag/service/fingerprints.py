"""The names by which people and the database know keys. Importing this makes no key, unlike `bilag.service.keys`."""

import hashlib


def fingerprint(key: str) -> str:
    """Return a short name by which people can tell keys apart. It reveals nothing about the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]
