"""Read amounts of accrued income from a CSV file with a column for the project and one for the amount. All lines or none.

Columns are separated by semicolon, comma or tab; amounts have a decimal point or comma. Other columns are ignored.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from bilag.transfers.accrued_income.amounts import Given

if TYPE_CHECKING:
    from _csv import Reader

COLUMNS = {"project": ("project", "prosjekt"), "amount": ("amount", "beløp")}
MOST_LINES = 5000
LONGEST_PROJECT = 50
_AMOUNT = re.compile(r"-?[0-9]{1,13}([.,][0-9]{1,2})?")
_BLANKS = str.maketrans("", "", " \u00a0\u202f")


class Code(StrEnum):
    """What may be wrong with a file or a row."""

    NO_HEADER = "no_header"
    NO_COLUMN = "no_column"
    TOO_LONG = "too_long"
    NO_AMOUNTS = "no_amounts"
    NOT_CSV = "not_csv"
    TWICE = "twice"
    NO_PROJECT = "no_project"
    NOT_A_PROJECT = "not_a_project"
    NO_AMOUNT = "no_amount"
    NOT_AN_AMOUNT = "not_an_amount"


TEXTS = {
    Code.NO_HEADER: "the header is missing. Start the file with: project;amount",
    Code.NO_COLUMN: "column {column} is missing. Start the file with: project;amount",
    Code.TOO_LONG: "the file has more than {most} lines. Split it into two files",
    Code.NO_AMOUNTS: "there are no amounts below the header",
    Code.NOT_CSV: "the line cannot be read. A cell is too long, or a quotation mark is not closed",
    Code.TWICE: "{value!r} is also on line {earlier}. Give one amount for each project",
    Code.NO_PROJECT: "is empty. Give the project number in Moment",
    Code.NOT_A_PROJECT: "is not a project number: give at most {longest} characters on one line",
    Code.NO_AMOUNT: "is empty. Give an amount, or 0",
    Code.NOT_AN_AMOUNT: "{value!r} is not an amount. Give an amount such as 12000.00 or -350,50",
}
OF_FILE = (Code.NO_HEADER, Code.NO_COLUMN, Code.TOO_LONG, Code.NO_AMOUNTS, Code.NOT_CSV)
"""Faults of the file. The others are of a cell."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where. Its English text is for terminals; pages have their own."""

    line: int
    column: str
    code: Code
    value: str = ""
    earlier: int = 0
    """The line on which the same project is already."""

    def __str__(self) -> str:
        facts = {"column": self.column, "value": self.value, "earlier": self.earlier}
        text = TEXTS[self.code].format(**facts, most=MOST_LINES, longest=LONGEST_PROJECT)
        return (
            f"line {self.line}: {text}" if self.code in OF_FILE else f"line {self.line}, column {self.column}: {text}"
        )


class FileFaults(Exception):
    """All faults of a file, each with line and column. Nothing was imported."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(map(str, faults)))


def read_amounts(content: bytes) -> list[Given]:
    """Return the amounts in the order of the file. Raises `FileFaults`."""
    lines = _text(content).splitlines()
    if not lines or not lines[0].strip():
        raise FileFaults([Fault(1, "", Code.NO_HEADER)])
    if len(lines) > MOST_LINES:
        raise FileFaults([Fault(MOST_LINES + 1, "", Code.TOO_LONG)])
    rows = csv.reader(lines, delimiter=next((sign for sign in ";\t" if sign in lines[0]), ","))
    try:
        return _amounts(rows, _places(next(rows)))
    except csv.Error:
        raise FileFaults([Fault(max(1, rows.line_num), "", Code.NOT_CSV)]) from None


def _amounts(rows: "Reader", places: dict[str, int]) -> list[Given]:
    """Return the amounts of the rows below the header. Raises `FileFaults`, and `csv.Error` for a line that is no CSV."""
    given, faults, seen = list[Given](), list[Fault](), dict[str, int]()
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        line = rows.line_num
        project, text = (row[places[name]].strip() if places[name] < len(row) else "" for name in ("project", "amount"))
        faults += faults_of(line, project, text, seen)
        amount = amount_of(text)
        if amount is not None:
            given.append(Given(project, amount))
    if not seen:
        faults.append(Fault(2, "", Code.NO_AMOUNTS))
    if faults:
        raise FileFaults(faults)
    return given


def amount_of(text: str) -> Decimal | None:
    """Parse an amount; None if it is invalid: at most 13 digits before the point and two after it."""
    plain = text.translate(_BLANKS)
    return Decimal(plain.replace(",", ".")).quantize(Decimal("0.01")) if _AMOUNT.fullmatch(plain) else None


def project_fault(project: str) -> Code | None:
    """Return why the text cannot be a project's number in Moment; None: it can."""
    if not project:
        return Code.NO_PROJECT
    if len(project) > LONGEST_PROJECT or not project.isprintable():
        return Code.NOT_A_PROJECT
    return None


def faults_of(line: int, project: str, amount: str, seen: dict[str, int]) -> list[Fault]:
    """Return what is wrong with a row. `seen` has the projects of the rows before it, each with its line; this one's is added."""
    faults = []
    code = project_fault(project)
    if code is not None:
        faults.append(Fault(line, "project", code))
    if not amount:
        faults.append(Fault(line, "amount", Code.NO_AMOUNT))
    elif amount_of(amount) is None:
        faults.append(Fault(line, "amount", Code.NOT_AN_AMOUNT, amount[:40]))
    if project in seen:
        faults.append(Fault(line, "project", Code.TWICE, project, seen[project]))
    seen.setdefault(project, line)
    return faults


def _text(content: bytes) -> str:
    """Decode UTF-8, with or without byte order mark; else Excel's encoding on Windows."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _places(header: Sequence[str]) -> dict[str, int]:
    titles = [title.strip().casefold() for title in header]
    places = {name: next((titles.index(one) for one in words if one in titles), -1) for name, words in COLUMNS.items()}
    missing = [Fault(1, name, Code.NO_COLUMN) for name, at in places.items() if at < 0]
    if missing:
        raise FileFaults(missing)
    return places
