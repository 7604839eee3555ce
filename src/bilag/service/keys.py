"""The Fernet keys while Bilag runs: reread when the key file changes, so that a new key needs no restart.

The first key encrypts, all decrypt. Django's signing key is derived from the first, its fallbacks from the others: sessions and
links signed with an earlier key stay valid as long as that key exists.
"""

import base64
import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, overload

from cryptography.fernet import Fernet

from bilag.service.environment import Environment, EnvironmentFault, environment


class KeyRing(Sequence[str]):
    """The keys, newest first. As a sequence it always equals the file's present content."""

    def __init__(self, source: Environment) -> None:
        self._source = source
        self._keys = tuple(source.secret_keys)
        self._stamp = self._stamp_of_file()

    def now(self) -> tuple[str, ...]:
        """Return the keys; a file that cannot be read or is wrong for the moment changes nothing."""
        stamp = self._stamp_of_file()
        if stamp is not None and stamp != self._stamp:
            try:
                self._keys = tuple(self._source.checked_keys())
                self._stamp = stamp
            except (EnvironmentFault, OSError):
                return self._keys
        return self._keys

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return self.now()[index]

    def __len__(self) -> int:
        return len(self.now())

    def __iter__(self) -> Iterator[str]:
        return iter(self.now())

    def __repr__(self) -> str:
        return f"<{len(self._keys)} keys>"

    def _stamp_of_file(self) -> tuple[int, int, int] | None:
        path = self._source.key_file
        try:
            found = path.stat() if path is not None else None
        except OSError:
            return None
        return (found.st_ino, found.st_mtime_ns, found.st_size) if found is not None else None


def signing_key(key: str) -> str:
    """Return Django's key for sessions and links, derived from one of ours."""
    return base64.urlsafe_b64encode(hashlib.sha512(b"django:" + key.encode()).digest()).decode()


def follow(ring: KeyRing) -> None:
    """Let Django sign with the present first key. Called at the beginning of each request."""
    from django.conf import settings

    first, *others = (signing_key(key) for key in ring)
    if first != settings.SECRET_KEY or others != settings.SECRET_KEY_FALLBACKS:
        # In this order: a value signed between the two lines is verified by one of them.
        settings.SECRET_KEY_FALLBACKS = [*others, settings.SECRET_KEY]
        settings.SECRET_KEY = first
        settings.SECRET_KEY_FALLBACKS = others


def add_to_file(path: Path) -> str:
    """Put a new key first in the key file and return it. The file is replaced atomically.

    Raises `EnvironmentFault` if the file cannot be written.
    """
    key = Fernet.generate_key().decode()
    try:
        with _alone(path):
            text = f"{key}\n{path.read_text()}"
            written = path.with_name(f"{path.name}.new")
            with os.fdopen(os.open(written, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            written.replace(path)
    except OSError as error:
        raise EnvironmentFault(f"Cannot write the key file {path}: {error.strerror}") from error
    return key


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


ring = KeyRing(environment)


def on_request(**_signal: Any) -> None:
    """Receiver of Django's `request_started`."""
    follow(ring)
