"""Files that a command writes: complete or not at all, and never replaced without --force."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bilag.cli.output import WRONG_USAGE, fail

STDOUT = Path("-")


def check_writable(file: Path | None, *, force: bool) -> None:
    """Exit with a message if the file cannot be written."""
    if file is None or file == STDOUT:
        return
    if file.is_dir():
        fail(f"Cannot write {file}: it is a folder. Give a file in it with --out.", WRONG_USAGE)
    if not file.resolve().parent.is_dir():
        fail(no_folder(file), WRONG_USAGE)
    if file.exists() and not force:
        fail(
            f"{file} already exists and was not changed. Give another file with --out, or replace it with --force.",
            WRONG_USAGE,
        )


def no_folder(file: Path) -> str:
    """Say that the folder of a file does not exist."""
    return f"Cannot write {file}: the folder {file.resolve().parent} does not exist."


def write_whole(file: Path, pieces: Iterable[bytes]) -> None:
    """Write the file completely or not at all."""
    if file == STDOUT:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    try:
        part = tempfile.NamedTemporaryFile(dir=file.resolve().parent, prefix=f".{file.name}.", delete=False)  # noqa: SIM115
    except OSError as error:
        fail(f"Cannot write {file}: {error.strerror}.", WRONG_USAGE)
    try:
        with part:
            for piece in pieces:
                part.write(piece)
        os.replace(part.name, file)
        file.chmod(0o600)
    except OSError as error:
        fail(f"Cannot write {file}: {error.strerror}. Nothing was changed.", WRONG_USAGE)
    finally:
        Path(part.name).unlink(missing_ok=True)
