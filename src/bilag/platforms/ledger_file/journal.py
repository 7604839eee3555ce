"""The files of one company: locked against other processes, appended to and written through to the disk.

A batch in the journal begins with `; batch KEY` and ends with `; end KEY`. Without its end it was torn by a crash: nobody counts
it, and whoever has the lock next moves it out of the journal before appending.
"""

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bilag.platforms.ledger_file.books import starter
from bilag.posting.problem import Problem
from bilag.wire.errors import Unavailable

LOCK_SECONDS = 10.0
_TRY_SECONDS = 0.02
_BEGIN = re.compile(rb"^; batch (\S+)$", re.M)


class Journal:
    """`ledger.beancount` and `journal.beancount` in a folder, which is created with the first look. Raises `Unavailable`."""

    def __init__(self, folder: Path, currency: str) -> None:
        self._folder, self._currency = folder, currency
        self._ledger, self._journal = folder / "ledger.beancount", folder / "journal.beancount"

    @contextmanager
    def reading(self) -> Iterator[tuple[str, str]]:
        """Return chart and journal as they are while nobody appends, without a torn batch."""
        with self._locked(fcntl.LOCK_SH):
            yield _text(self._ledger.read_bytes()), _text(_whole(self._journal.read_bytes())[0])

    @contextmanager
    def writing(self) -> Iterator[tuple[str, str]]:
        """Return the same, and keep all others out, so that `append` follows from what was read."""
        with self._locked(fcntl.LOCK_EX):
            journal, torn = _whole(self._journal.read_bytes())
            if torn:
                self._put_aside(len(journal), torn)
            yield _text(self._ledger.read_bytes()), _text(journal)

    def append(self, key: str, text: str) -> None:
        """Append a batch, all or nothing, and return when it is on the disk. Only within `writing`.

        After an error the outcome is unknown: the batch may be whole on the disk.
        """
        try:
            self._write_through(f"\n; batch {key}\n{text}; end {key}\n".encode())
        except OSError as error:
            raise _failed(error, outcome_known=False) from error

    def _write_through(self, batch: bytes) -> None:
        with self._journal.open("ab") as file:
            file.write(batch)
            file.flush()
            os.fsync(file.fileno())

    def _put_aside(self, whole: int, torn: bytes) -> None:
        """Move a torn batch to a file of its own; first the copy, then the cut."""
        aside = self._folder / f"torn-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.txt"
        _create(aside, torn)
        with self._journal.open("r+b") as file:
            file.truncate(whole)
            os.fsync(file.fileno())

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """Hold the lock of the folder. It falls with the process, whatever happens to that."""
        try:
            self._folder.mkdir(exist_ok=True)
            with (self._folder / "lock").open("a") as lock:
                _wait_for(lock.fileno(), kind)
                self._begin()
                yield
        except OSError as error:
            raise _failed(error, outcome_known=True) from error

    def _begin(self) -> None:
        for path, content in (
            (self._journal, b""),
            (self._ledger, starter(self._folder.name, self._currency).encode()),
        ):
            if not path.exists():
                _create(path, content)


def _wait_for(lock: int, kind: int) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_TRY_SECONDS)
        else:
            return


def _create(path: Path, content: bytes) -> None:
    """Create a file whole or not at all, and write it and its name through to the disk."""
    made = path.with_suffix(f".{os.getpid()}.new")
    with made.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _text(content: bytes) -> str:
    """Return the text. What an editor saved in another encoding is shown as question marks."""
    return content.decode("utf-8", "replace")


def _whole(journal: bytes) -> tuple[bytes, bytes]:
    """Return the journal up to a batch without its end, and the rest."""
    last = max(_BEGIN.finditer(journal), key=lambda match: match.start(), default=None)
    if last is None or re.search(rb"^; end " + re.escape(last[1]) + rb"$", journal[last.end() :], re.M):
        return journal, b""
    return journal[: last.start()], journal[last.start() :]


def _failed(error: OSError, *, outcome_known: bool) -> Unavailable:
    return unusable(error.strerror or type(error).__name__, outcome_known=outcome_known)


def unusable(why: str, *, outcome_known: bool = True) -> Unavailable:
    """Return the error for files that cannot be read or written now."""
    return Unavailable(Problem("ledger_file_unusable", "", {"why": why}), outcome_known=outcome_known)
