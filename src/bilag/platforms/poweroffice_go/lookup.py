"""Look up vouchers in Go's journal, by our reference or by invoice number. Reads only.

There is no filter for our reference: it stands on every transaction of the voucher's date, and on the customer's ledger entry of
an invoice. What is read decides whether anything is sent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bilag.platforms.base import PostingState, PostingStatus
from bilag.platforms.poweroffice_go import operations as go
from bilag.platforms.poweroffice_go.books import LAST_DAY, NO_VAT, Books
from bilag.platforms.poweroffice_go.client import GoClient
from bilag.platforms.poweroffice_go.costs import match_reversed
from bilag.platforms.poweroffice_go.mapping import (
    KINDS,
    MANUAL_JOURNAL,
    PART,
    POSTED_AS,
    Told,
    by_date,
    by_voucher,
    posted_from,
    units_of,
)
from bilag.platforms.poweroffice_go.ways import MANUAL
from bilag.platforms.poweroffice_go.wire import (
    LedgerEntryWire,
    PostedInvoiceWire,
    PostedManualWire,
    TransactionWire,
)
from bilag.posting.months import last_day
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher, VoucherKind

FIRST_DAY = date(1990, 1, 1)
REVERSAL = "ReversalVoucher"
OPPOSITE = {
    str(VoucherKind.INVOICE): str(VoucherKind.CREDIT_NOTE),
    str(VoucherKind.CREDIT_NOTE): str(VoucherKind.INVOICE),
}
COMPANION = "/2"
"""Follows our reference in that of the manual voucher with the journals of an outgoing invoice."""
PART_OF = Told(own_text=False)
"""What is known of a journal that is part of another voucher."""
Rows = Sequence[TransactionWire]
Reader = Callable[[Rows], Rows]
"""Returns the transactions of a voucher on all dates, given those of some."""


class Journal:
    """Looks up vouchers of one client. Raises the errors of `bilag.wire.errors`."""

    def __init__(self, client: GoClient, books: Books) -> None:
        self._client = client
        self._books = books

    def find(
        self, voucher: Voucher, external_id: str, *, thorough: bool = True, every_date: bool = False
    ) -> PostingStatus:
        """Look up the voucher on its date; with `every_date` on every date. Created: its journals stand, and it does not.

        Without `thorough`, what would be an outgoing invoice is looked up in the customers' ledger only.
        """
        invoice = voucher.kind is not VoucherKind.JOURNAL
        entries = self._ledger_entries(voucher.number) if invoice else []
        own = next((one.voucher_no for one in entries if one.external_import_reference == external_id), None)
        if own is not None:
            return self._read_back(voucher, external_id, own, entries)
        rows: list[TransactionWire] = []
        if thorough or not invoice or self._books.way is MANUAL:
            rows = self._on(voucher.voucher_date, voucher.voucher_date)
            own = _number_of(rows, external_id)
        if own is None and every_date:
            own = self._everywhere(voucher, external_id)
        if own is not None:
            return self._read_back(voucher, external_id, own, entries, rows)
        problems = tuple(self._conflicts(voucher.number, external_id, entries, rows)) if invoice else ()
        if problems:
            return PostingStatus(PostingState.CONFLICT, problems=problems)
        begun = _standing_number(rows, external_id + COMPANION) is not None
        return PostingStatus(PostingState.CREATED if begun else PostingState.ABSENT)

    def has_companion(self, voucher: Voucher, external_id: str) -> bool:
        """Whether the journals of an outgoing invoice are posted."""
        return self.companion_number(voucher, external_id) is not None

    def companion_number(self, voucher: Voucher, external_id: str) -> int | None:
        """Return the number of the manual voucher with the journals of an outgoing invoice; None if there is none that stands.

        The first of the journals has the invoice's date.
        """
        query = {**_days(voucher.voucher_date, voucher.voucher_date), "voucherTypes": MANUAL_JOURNAL}
        rows = self._client.rows(go.TRANSACTIONS, TransactionWire, query, by="Id")
        return _standing_number(rows, external_id + COMPANION)

    def id_of(self, number: int) -> str | None:
        """Return Go's id of the voucher with this number; None if it cannot be read."""
        rows = self.voucher(number)
        return rows[0].voucher_id if rows else None

    def voucher(self, number: int) -> list[TransactionWire]:
        """Return the transactions of a voucher on all dates, in order of id."""
        query = {**_days(FIRST_DAY, LAST_DAY), "voucherNos": str(number)}
        rows = self._client.rows(go.TRANSACTIONS, TransactionWire, query, by="Id")
        return sorted((row for row in rows if row.voucher_no == number), key=lambda row: row.id)

    def list_posted(self, first: date, last: date) -> Iterator[Posted]:
        """Yield every voucher posted on these days, a month at a time, so that no more is held in memory."""
        begin = first
        while begin <= last:
            end = min(last, last_day(begin.year, begin.month))
            yield from self._list_month(begin, end)
            begin = end + timedelta(days=1)

    def _list_month(self, first: date, last: date) -> Iterator[Posted]:
        query = _days(first, last)
        rows = self._client.rows(go.TRANSACTIONS, TransactionWire, query, by="Id")
        vouchers = by_voucher(rows)
        entries = {one.voucher_id: one for one in self._client.rows(go.STATEMENT, LedgerEntryWire, query)}
        for voucher_id, same in vouchers.items():
            if same[0].voucher_type == REVERSAL:
                yield from self._reversal(same)
                continue
            told = Told(entries.get(voucher_id), reference_read=False)
            for place, part in enumerate(self._parts(same, self._of_all_dates if _may_be_split(same) else None)):
                own = place == 0 and part[0].posting_date == part[0].voucher_date
                yield posted_from(part, told if own else PART_OF, self._books)

    def _of_all_dates(self, rows: Rows) -> Rows:
        return self.voucher(rows[0].voucher_no)

    def _reversal(self, rows: Rows) -> Iterator[Posted]:
        """Yield a reversal in the parts of the voucher that it reverses. That of an invoice gets the invoice's number and the
        opposite kind, so that the two are seen to cancel."""
        head = rows[0]
        original = self.voucher(head.reversed_voucher_no) if head.reversed_voucher_no is not None else []
        if not original or original[0].voucher_type not in POSTED_AS:
            yield from (posted_from(part, PART_OF, self._books) for part in by_date(rows).values())
            return
        first, *_others = self._parts(original, lambda _rows: original)
        ids, matched = {row.id for row in first}, match_reversed(rows, original)
        own = [row for row in rows if matched.get(row.id) in ids]
        rest = by_date(row for row in rows if matched.get(row.id) not in ids)
        if own:
            ledger = next((one for one in self._ledger_of(original) if one.voucher_id == original[0].voucher_id), None)
            mirrored = posted_from(first, Told(ledger, reference_read=False), self._books)
            posted = posted_from(own, PART_OF, self._books)
            kind = OPPOSITE.get(mirrored.kind)
            yield replace(posted, number=mirrored.number, kind=kind) if kind is not None else posted
        yield from (posted_from(part, PART_OF, self._books) for part in rest.values())

    def _ledger_of(self, rows: Rows) -> list[LedgerEntryWire]:
        day = rows[0].voucher_date
        query = _days(day, day)
        return list(self._client.rows(go.STATEMENT, LedgerEntryWire, query))

    def _ledger_entries(self, number: int) -> list[LedgerEntryWire]:
        """Return the customers' ledger entries with this invoice number, whoever posted them, on all dates."""
        query = {**_days(FIRST_DAY, LAST_DAY), "invoiceNos": str(number)}
        rows = self._client.rows(go.STATEMENT, LedgerEntryWire, query)
        return [row for row in rows if row.invoice_no == str(number)]

    def _on(self, first: date, last: date) -> list[TransactionWire]:
        """Return the transactions of these days of the types that vouchers from Bilag have."""
        query = {**_days(first, last), "voucherTypes": ",".join(POSTED_AS)}
        return list(self._client.rows(go.TRANSACTIONS, TransactionWire, query, by="Id"))

    def _everywhere(self, voucher: Voucher, external_id: str) -> int | None:
        """Search every date for our reference: the customer's short ledger first, then the journal, a year at a time."""
        if voucher.customer is not None and voucher.customer.isascii() and voucher.customer.isdigit():
            query = {**_days(FIRST_DAY, LAST_DAY), "customerNos": voucher.customer}
            for entry in self._client.rows(go.STATEMENT, LedgerEntryWire, query):
                if entry.external_import_reference == external_id:
                    return entry.voucher_no
        for year in _years_around(voucher.voucher_date, self._books.first_day):
            found = _number_of(self._on(date(year, 1, 1), date(year, 12, 31)), external_id)
            if found is not None:
                return found
        return None

    def _conflicts(
        self, number: int, external_id: str, entries: Iterable[LedgerEntryWire], rows: Rows
    ) -> Iterator[Problem]:
        """Yield each other voucher with this number that stands: by its invoice number, or by the number that came along."""
        others: dict[int, LedgerEntryWire | TransactionWire] = {}
        for entry in entries:
            if entry.external_import_reference != external_id:
                others[entry.voucher_no] = entry
        for row in rows:
            same = row.imported_voucher_no == number and row.external_import_reference != external_id
            if same and row.customer_account_no is not None:
                others.setdefault(row.voucher_no, row)
        for voucher_no, one in others.items():
            posted = self.voucher(voucher_no)
            if not any(row.is_reversed or row.voucher_type == REVERSAL for row in posted):
                yield _number_taken(number, one)

    def _read_back(
        self, voucher: Voucher, external_id: str, number: int, entries: Iterable[LedgerEntryWire], on_date: Rows = ()
    ) -> PostingStatus:
        """Read a voucher of ours. `on_date` are the transactions of its date, if they were read."""
        rows = self.voucher(number)
        if not rows:  # posted, and not readable yet
            return PostingStatus(PostingState.POSTED, None, number)
        head = rows[0]
        told = Told(next((one for one in entries if one.voucher_no == number), None), self._invoice(head))
        first, *others = self._parts(rows, lambda _rows: rows)
        companions = [*others]
        if head.voucher_type in KINDS and not any(entry.accrual for entry in voucher.entries):
            companions += self._journals(self.companion_number(voucher, external_id))
        elif (
            head.voucher_type == MANUAL_JOURNAL and not others
        ):  # they were posted while the client let us post invoices
            companions += self._journals(_standing_number(on_date, external_id + COMPANION))
        return PostingStatus(
            PostingState.POSTED,
            posted_from(first, told, self._books, voucher),
            number,
            others=tuple(posted_from(one, PART_OF, self._books) for one in companions),
        )

    def _invoice(self, head: TransactionWire) -> PostedInvoiceWire | None:
        if head.voucher_type not in KINDS or self._books.way is MANUAL:
            return None
        return self._client.find(go.INVOICE_VOUCHERS, PostedInvoiceWire, head.voucher_id)

    def _journals(self, number: int | None) -> list[Rows]:
        """Return the journals that were posted for an outgoing invoice, by date."""
        return list(by_date(self.voucher(number)).values()) if number is not None else []

    def _parts(self, rows: Rows, read_all: Reader | None) -> list[Rows]:
        """Split the transactions of a voucher: those of its own date, its journals of the same date, then each later date.

        `read_all` returns the transactions of all dates; None if the voucher has no journals of its own date.
        """
        own = [row for row in rows if row.posting_date == row.voucher_date]
        later = [same for day, same in by_date(row for row in rows if row.posting_date != row.voucher_date).items()]
        if not own or read_all is None:
            return [part for part in (own, *later) if part]
        moved = self._moved(own, read_all)
        rest = [row for row in own if row.id not in moved]
        parts: list[Rows] = [rest] if rest else []
        deferred = [row for row in own if row.id in moved]
        return [*parts, *([deferred] if deferred else []), *later]

    def _moved(self, own: Rows, read_all: Reader) -> set[int]:
        """Return the ids of the transactions of the voucher's date that belong to a journal beside the invoice."""
        pairs = _pairs(own)
        if not pairs:
            return set()
        head = own[0]
        if head.voucher_type == MANUAL_JOURNAL:
            return self._marked(head, own)
        accounts = {row.account_no for row in read_all(own) if row.posting_date != row.voucher_date}
        return {row.id for pair in pairs if {one.account_no for one in pair} <= accounts for row in pair}

    def _marked(self, head: TransactionWire, own: Rows) -> set[int]:
        """Return the transactions of lines that were marked as another part when the manual voucher was posted."""
        posted = self._client.find(go.MANUAL_VOUCHERS, PostedManualWire, head.voucher_id)
        marked: dict[tuple[int, object, str | None], int] = defaultdict(int)
        numbers = {row.id: number for number, row in self._books.accounts.items()}
        for line in (posted.voucher_lines if posted is not None else None) or []:
            if (line.external_line_reference or "").startswith(PART) and line.posting_date == head.voucher_date:
                number = int(numbers.get(line.account_id or 0, "0"))
                marked[number, line.currency_amount, line.description] += 1
        found: set[int] = set()
        for row in own:
            key = (row.account_no, row.currency_amount, row.description)
            if row.customer_account_no is None and marked[key] > 0:
                marked[key] -= 1
                found.add(row.id)
        return found


def _days(first: date, last: date) -> dict[str, str]:
    return {"fromDate": first.isoformat(), "toDate": last.isoformat()}


def _years_around(day: date, first: date) -> Iterator[int]:
    """Yield the years to search, the nearest first."""
    yield day.year
    for distance in range(1, max(day.year - first.year, 5) + 1):
        if day.year - distance >= first.year:
            yield day.year - distance
        if distance <= 5:
            yield day.year + distance


def _number_of(rows: Iterable[TransactionWire], reference: str) -> int | None:
    """Return the number of the voucher with our reference; that of one that stands, if several had it one after another."""
    ours = [row for row in rows if row.external_import_reference == reference]
    found = {bool(row.is_reversed): row.voucher_no for row in ours}
    return found.get(False, found.get(True))


def _standing_number(rows: Iterable[TransactionWire], reference: str) -> int | None:
    """Return the number of the voucher with this reference that stands; None if there is none."""
    ours = (row for row in rows if row.external_import_reference == reference and not row.is_reversed)
    return next((row.voucher_no for row in ours), None)


def _may_be_split(rows: Rows) -> bool:
    return rows[0].voucher_type in POSTED_AS and bool(
        _pairs([row for row in rows if row.posting_date == row.voucher_date])
    )


def _pairs(rows: Rows) -> list[tuple[TransactionWire, TransactionWire]]:
    """Return pairs of transactions that only move an amount between two accounts: without VAT and customer, on the same units."""
    open_rows = [row for row in rows if not row.of_a_party and row.vat_code in (None, "", NO_VAT)]
    found: list[tuple[TransactionWire, TransactionWire]] = []
    while open_rows:
        row = open_rows.pop(0)
        other = next(
            (
                one
                for one in open_rows
                if one.currency_amount == -row.currency_amount
                and one.account_no != row.account_no
                and units_of(one) == units_of(row)
            ),
            None,
        )
        if other is not None:
            open_rows.remove(other)
            found.append((row, other))
    return found


def _number_taken(number: int, one: LedgerEntryWire | TransactionWire) -> Problem:
    facts = {"number": str(number), "journal": str(one.voucher_no), "date": one.posting_date.isoformat()}
    facts |= {"customer": str(one.customer_account_no)} if one.customer_account_no is not None else {}
    facts |= {"total": f"{one.currency_amount:.2f}", "other": one.external_import_reference or ""}
    return Problem("voucher_number_taken", f"invoice {number}", {name: fact for name, fact in facts.items() if fact})
