"""Encrypt all stored secrets with the newest key, while Bilag runs.

Each value shows which key encrypts it, so the command can be stopped at any time and run again. A value is replaced only if it
is unchanged since it was read: a concurrent save wins, and the count afterwards finds it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models

SEALED = (
    ("companies", "Company", "webhook_token"),
    ("companies", "IntegrationSetup", "secrets"),
    ("companies", "Ledger", "secrets"),
    ("mfa", "Authenticator", "data"),
)
"""Each column with encrypted text, as its value or inside its JSON. A test finds any other."""
MARK = "gAAAA"
"""The beginning of every Fernet token (version 128 and a date before the year 2106)."""
BATCH = 200
SAMPLE = 20
UNREADABLE = -1


def counts() -> Counter[int]:
    """Count the encrypted texts that each key opens, by the key's place (0 = the newest; `UNREADABLE` = no key)."""
    fernets = [Fernet(key) for key in settings.BILAG_SECRET_KEYS]
    return Counter(
        next((place for place, fernet in enumerate(fernets) if _opens(fernet, text)), UNREADABLE)
        for _, _, _, value in _rows()
        for text in _texts(value)
    )


def first_are_readable() -> bool:
    """Return whether our keys decrypt at least one of the first encrypted texts in the database; true if there are none.

    A single unreadable secret is no wrong key: its company lost the key long ago, and `counts` reports it.
    """
    fernets = [Fernet(key) for key in settings.BILAG_SECRET_KEYS]
    present = [
        one for one in SEALED if apps.is_installed(f"bilag.{one[0]}")
    ]  # short commands do not install the others
    first = list(islice((text for _, _, _, value in _rows(present) for text in _texts(value)), SAMPLE))
    return not first or any(_opens(fernet, text) for text in first for fernet in fernets)


def reseal() -> Iterator[tuple[int, int]]:
    """Re-encrypt everything with the newest key. Yield after each batch (texts read so far, values replaced so far)."""
    keys = [Fernet(key) for key in settings.BILAG_SECRET_KEYS]
    read = replaced = 0
    for count, (model, field, pk, value) in enumerate(_rows(), start=1):
        texts = list(_texts(value))
        if any(not _opens(keys[0], text) for text in texts):
            replaced += model._default_manager.filter(pk=pk, **{field: value}).update(**{field: _resealed(value, keys)})
        read += len(texts)
        if count % BATCH == 0:
            yield read, replaced
    yield read, replaced


def _rows(sealed: Sequence[tuple[str, str, str]] = SEALED) -> Iterator[tuple[type[models.Model], str, Any, Any]]:
    """Yield every row of each encrypted column in batches, including rows that are added meanwhile."""
    for app, name, field in sealed:
        model = apps.get_model(app, name)
        last = 0
        while True:
            rows = list(model._default_manager.filter(pk__gt=last).order_by("pk").values_list("pk", field)[:BATCH])
            if not rows:
                break
            for pk, value in rows:
                yield model, field, pk, value
            last = rows[-1][0]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(MARK):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)


def _resealed(value: Any, keys: list[Fernet]) -> Any:
    """Re-encrypt the value with the newest key. Return a value that no key decrypts unchanged."""
    if isinstance(value, dict):
        return {name: _resealed(item, keys) for name, item in value.items()}
    if not isinstance(value, str) or not value.startswith(MARK):
        return value
    try:
        return MultiFernet(keys).rotate(value.encode()).decode()
    except InvalidToken:
        return value


def _opens(fernet: Fernet, text: str) -> bool:
    try:
        fernet.decrypt(text.encode())
    except InvalidToken:
        return False
    return True
