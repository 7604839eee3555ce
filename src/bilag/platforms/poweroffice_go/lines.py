"""Read posted lines from Go's journal, by the time they were created. Reads only.

The cursor is the time of the newest transaction read. The next reading begins an hour earlier: lines may come again, but none is
missed that another server wrote a little later with a little earlier time.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from bilag.platforms.base import PostedPage, UnreadableLine
from bilag.platforms.poweroffice_go import operations as go
from bilag.platforms.poweroffice_go.books import LAST_DAY, Books
from bilag.platforms.poweroffice_go.client import GoClient
from bilag.platforms.poweroffice_go.costs import OWN_VOUCHER_TYPE, costs_of, type_of
from bilag.platforms.poweroffice_go.documents import documents_of
from bilag.platforms.poweroffice_go.lookup import FIRST_DAY, Journal
from bilag.platforms.poweroffice_go.mapping import units_of
from bilag.platforms.poweroffice_go.wire import SupplierWire, TransactionWire
from bilag.posting.expense import PostedLine
from bilag.posting.problem import Problem
from bilag.wire.errors import Refused

STANDARD = "standard"
SETTING = "setup expenses.report_name"
PAGE = 1000
OVERLAP = timedelta(hours=1)
FIRST_COST_ACCOUNT = 4000
Rows = Sequence[TransactionWire]


class Lines:
    """Reads one client's journal once. Raises the errors of `bilag.wire.errors`. Constant memory: a page, and one voucher."""

    def __init__(self, client: GoClient, books: Books) -> None:
        self._client = client
        self._books = books
        self._journal = Journal(client, books)
        self._names: dict[int, str] = {}
        self._seen: set[int] = set()

    def pages(self, after: str | None, first: date | None) -> Iterator[PostedPage]:
        """See `AccountingPlatform.list_posted_lines`. Vouchers come whole; only the last page advances the cursor."""
        query = {"fromDate": (first or FIRST_DAY).isoformat(), "toDate": LAST_DAY.isoformat()}
        since = _time(after)
        if since is not None:
            query["createdDateTimeOffsetGreaterThan"] = (since - OVERLAP).isoformat()
        newest = since
        carried: list[TransactionWire] = []
        self._seen.clear()
        for rows in self._client.pages(go.TRANSACTIONS, TransactionWire, query, by="Id", size=PAGE):
            newest = max([row.created_date_time_offset for row in rows] + ([newest] if newest else []), default=newest)
            vouchers = _in_order([*carried, *rows])
            carried = vouchers.pop() if len(rows) == PAGE and vouchers else []
            yield self._page(vouchers, after)
        yield self._page([carried] if carried else [], newest.isoformat() if newest is not None else after)

    def _page(self, vouchers: Sequence[Rows], cursor: str | None) -> PostedPage:
        lines: list[PostedLine] = []
        unreadable: list[UnreadableLine] = []
        for rows in vouchers:
            for one in self._costs(rows):
                key = one.key
                if key is None or key[1] not in self._seen:
                    (lines if isinstance(one, PostedLine) else unreadable).append(one)  # type: ignore[arg-type]
                if key is not None:
                    self._seen.add(key[1])
        return PostedPage(tuple(lines), tuple(unreadable), cursor)

    def _costs(self, rows: Rows) -> list[PostedLine | UnreadableLine]:
        wanted = {row.id for row in rows}
        if sum((row.amount for row in rows), Decimal(0)):  # a part of it: the supplier may stand in the rest
            rows = self._journal.voucher(rows[0].voucher_no) or rows
        original: Rows = ()
        if rows[0].reversed_voucher_no is not None:
            found = self._journal.voucher(rows[0].reversed_voucher_no)
            original = [row for row in found if row.voucher_id == rows[0].reversed_voucher_id]
        documents = self._documents(rows, original)
        self._learn_names((*rows, *original))
        lines = costs_of(rows, original, self._names, documents, self._books)
        return [one for one in lines if one.key is None or one.key[1] in wanted]

    def _documents(self, rows: Rows, original: Rows) -> Sequence[str]:
        """Return the documents of a voucher with a cost on some project, department or dimension."""
        if type_of(rows, original) == OWN_VOUCHER_TYPE or rows[0].reversed_voucher_no is not None:
            return ()
        if not any(row.account_no >= FIRST_COST_ACCOUNT and units_of(row) and not row.of_a_party for row in rows):
            return ()
        if not go.Privilege.DOCUMENTS.is_among(self._books.privileges):
            return ()
        return documents_of(self._client, rows[0].voucher_id)

    def _learn_names(self, rows: Rows) -> None:
        """Read the names of suppliers that are not known yet."""
        if not go.Privilege.SUPPLIERS.is_among(self._books.privileges):
            return
        numbers = {row.supplier_account_no for row in rows if row.supplier_account_no is not None} - self._names.keys()
        for number in sorted(numbers):
            found = self._client.rows(go.SUPPLIERS, SupplierWire, {"supplierNos": str(number)})
            self._names[number] = next((row.name or "" for row in found if row.number == number), "")


def require_standard(report: str) -> None:
    """Raise `Refused` for any report but the standard one (blank or "standard"); Go has no others."""
    if report.strip().lower() not in ("", STANDARD):
        raise Refused([Problem("report_unknown", SETTING, {"value": report.strip()})])


def _in_order(rows: Rows) -> list[list[TransactionWire]]:
    """Group transactions by voucher, in the order in which the vouchers come."""
    found: Mapping[str, list[TransactionWire]] = {row.voucher_id: [] for row in rows}
    for row in rows:
        if all(row.id != known.id for known in found[row.voucher_id]):
            found[row.voucher_id].append(row)
    return list(found.values())


def _time(cursor: str | None) -> datetime | None:
    """Parse a cursor. None if it is not one of ours; then everything is read again."""
    try:
        found = datetime.fromisoformat(cursor or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
