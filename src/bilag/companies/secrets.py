"""Encrypt secrets at rest with the newest key, and read them with any key (MultiFernet)."""

import hashlib
import json
import secrets as random_secrets
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SecretsUnreadable(Exception):
    """No key opens the stored secrets; the message says where keys come from."""


def sealed(secrets: Mapping[str, str]) -> str:
    """Encrypt secrets by dotted name as one text."""
    return (
        _multi(tuple(settings.BILAG_SECRET_KEYS)).encrypt(json.dumps(dict(secrets), sort_keys=True).encode()).decode()
    )


def opened(text: str) -> dict[str, str]:
    """Decrypt what `sealed` made. Raises `SecretsUnreadable` when no key fits."""
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
    """Return a secret that cannot be guessed: 32 random bytes as text for an address."""
    return random_secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return the SHA-256 of a token, to look the token up without storing it in clear."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _multi(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
