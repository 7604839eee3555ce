"""Moment's pages, numbered from 1. Rows may move between pages while they are read."""

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from bilag.posting.problem import Problem
from bilag.wire.errors import Unavailable

PAGE_SIZE = 200
MOST_PAGES = 10_000
MOST_REPEATED_PAGES = 3
"""After this many pages in a row without a new row, the list is assumed to ignore the page number."""


def pages(ask: Callable[[dict[str, str]], Any], what: str) -> Iterator[dict[str, Any]]:
    """Yield each row once, by its id; a row without a whole-number id is yielded as it is.

    `ask` fetches the JSON of a page. Raises `Unavailable` if it is no page or the pages never end: an incomplete list
    must not be taken for a complete one.
    """
    seen: set[int] = set()
    repeated = 0
    for number in range(1, MOST_PAGES + 1):
        rows, last = _page(ask({"page": str(number), "size": str(PAGE_SIZE), "sort": "id"}), what)
        before = len(seen)
        for row in rows:
            key = row.get("id")
            if not isinstance(key, int) or isinstance(key, bool):
                yield row
            elif key not in seen:
                seen.add(key)
                yield row
        if not rows or (last is not None and number >= last):
            return
        repeated = repeated + 1 if len(seen) == before else 0
        if repeated and last is None:
            return  # the server sends all rows at once and reports no pages
        if repeated == MOST_REPEATED_PAGES:
            _malformed(what, "page", f"pages {number - repeated + 1} to {number} hold nothing new")
    _malformed(what, "page.totalPages", f"there are more than {MOST_PAGES} pages")


def _page(answer: Any, what: str) -> tuple[list[dict[str, Any]], int | None]:
    """Return a page's rows and the number of the last page, None if the answer does not say."""
    rows = answer.get("content") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        _malformed(what, "content", "a page of rows is expected")
    page = answer.get("page")
    last = page.get("totalPages") if isinstance(page, dict) else None
    return rows, last if isinstance(last, int) and not isinstance(last, bool) else None


def _malformed(what: str, field: str, why: str) -> NoReturn:
    raise Unavailable(Problem("moment_malformed", what, {"field": field, "why": why}), outcome_known=True)
