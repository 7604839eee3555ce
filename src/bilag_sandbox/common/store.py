"""A small SQLite database for a sandbox: one connection, one lock, transactions that survive a kill.

Write-ahead log with synchronous=NORMAL: committed data survives `kill -9`; only a power failure may lose the last
moments, which is acceptable for a sandbox.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


class DataInUse(RuntimeError):
    """Another process uses the same data folder; the message names it."""


class DataUnreadable(RuntimeError):
    """The data folder cannot be used: not a folder, not writable, or of another version; the message says which."""


class Store:
    """One SQLite database. Thread-safe. Create it with `Store.open`, end with `close`."""

    def __init__(self, connection: sqlite3.Connection, lock_file: IO[str] | None) -> None:
        self._connection = connection
        self._lock_file = lock_file
        self._lock = threading.RLock()
        self._depth = 0

    @classmethod
    def open(cls, folder: Path | None, name: str, schema: str, *, version: int = 1) -> "Store":
        """Open `folder/name`, creating both if missing; without a folder the data is in memory only.

        A new database gets `schema`. Raises `DataInUse` and `DataUnreadable`.
        """
        lock_file = None if folder is None else _lock(folder, name)
        try:
            connection = sqlite3.connect(
                ":memory:" if folder is None else folder / name, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000"):
                connection.execute(f"PRAGMA {pragma}")
            _create_or_check(connection, schema, version, folder)
        except sqlite3.DatabaseError as error:
            raise DataUnreadable(f"{folder}/{name} is not a database of this sandbox: {error}") from error
        return cls(connection, lock_file)

    def keep_settings(self, settings: Mapping[str, int], known: Collection[str]) -> None:
        """Keep settings in the table `setting`. Raises `ValueError` for one that is not known."""
        unknown = set(settings) - set(known)
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        with self.transaction() as connection:
            for name, value in settings.items():
                connection.execute("insert or replace into setting values (?, ?)", (name, str(value)))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit when the block ends, roll back when it raises. Nested blocks join the outer transaction."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._connection
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows of a query, including uncommitted changes of this thread's transaction."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(query, values).fetchone()
            return found

    def image(self) -> bytes:
        """Return the whole database, to be given to `restore` of another store of the same schema."""
        with self._lock:
            return self._connection.serialize()

    def restore(self, image: bytes) -> None:
        """Replace all data with those of an image. For stores in memory."""
        with self._lock:
            self._connection.deserialize(image)

    def close(self) -> None:
        """Close the database and release the folder."""
        with self._lock:
            self._connection.close()
            if self._lock_file is not None:
                self._lock_file.close()


def _lock(folder: Path, name: str) -> IO[str]:
    """Lock the folder for this process; the system releases the lock however the process ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock_file = (folder / f"{name}.lock").open("w")
    except OSError as error:
        raise DataUnreadable(f"the data folder {folder} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock_file.close()
        raise DataInUse(f"another sandbox is running on the data folder {folder}") from error
    lock_file.write(str(os.getpid()))
    lock_file.flush()
    return lock_file


def _create_or_check(connection: sqlite3.Connection, schema: str, version: int, folder: Path | None) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found == 0:
        connection.executescript(f"BEGIN; {schema}; PRAGMA user_version={version}; COMMIT;")
    elif found != version:
        raise DataUnreadable(
            f"the data folder {folder} was made by another version of the sandbox ({found}, this one is {version})"
        )
