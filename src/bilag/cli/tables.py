"""Lay a table out for the width of a terminal: sentences go below their rows, and the least important columns are left out.

No word, number or amount is ever broken: a table that cannot be made narrow enough is wider than the terminal.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

GAP = "  "
INDENT = "    "
NARROWEST = 8
"""The minimum width of a text column, so that it does not become a tower of single words."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a table, the first of which is its heading, and the names of the columns that were left out."""

    lines: tuple[str, ...]
    left_out: tuple[str, ...]


def lay_out(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int | None,
    *,
    below: Sequence[str] = (),
    less: Sequence[str] = (),
) -> Layout:
    """Lay the rows out for `width`, or on one line each if it is None.

    The name of a right-aligned column ends in a space. If the rows do not fit, the texts of the columns `below` move to lines
    under their rows; then columns are left out: first those without values, then those of `less` in their order.
    """
    table = _Table(columns, rows)
    if width is None or table.width <= width:
        return Layout(tuple(table.lines()), ())
    sentences = [place for place, name in enumerate(table.names) if name in below]
    table.hide(sentences)
    left_out = []
    for place in [*table.empty_places(), *(table.names.index(name) for name in less if name in table.names)]:
        if table.width <= width:
            break
        if place in table.shown:
            table.hide([place])
            if any(row[place] for row in rows):
                left_out.append(table.names[place])
    table.wrap(width)
    return Layout(tuple(_with_sentences(table, sentences, width)), tuple(left_out))


class _Table:
    """Columns, some of which are hidden, and rows."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.names = [column.strip() for column in columns]
        self.right = [column.endswith(" ") for column in columns]
        self.rows = rows
        self.shown = list(range(len(columns)))
        self.widths = [
            max(_cells(name), *(_cells(row[place]) for row in rows)) if rows else _cells(name)
            for place, name in enumerate(self.names)
        ]

    @property
    def width(self) -> int:
        """The width of the shown columns."""
        return sum(self.widths[place] for place in self.shown) + len(GAP) * (len(self.shown) - 1)

    def hide(self, places: Sequence[int]) -> None:
        """Leave columns out."""
        self.shown = [place for place in self.shown if place not in places]

    def empty_places(self) -> list[int]:
        """Return the columns without a value."""
        return [place for place in self.shown if not any(row[place] for row in self.rows)]

    def wrap(self, width: int) -> None:
        """Narrow the columns of text, the widest first, as far as their words allow."""
        texts = [place for place in self.shown if not self.right[place]]
        least = {
            place: max(
                NARROWEST,
                _cells(self.names[place]),
                *(_cells(word) for row in self.rows for word in row[place].split(" ")),
            )
            for place in texts
        }
        while (excess := self.width - width) > 0:
            wide = [place for place in texts if self.widths[place] > least[place]]
            if not wide:
                return
            place = max(wide, key=lambda one: self.widths[one])
            self.widths[place] = max(least[place], self.widths[place] - excess)

    def lines(self) -> list[str]:
        """Return the heading and the rows, one line for each that needs no wrapping."""
        return ["\n".join(self.row_lines(row)) for row in (self.names, *self.rows)]

    def row_lines(self, row: Sequence[str]) -> list[str]:
        """Return the lines of a row: one, or more where a text is wrapped."""
        wrapped = {place: wrap_words(row[place], self.widths[place]) for place in self.shown}
        height = max((len(lines) for lines in wrapped.values()), default=1)
        return [
            GAP.join(
                _padded(lines[number] if number < len(lines) else "", self.widths[place], right=self.right[place])
                for place, lines in wrapped.items()
            ).rstrip()
            for number in range(height)
        ]


def _with_sentences(table: _Table, sentences: Sequence[int], width: int) -> list[str]:
    """Return the heading, and each row with its sentences below it, which are named where there are several."""
    lines = ["\n".join(table.row_lines(table.names))]
    for row in table.rows:
        lines += table.row_lines(row)
        for place in sentences:
            text = f"{table.names[place]}: {row[place]}" if len(sentences) > 1 and row[place] else row[place]
            lines += [INDENT + line for line in wrap_words(text, width - len(INDENT)) if line]
    return lines


def wrap_words(text: str, width: int) -> list[str]:
    """Wrap a text at its spaces. A word that is wider than `width` gets a line of its own, unbroken."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if _cells(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * max(0, width - _cells(text))
    return space + text if right else text + space


def _cells(text: str) -> int:
    """Return how many cells of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) or unicodedata.category(one) in ("Cf", "Mn", "Me")
        else 2 if unicodedata.east_asian_width(one) in ("W", "F") else 1
        for one in text
    )  # fmt: skip
