"""The output of commands: tables, one JSON document on stdout with --json, messages on stderr, exit statuses."""
# rich is imported inside the functions: help texts and JSON do without it.

import json
import os
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
    """Print what is wrong, and exit with the status."""
    say(text)
    raise typer.Exit(status)


def print_json(document: Any) -> None:
    """Print the JSON document."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str | None = None, empty: str = ""
) -> None:
    """Print a table, or the message `empty` when there are no rows. Columns whose name ends in a space are right-aligned."""
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title, title_justify="left", header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0)
    )
    for column in columns:
        table.add_column(column.strip(), justify="right" if column.endswith(" ") else "left", overflow="fold")
    count = 0
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
        count += 1
    if count:
        out().print(table)
    elif empty:
        say(empty)
