"""Files that a command writes: there whole or not at all, and never replaced unasked."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bilag.cli.output import WRONG_USAGE, fail

STDOUT = Path("-")


def check_place(file: Path | None, *, force: bool) -> None:
    """End with a sentence where the file cannot be written."""
    if file is None or file == STDOUT:
        return
    if file.is_dir():
        fail(f"{file} cannot be written: it is a folder. Give --out a file in it.", WRONG_USAGE)
    if not file.resolve().parent.is_dir():
        fail(f"{file} cannot be written: there is no folder {file.resolve().parent}.", WRONG_USAGE)
    if file.exists() and not force:
        fail(
            f"{file} is there already and was left as it is. Give another --out, or --force to replace it.", WRONG_USAGE
        )


def write_whole(file: Path, pieces: Iterable[bytes]) -> None:
    """The file is there whole or not at all."""
    if file == STDOUT:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    try:
        part = tempfile.NamedTemporaryFile(dir=file.resolve().parent, prefix=f".{file.name}.", delete=False)  # noqa: SIM115
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.", WRONG_USAGE)
    try:
        with part:
            for piece in pieces:
                part.write(piece)
        os.replace(part.name, file)
        file.chmod(0o600)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}. What was there is as it was.", WRONG_USAGE)
    finally:
        Path(part.name).unlink(missing_ok=True)
