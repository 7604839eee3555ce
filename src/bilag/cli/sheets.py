"""Write the results of a command to CSV and Excel files, each completely or not at all."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bilag.cli.output import say

if TYPE_CHECKING:
    from bilag.events.exported import Exported
    from bilag.web.spreadsheets import Row


def write_sheets(
    title: str,
    head: "Row",
    rows: "Callable[[], Iterator[Row]]",
    widths: Sequence[int],
    *,
    company_id: int,
    what: "Exported",
    origin: str,
    csv: Path | None,
    xlsx: Path | None,
) -> None:
    """Write the rows to those files that are given, with a line for each in the company's log.

    `title` is the name of the sheet in Excel.
    """
    from bilag.events.exported import recorded
    from bilag.web.spreadsheets import FORMS, csv_pieces, excel_file

    def logged(form: str) -> "Iterator[Row]":
        return recorded(rows(), company_id, what, FORMS[form], origin=origin)

    if csv is not None:
        replace_file(csv, csv_pieces(head, logged("csv")))
    if xlsx is not None:
        with excel_file(title, head, lambda: logged("xlsx"), widths, "There are more rows: choose CSV.") as file:
            replace_file(xlsx, iter(lambda: file.read(65536), b""))


def replace_file(file: Path, pieces: Iterable[bytes]) -> None:
    """Write the pieces to the file, and say so."""
    with tempfile.NamedTemporaryFile(dir=file.resolve().parent, prefix=f".{file.name}.", delete=False) as part:
        for piece in pieces:
            part.write(piece)
    os.replace(part.name, file)
    file.chmod(0o644)
    say(f"Written: {file}")
