"""Read posted lines from Tryton's journal, a page of moves at a time. Reads only.

The cursor is the post date of the newest move when reading began. The next reading starts a day earlier: lines may come
again but none is missed, even if the server's clock is set back by up to a day.
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
    """Reads one company's journal once. Raises the errors of `bilag.wire.errors`."""

    def __init__(self, client: TrytonClient, books: Books) -> None:
        self._client = client
        self._books = books
        self._posted: list[Any] = [["company", "=", books.company], ["state", "=", "posted"]]

    def pages(self, after: str | None, first: date | None) -> Iterator[PostedPage]:
        """See `AccountingPlatform.list_posted_lines`. Only the last page advances the cursor."""
        newest = self._client.first(MOVES, PostedOn, [*self._posted, ["post_date", "!=", None]], ("post_date", "DESC"))
        query = list(self._posted)
        since = _day(after)
        if since is not None:
            query.append(["post_date", ">=", since - timedelta(days=1)])
        if first is not None:
            query.append(["date", ">=", first])
        for moves in self._client.pages(MOVES, CostMoveRow, query, page=PAGE):
            is_last = len(moves) < PAGE
            yield self._page(moves, newest.post_date.isoformat() if is_last and newest is not None else after)

    def _page(self, moves: Sequence[CostMoveRow], cursor: str | None) -> PostedPage:
        invoices = self._invoices(moves)
        documents = self._documents(moves, invoices)
        lines: list[PostedLine] = []
        unreadable: list[UnreadableLine] = []
        for move in moves:
            invoice = invoices.get(id_of(move.origin, INVOICES) or 0)
            context = MoveContext(invoice, documents.get(move.id, ()))
            for one in costs_of(move, context, self._books):
                (lines if isinstance(one, PostedLine) else unreadable).append(one)  # type: ignore[arg-type]
        return PostedPage(tuple(lines), tuple(unreadable), cursor)

    def _invoices(self, moves: Sequence[CostMoveRow]) -> dict[int, SupplierInvoiceRow]:
        """Return the invoices that created the moves, by id."""
        ids = sorted({found for move in moves if (found := id_of(move.origin, INVOICES)) is not None})
        if not ids or not self._books.invoices:
            return {}
        rows = self._client.rows(INVOICES, SupplierInvoiceRow, [["id", "in", ids]])
        return {row.id: row for row in rows}

    def _documents(
        self, moves: Sequence[CostMoveRow], invoices: dict[int, SupplierInvoiceRow]
    ) -> dict[int, tuple[str, ...]]:
        """Return document ids by move: the move's own, and those of its supplier's invoice."""
        owner = {f"{MOVES},{move.id}": move.id for move in moves}
        for move in moves:
            invoice = id_of(move.origin, INVOICES)
            if invoice in invoices and invoices[invoice].type == "in":
                owner[f"{INVOICES},{invoice}"] = move.id
        if not owner:
            return {}
        query = [["resource", "in", sorted(owner)], ["type", "=", "data"]]
        found: dict[int, list[str]] = defaultdict(list)
        for row in self._client.each(ATTACHMENTS, AttachmentRow, query):
            if row.resource in owner:
                found[owner[row.resource]].append(str(row.id))
        return {move: tuple(ids) for move, ids in found.items()}


def require_standard(report: str) -> None:
    """Raise `Refused` for any report but the standard one (blank or "standard"); Tryton has no others."""
    if report.strip().lower() not in ("", STANDARD):
        raise Refused([Problem("report_unknown", SETTING, {"value": report.strip()})])


def _day(cursor: str | None) -> date | None:
    """Parse a cursor. None if it is not one of ours; then everything is read again."""
    try:
        return date.fromisoformat(cursor or "")
    except ValueError:
        return None
