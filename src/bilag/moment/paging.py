"""Read Moment's numbered pages. Rows may move between pages while they are read.

Bilag's own work moves them: a transferred invoice leaves the list of those to transfer, and all later rows move up, past a
reader who has turned the page. So such a list is read to its end before its rows are worked on (`whole_list`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any, NoReturn

import simplejson

from bilag.posting.problem import Problem
from bilag.wire.errors import Unavailable

PAGE_SIZE = 200
MOST_PAGES = 10_000
MOST_REPEATED_PAGES = 3
"""After this many pages in a row without a new row, the list is assumed to ignore the page number."""
MOST_READINGS = 4
"""The most times that a list is read if it changes meanwhile."""
IN_MEMORY_BYTES = 1024 * 1024
Row = dict[str, Any]
Ask = Callable[[dict[str, str]], Any]
"""Fetches the JSON of a page."""


def whole_list(ask: Ask, what: str) -> Iterator[Row]:
    """Read a list to its end, then yield each row once, by its id. Constant memory, except for the ids.

    Every row that was in the list all the time is found, whatever was removed. But if as many rows were added as removed
    between two pages, the change goes unnoticed, and a row may be found only by the next poll. A row without a whole-number id
    is yielded unchanged. An error of `ask` is raised after the rows read before it. Raises `Unavailable` if an answer is no
    page or the pages never end: an incomplete list must not pass for a complete one.
    """
    reader = _Reader(ask, what)
    first = reader.page(1)
    if reader.ended:
        yield from first
        return
    stopped: Exception | None = None
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        _keep(file, first)
        try:
            for rows in reader.rest():
                _keep(file, rows)
        except Exception as error:  # noqa: BLE001 - raised below, after the rows that were read before it
            stopped = error
        file.seek(0)
        for line in file:
            yield from simplejson.loads(line, use_decimal=True)
    if stopped is not None:
        raise stopped


def search_list(ask: Ask, what: str) -> Iterator[Row]:
    """Yield each row once, as its page is read, to a caller that looks for one of them and changes none. Raises as
    `whole_list`."""
    reader = _Reader(ask, what)
    yield from reader.page(1)
    for rows in reader.forward():
        yield from rows


def _keep(file: IO[bytes], rows: list[Row]) -> None:
    if rows:
        file.write(simplejson.dumps(rows, use_decimal=True).encode() + b"\n")


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's rows, and the last page number and the row count that it states; None if it does not."""

    rows: list[Row]
    last: int | None
    total: int | None


class _Reader:
    """Reads a list, page by page; every method gives the rows that it has not given yet."""

    def __init__(self, ask: Ask, what: str) -> None:
        self._ask = ask
        self._what = what
        self._seen: set[int] = set()
        self._totals: set[int | None] = set()
        self._repeated = 0
        self._number = 0
        self.ended = False

    def page(self, number: int) -> list[Row]:
        """Read the page that follows the last one, and see whether it is the last."""
        before = len(self._seen)
        page = self._read(number)
        rows = self._new(page, with_nameless=True)
        self._number = number
        self._totals.add(page.total)
        self._repeated = self._repeated + 1 if len(self._seen) == before else 0
        if not page.rows or (page.last is not None and number >= page.last):
            self.ended = True
        elif self._repeated and page.last is None:
            self.ended = True  # the server sends all rows at once and reports no pages
        elif self._repeated == MOST_REPEATED_PAGES:
            self._malformed("page", f"pages {number - self._repeated + 1} to {number} hold nothing new")
        return rows

    def forward(self) -> Iterator[list[Row]]:
        """Read on to the end."""
        while not self.ended:
            if self._number == MOST_PAGES:
                self._malformed("page.totalPages", f"there are more than {MOST_PAGES} pages")
            yield self.page(self._number + 1)

    def rest(self) -> Iterator[list[Row]]:
        """Read on to the end. Unless the pages prove that nothing moved, read again from the last page to the first until no
        row is new: a row that moved up is then on a page that is still to be read.
        """
        yield from self.forward()
        if self._totals == {len(self._seen)}:
            return
        for _ in range(MOST_READINGS - 1):
            before = len(self._seen)
            for number in range(self._number, 0, -1):
                yield self._new(self._read(number), with_nameless=False)
            if len(self._seen) == before:
                return

    def _new(self, page: _Page, *, with_nameless: bool) -> list[Row]:
        found = []
        for row in page.rows:
            key = row.get("id")
            if not isinstance(key, int) or isinstance(key, bool):
                found += [row] if with_nameless else []
            elif key not in self._seen:
                self._seen.add(key)
                found.append(row)
        return found

    def _read(self, number: int) -> _Page:
        answer = self._ask({"page": str(number), "size": str(PAGE_SIZE), "sort": "id"})
        rows = answer.get("content") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._malformed("content", "a page of rows is expected")
        page = answer.get("page")
        said = page if isinstance(page, dict) else {}
        return _Page(rows, _whole(said.get("totalPages")), _whole(said.get("totalElements")))

    def _malformed(self, field: str, why: str) -> NoReturn:
        facts = {"field": field, "why": why}
        raise Unavailable(Problem("moment_malformed", self._what, facts), outcome_known=True)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
