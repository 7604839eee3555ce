"""Moment's pages: counted from 1, rows may move from one to another while they are read."""

from collections.abc import Callable, Iterator
from typing import Any

from bilag.posting.problem import Problem
from bilag.wire.errors import Unavailable

PAGE_SIZE = 200
MOST_PAGES = 10_000


def pages(ask: Callable[[dict[str, str]], Any], what: str) -> Iterator[dict[str, Any]]:
    """Every row once, by its id. `ask` gives the JSON of a page. Raises `Unavailable` for what is no page."""
    seen: set[Any] = set()
    for number in range(1, MOST_PAGES + 1):
        answer = ask({"page": str(number), "size": str(PAGE_SIZE), "sort": "id"})
        rows = answer.get("content") if isinstance(answer, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            problem = Problem("moment_malformed", what, {"field": "content", "why": "a page of rows is expected"})
            raise Unavailable(problem, outcome_known=True)
        for row in rows:
            if row.get("id") not in seen:
                seen.add(row.get("id"))
                yield row
        page = answer.get("page")
        total = page.get("totalPages") if isinstance(page, dict) else None
        if not rows or (isinstance(total, int) and number >= total):
            return
