"""Read a report's posted lines from the hub, page by page. An unreadable row does not stop the others.

Rows are ordered by identity (journal, entry), and `after` is a position in that order (contracts/azets-hub.md).
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from bilag.platforms.azets.client import MAX_PAGES, PAGE_LIMIT, HubClient
from bilag.platforms.azets.problems import malformed
from bilag.platforms.azets.rows import read_row
from bilag.platforms.base import PostedPage, UnreadableLine
from bilag.posting.chart import UnitDefinition
from bilag.posting.expense import PostedLine
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused

STANDARD = "standard"
SETTING = "setup expenses.report_name"
NO_REPORT = ("report_unknown", "not_found")
"""How the hub rejects a report's name; a name with a slash in it gives not_found."""
NOT_IN_ADDRESSES = (".", "..")
LONGEST_CURSOR = 200
MOST_PAGES_WITHOUT_PROGRESS = 3
"""A page may come twice. After this many pages in a row that lead back, the report never ends."""


class Report:
    """Reads one report once. Constant memory: one page, and the cursors of earlier ones."""

    def __init__(self, client: HubClient, name: str, first: date | None, units: Mapping[int, UnitDefinition]) -> None:
        self._client = client
        self._name = name.strip() or STANDARD
        self._first = first
        self._units = units

    def pages(self, after: str | None) -> Iterator[PostedPage]:
        """Yield the pages after `after`. If the hub no longer knows the cursor, restart from the beginning, once."""
        cursor, seen, stuck, restarted = after, {after}, 0, False
        for _ in range(MAX_PAGES):
            value = self._ask(cursor)
            if value is None:
                if cursor is None or restarted:
                    raise malformed(f"report {self._name}: its own cursor is refused", writing=False)
                cursor, seen, stuck, restarted = None, {None}, 0, True
                continue
            page, more = self._page(value)
            yield page
            if not more:
                return
            stuck = stuck + 1 if page.cursor in seen else 0
            if page.cursor is None or stuck == MOST_PAGES_WITHOUT_PROGRESS:
                break
            cursor = page.cursor
            seen.add(cursor)
        raise malformed(f"report {self._name}: the pages do not end", writing=False)

    def _ask(self, cursor: str | None) -> Any:
        """Fetch the JSON of a page; None if the cursor is unknown."""
        params = {"limit": str(PAGE_LIMIT)}
        if self._first is not None:
            params["fromDate"] = self._first.isoformat()
        if cursor is not None:
            params["after"] = cursor
        path = f"reports/{quote(self._name, safe='')}"
        if self._name in NOT_IN_ADDRESSES:
            raise self._unknown()
        reply = self._client.ask("GET", path, params=params, expect=(*NO_REPORT, "cursor_invalid"))
        if reply.code in NO_REPORT:
            raise self._unknown()
        return None if reply.code else reply.value

    def _unknown(self) -> Refused:
        """Return a refusal rather than `Misconfigured`: a wrong report name must stop expenses only, not invoices."""
        return Refused([Problem("report_unknown", SETTING, {"value": self._name})])

    def _page(self, value: Any) -> tuple[PostedPage, bool]:
        rows = value.get("rows") if isinstance(value, dict) else None
        cursor, more = (value.get("nextCursor"), value.get("hasMore")) if isinstance(value, dict) else (None, None)
        if not isinstance(rows, list) or not isinstance(more, bool):
            raise malformed(f"report {self._name}: a page of rows is expected", writing=False)
        if cursor is not None and not (isinstance(cursor, str) and 0 < len(cursor) <= LONGEST_CURSOR):
            raise malformed(f"report {self._name}: nextCursor is no cursor", writing=False)
        read = [read_row(row, place, self._units) for place, row in enumerate(rows, start=1)]
        lines = tuple(one for one in read if isinstance(one, PostedLine))
        return PostedPage(lines, tuple(one for one in read if isinstance(one, UnreadableLine)), cursor), more
