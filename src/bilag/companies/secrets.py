"""Secrets at rest: encrypted with the newest of the keys, read with any of them (MultiFernet)."""

import hashlib
import json
import secrets as random_secrets
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SecretsUnreadable(Exception):
    """No key opens what is stored; the message says where keys come from."""


def sealed(secrets: Mapping[str, str]) -> str:
    """Secrets by dotted name, as one encrypted text."""
    return (
        _multi(tuple(settings.BILAG_SECRET_KEYS)).encrypt(json.dumps(dict(secrets), sort_keys=True).encode()).decode()
    )


def opened(text: str) -> dict[str, str]:
    """What `sealed` made. Raises `SecretsUnreadable` when no key fits."""
    return dict(_opened(text, tuple(settings.BILAG_SECRET_KEYS))) if text else {}


@lru_cache(maxsize=1000)
def _opened(text: str, keys: tuple[str, ...]) -> dict[str, str]:
    try:
        return dict(json.loads(_multi(keys).decrypt(text.encode())))
    except InvalidToken as error:
        raise SecretsUnreadable(
            "Bilag cannot decrypt the stored secrets: it runs with another key file, or another BILAG_SECRET_KEYS, than when "
            "they were saved. Add the earlier key at the end of BILAG_SECRET_KEYS."
        ) from error


def new_token() -> str:
    """A secret that nobody guesses: 32 random bytes as text for addresses."""
    return random_secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """SHA-256 of a token, by which it is looked up without being stored in clear."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _multi(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
