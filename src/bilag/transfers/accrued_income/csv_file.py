"""Amounts of accrued income from a CSV file: a column for the project, a column for the amount. All lines or none.

Columns are parted by semicolon, comma or tab; amounts have a decimal point or comma. Other columns are passed over.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from bilag.transfers.accrued_income.amounts import Given

COLUMNS = {"project": ("project", "prosjekt"), "amount": ("amount", "beløp")}
MOST_LINES = 5000
LONGEST_PROJECT = 50
_AMOUNT = re.compile(r"-?[0-9]{1,13}([.,][0-9]{1,2})?")
_BLANKS = str.maketrans("", "", " \u00a0\u202f")


class FileFaults(Exception):
    """What is wrong, each with its line and column. Nothing was taken from the file."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


def read_amounts(content: bytes) -> list[Given]:
    """The amounts in the order of the file. Raises `FileFaults`."""
    lines = _text(content).splitlines()
    if not lines or not lines[0].strip():
        raise FileFaults(["line 1: the header is missing. Start the file with: project;amount"])
    if len(lines) > MOST_LINES:
        raise FileFaults([f"line {MOST_LINES + 1}: the file has more than {MOST_LINES} lines. Split it into two files"])
    rows = csv.reader(lines, delimiter=next((sign for sign in ";\t" if sign in lines[0]), ","))
    places = _places(next(rows))
    given, faults, seen = [], [], dict[str, int]()
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        line = rows.line_num
        project, amount, wrong = _read(row, places)
        if project in seen:
            wrong.append(
                f"column project: {project!r} is also on line {seen[project]}. Give one amount for each project"
            )
        seen.setdefault(project, line)
        faults += [f"line {line}, {fault}" for fault in wrong]
        if amount is not None:
            given.append(Given(project, amount))
    if not seen:
        faults.append("line 2: there are no amounts below the header")
    if faults:
        raise FileFaults(faults)
    return given


def amount_of(text: str) -> Decimal | None:
    """The amount, None for what is none: at most 13 digits before the point and two behind it."""
    plain = text.translate(_BLANKS)
    return Decimal(plain.replace(",", ".")).quantize(Decimal("0.01")) if _AMOUNT.fullmatch(plain) else None


def project_fault(project: str) -> str | None:
    """Why the text cannot be a project's number in Moment; None: it can."""
    if not project:
        return "is empty. Give the project number in Moment"
    if len(project) > LONGEST_PROJECT or not project.isprintable():
        return f"is not a project number: give at most {LONGEST_PROJECT} characters on one line"
    return None


def _text(content: bytes) -> str:
    """UTF-8, with or without a mark in front; else what Excel writes on Windows."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _places(header: Sequence[str]) -> dict[str, int]:
    titles = [title.strip().casefold() for title in header]
    places = {name: next((titles.index(one) for one in words if one in titles), -1) for name, words in COLUMNS.items()}
    missing = [
        f"line 1: column {name} is missing. Start the file with: project;amount"
        for name, at in places.items()
        if at < 0
    ]
    if missing:
        raise FileFaults(missing)
    return places


def _read(row: Sequence[str], places: dict[str, int]) -> tuple[str, Decimal | None, list[str]]:
    project, text = (row[places[name]].strip() if places[name] < len(row) else "" for name in ("project", "amount"))
    return project, amount_of(text), list(_wrong(project, text))


def _wrong(project: str, text: str) -> Iterator[str]:
    fault = project_fault(project)
    if fault is not None:
        yield f"column project: {fault}"
    if not text:
        yield "column amount: is empty. Give an amount, or 0"
    elif amount_of(text) is None:
        yield f"column amount: {text[:40]!r} is not an amount. Give an amount such as 12000.00 or -350,50"
