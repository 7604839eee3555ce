"""Posted lines of Tryton's journal, a page of moves at a time. Only reads.

The cursor is the day that the newest move was posted on when the reading began. Days are read whole, from the day before
on: lines come again, none is missed, and the server's clock may be set back by a day.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from bilag.platforms.base import PostedPage, UnreadableLine
from bilag.platforms.tryton.books import INVOICES, Books
from bilag.platforms.tryton.client import TrytonClient
from bilag.platforms.tryton.cost_rows import AttachmentRow, CostMoveRow, PostedOn, SupplierInvoiceRow
from bilag.platforms.tryton.costs import MoveContext, costs_of, id_of
from bilag.platforms.tryton.moves import MOVES
from bilag.posting.expense import PostedLine
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused

STANDARD = "standard"
SETTING = "setup expenses.report_name"
ATTACHMENTS = "ir.attachment"
PAGE = 100


class Lines:
    """One reading of one company's journal. Raises the edge's errors."""

    def __init__(self, client: TrytonClient, books: Books) -> None:
        self._client = client
        self._books = books
        self._posted: list[Any] = [["company", "=", books.company], ["state", "=", "posted"]]

    def pages(self, after: str | None, first: date | None) -> Iterator[PostedPage]:
        """As `AccountingPlatform.list_posted_lines` says; the last page alone moves the cursor."""
        newest = self._client.first(MOVES, PostedOn, [*self._posted, ["post_date", "!=", None]], ("post_date", "DESC"))
        asked = list(self._posted)
        since = _day(after)
        if since is not None:
            asked.append(["post_date", ">=", since - timedelta(days=1)])
        if first is not None:
            asked.append(["date", ">=", first])
        for moves in self._client.pages(MOVES, CostMoveRow, asked, page=PAGE):
            ends = len(moves) < PAGE
            yield self._page(moves, newest.post_date.isoformat() if ends and newest is not None else after)

    def _page(self, moves: Sequence[CostMoveRow], cursor: str | None) -> PostedPage:
        invoices = self._invoices(moves)
        documents = self._documents(moves, invoices)
        lines: list[PostedLine] = []
        odd: list[UnreadableLine] = []
        for move in moves:
            invoice = invoices.get(id_of(move.origin, INVOICES) or 0)
            beside = MoveContext(invoice, documents.get(move.id, ()))
            for one in costs_of(move, beside, self._books):
                (lines if isinstance(one, PostedLine) else odd).append(one)  # type: ignore[arg-type]
        return PostedPage(tuple(lines), tuple(odd), cursor)

    def _invoices(self, moves: Sequence[CostMoveRow]) -> dict[int, SupplierInvoiceRow]:
        """The invoices that made the moves, by id."""
        ids = sorted({found for move in moves if (found := id_of(move.origin, INVOICES)) is not None})
        if not ids or not self._books.invoices:
            return {}
        rows = self._client.rows(INVOICES, SupplierInvoiceRow, [["id", "in", ids]])
        return {row.id: row for row in rows}

    def _documents(
        self, moves: Sequence[CostMoveRow], invoices: dict[int, SupplierInvoiceRow]
    ) -> dict[int, tuple[str, ...]]:
        """The ids of the documents by move: its own, and those of its supplier's invoice."""
        owner = {f"{MOVES},{move.id}": move.id for move in moves}
        for move in moves:
            invoice = id_of(move.origin, INVOICES)
            if invoice in invoices and invoices[invoice].type == "in":
                owner[f"{INVOICES},{invoice}"] = move.id
        if not owner:
            return {}
        asked = [["resource", "in", sorted(owner)], ["type", "=", "data"]]
        found: dict[int, list[str]] = defaultdict(list)
        for row in self._client.each(ATTACHMENTS, AttachmentRow, asked):
            if row.resource in owner:
                found[owner[row.resource]].append(str(row.id))
        return {move: tuple(ids) for move, ids in found.items()}


def require_standard(report: str) -> None:
    """Tryton has no reports to choose from. Raises `Refused` for any other name than none and "standard"."""
    if report.strip().lower() not in ("", STANDARD):
        raise Refused([Problem("report_unknown", SETTING, {"value": report.strip()})])


def _day(cursor: str | None) -> date | None:
    """The day of a cursor; None for one that is none of ours: then all is read again."""
    try:
        return date.fromisoformat(cursor or "")
    except ValueError:
        return None
