"""The output of commands: tables, one JSON document on stdout with --json, messages on stderr, exit statuses."""
# rich is imported inside the functions: help texts and JSON do not need it.

import json
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 1000
DONE, NEEDS_ATTENTION, WRONG_USAGE, UNREACHABLE = 0, 1, 2, 3

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
Slug = Annotated[str, typer.Argument(help="The short name of the company, as in its company file.", metavar="SLUG")]


def out() -> "Console":
    """Return the console of results. In a pipe, a row of a table is one line unless COLUMNS sets the width."""
    from rich.console import Console

    is_narrow = sys.stdout.isatty() or os.environ.get("COLUMNS")
    return Console(file=sys.stdout, highlight=False, width=None if is_narrow else PIPED_WIDTH)


def err() -> "Console":
    """Return the console of messages."""
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False)


def say(text: str) -> None:
    """Print a message to stderr."""
    err().print(text, markup=False, soft_wrap=True)


def fail(text: str, status: int) -> NoReturn:
    """Print the error and exit with the status."""
    say(text)
    raise typer.Exit(status)


def print_json(document: Any) -> None:
    """Print the JSON document."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str | None = None,
    empty: str = "",
    below: Sequence[str] = (),
    less: Sequence[str] = (),
) -> None:
    """Print a table, or the message `empty` if there are no rows. Columns whose name ends in a space are right-aligned.

    If the terminal is too narrow, the columns `below` move to lines under their rows, then the columns `less` are left out, the
    first one first.
    """
    from bilag.cli.tables import lay_out

    cells = [["" if cell is None else " ".join(str(cell).split("\n")) for cell in row] for row in rows]
    if not cells:
        if empty:
            say(empty)
        return
    layout = lay_out(columns, cells, _width(), below=below, less=less)
    heading, *lines = layout.lines
    text = "\n".join([*([title] if title else []), _bold(heading), *lines])
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
    if layout.left_out:
        say(f"A wider terminal also shows: {', '.join(layout.left_out)}.")


def _width() -> int | None:
    """Return the width of the terminal, or of COLUMNS; None in a pipe, where a row is one line."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return None


def _bold(heading: str) -> str:
    return f"\x1b[1m{heading}\x1b[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else heading
