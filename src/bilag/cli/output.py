"""How commands speak: tables for people, one JSON document on stdout with --json, messages on stderr, exit statuses."""
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
DONE, NEEDS_PERSON, WRONG_USAGE, UNREACHABLE = 0, 1, 2, 3

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout instead of tables.")]
Slug = Annotated[str, typer.Argument(help="The company's short name, as in its company file.", metavar="SLUG")]


def out() -> "Console":
    """What was asked for goes here. Piped on, a row is one line: nothing is folded, unless COLUMNS says how wide."""
    from rich.console import Console

    folded = sys.stdout.isatty() or os.environ.get("COLUMNS")
    return Console(file=sys.stdout, highlight=False, width=None if folded else PIPED_WIDTH)


def err() -> "Console":
    """All else goes here."""
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False)


def say(text: str) -> None:
    """A message to the person, on stderr."""
    err().print(text, markup=False, soft_wrap=True)


def fail(text: str, status: int) -> NoReturn:
    """Say what is wrong and end with the status."""
    say(text)
    raise typer.Exit(status)


def print_json(document: Any) -> None:
    """The one JSON document."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str | None = None, empty: str = ""
) -> None:
    """A table; `empty` is said instead when there are no rows. Columns that end in a space are right-aligned."""
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
