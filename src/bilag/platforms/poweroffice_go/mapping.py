"""Convert Bilag's vouchers to Go's bodies and Go's transactions back. Pure.

Go takes gross amounts and ids, and returns net amounts and codes, debit positive.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from bilag.platforms.poweroffice_go.books import DEPARTMENT, FIRST_DIMENSION, NO_VAT, PROJECT, Books
from bilag.platforms.poweroffice_go.splitting import split_gross
from bilag.platforms.poweroffice_go.wire import LedgerEntryWire, PostedInvoiceWire, TransactionWire
from bilag.posting.accrual import Income, plan_moves
from bilag.posting.posted import UNREAD, Posted, PostedEntry, Unread
from bilag.posting.problem import Problem
from bilag.posting.voucher import ZERO, Entry, Side, Voucher, VoucherKind

OUTGOING_INVOICE, OUTGOING_CREDIT_NOTE, MANUAL_JOURNAL = "OutgoingInvoice", "OutgoingCreditNote", "ManualJournal"
KINDS = {OUTGOING_INVOICE: VoucherKind.INVOICE, OUTGOING_CREDIT_NOTE: VoucherKind.CREDIT_NOTE}
POSTED_AS = (OUTGOING_INVOICE, OUTGOING_CREDIT_NOTE, MANUAL_JOURNAL)
"""The types that Go gives to vouchers from Bilag, by either way."""
UNIT_FIELDS = {
    DEPARTMENT: "DepartmentId",
    PROJECT: "ProjectId",
    FIRST_DIMENSION: "Dim1Id",
    FIRST_DIMENSION + 1: "Dim2Id",
    FIRST_DIMENSION + 2: "Dim3Id",
}
PART = "part "
"""Marks the lines of a manual voucher that are a journal of their own, such as an accrual: `part 2` for the second voucher."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Ids:
    """Go's ids of what a posting refers to: the customer's account in the sub-ledger, and each (unit, value)."""

    customer: int | None
    values: Mapping[tuple[int, str], int]


class CannotSplit(Exception):
    """The planned VAT cannot be reached with the gross amount of an entry. `entry` counts from 1."""

    def __init__(self, entry: int) -> None:
        self.entry = entry
        super().__init__(f"entry {entry}")


def outgoing_body(voucher: Voucher, external_id: str, books: Books, ids: Ids) -> dict[str, Any]:
    """Build an outgoing invoice voucher. Amounts have the sign of the invoice: those of a credit note are negative.

    Every line is credited its amount, and the sum is debited the customer.
    """
    sign = -1 if voucher.kind is VoucherKind.CREDIT_NOTE else 1
    return {
        "InvoiceNo": str(voucher.number),
        "VoucherDate": voucher.voucher_date.isoformat(),
        "DueDate": voucher.due_date.isoformat() if voucher.due_date else None,
        "Cid": voucher.payment_id,
        "CustomerAccountId": ids.customer,
        "CustomerReference": voucher.your_reference,
        "CurrencyAmount": sign * voucher.total,
        "CurrencyCode": voucher.currency,
        **_rate(voucher, books),
        "Description": voucher.text,
        "ExternalImportReference": external_id,
        "ImportedVoucherNo": voucher.number,
        "OutgoingInvoiceLines": [
            {"CurrencyAmount": -amount, **fields, **_accrual(entry)}
            for entry, amount, fields in _lines(voucher, books, ids)
        ],
    }


def manual_body(vouchers: Sequence[Voucher], external_id: str, books: Books, ids: Ids) -> dict[str, Any]:
    """Build one manual voucher of the invoice and the journals posted with it, each line with its own posting date."""
    first = vouchers[0]
    lines: list[dict[str, Any]] = []
    if first.kind is not VoucherKind.JOURNAL and first.total:
        total = -first.total if first.kind is VoucherKind.CREDIT_NOTE else first.total
        lines.append(
            {
                "AccountId": ids.customer,
                "PostingDate": first.voucher_date.isoformat(),
                "VatId": books.vat_id(None, first.voucher_date),
                "CurrencyAmount": total,
                **_line_currency(first, first, books),
                "Description": first.text,
            }
        )
    for part, voucher in enumerate(vouchers, start=1):
        for _entry, amount, fields in _lines(voucher, books, ids):
            own = {**fields, "PostingDate": voucher.voucher_date.isoformat(), "CurrencyAmount": amount}
            mark = {"ExternalLineReference": f"{PART}{part}"} if part > 1 else {}
            lines.append({**own, **_line_currency(voucher, first, books), **mark})
    for entry in first.entries:
        lines += _spread(entry, first, books, ids)
    number = first.related_number if first.kind is VoucherKind.JOURNAL else first.number
    return {
        "VoucherDate": first.voucher_date.isoformat(),
        "CurrencyCode": first.currency,
        "Description": first.text,
        "ExternalImportReference": external_id,
        **({"ImportedVoucherNo": number} if number else {}),
        "VoucherLines": lines,
    }


def _lines(voucher: Voucher, books: Books, ids: Ids) -> Iterable[tuple[Entry, Decimal, dict[str, Any]]]:
    """Yield each line: its entry, its gross amount with debit positive, and what both ways have in common.

    Raises `CannotSplit` where Go would compute other VAT than planned.
    """
    for place, entry in enumerate(voucher.entries, start=1):
        fields = {
            "AccountId": books.accounts[entry.account].id,
            "VatId": books.vat_id(entry.vat_code, voucher.voucher_date),
            "Description": entry.text,
            **{UNIT_FIELDS[unit]: ids.values[unit, value] for unit, value in entry.units},
        }
        fields = {name: value for name, value in fields.items() if value is not None}
        sign = 1 if entry.side is Side.DEBIT else -1
        parts = split_gross(entry.gross, entry.vat, rate_of(entry, voucher.voucher_date, books))
        if parts is None:
            raise CannotSplit(place)
        for part in parts:
            if part:
                yield entry, sign * part, fields


def rate_of(entry: Entry, day: date, books: Books) -> Decimal:
    """Return the rate of the entry's VAT code on the voucher's date, in percent."""
    code = books.chart.vat_codes.get(entry.vat_code or NO_VAT)
    return code.on(day).rate if code is not None else ZERO


def _accrual(entry: Entry) -> dict[str, Any]:
    if entry.accrual is None:
        return {}
    return {
        "Accrual": {
            "IsActive": True,
            "FromDate": entry.accrual.period.first.isoformat(),
            "ToDate": entry.accrual.period.last.isoformat(),
            "BalanceAccountNo": int(entry.accrual.credit_account),
        }
    }


def _spread(entry: Entry, voucher: Voucher, books: Books, ids: Ids) -> Iterable[dict[str, Any]]:
    """Yield the lines that spread an entry's income where Go does not do it itself: for an invoice whose total is 0.00."""
    if entry.accrual is None:
        return
    net = entry.net if entry.side is Side.CREDIT else -entry.net
    units = {UNIT_FIELDS[unit]: ids.values[unit, value] for unit, value in entry.units}
    for move in plan_moves(voucher.voucher_date, [Income(net, entry.accrual.period)]):
        for account, amount in ((entry.accrual.debit_account, move.total), (entry.accrual.credit_account, -move.total)):
            yield {
                "AccountId": books.accounts[account].id,
                "VatId": books.vat_id(None, move.day),
                "PostingDate": move.day.isoformat(),
                "CurrencyAmount": amount,
                **_line_currency(voucher, voucher, books),
                "Description": entry.text,
                "ExternalLineReference": f"{PART}2",
                **units,
            }


def _rate(voucher: Voucher, books: Books) -> dict[str, Any]:
    if voucher.currency == books.chart.base_currency:
        return {}
    return {"CurrencyExchangeRate": voucher.exchange_rate.normalize()}


def _line_currency(voucher: Voucher, first: Voucher, books: Books) -> dict[str, Any]:
    """Name the line's currency where it is not the voucher's: income is spread in the company's own."""
    own = {"CurrencyCode": voucher.currency} if voucher.currency != first.currency else {}
    return own | _rate(voucher, books)


@dataclass(frozen=True, slots=True)
class Told:
    """What the customer's ledger and the voucher itself add to a voucher's transactions."""

    ledger: LedgerEntryWire | None = None
    invoice: PostedInvoiceWire | None = None
    reference_read: bool = True
    """Whether `invoice` was asked for; if not, the customer's reference is not known."""
    own_text: bool = True
    """Whether the voucher's text is that of these transactions: a voucher with several journals has one text for all."""


def posted_from(rows: Sequence[TransactionWire], told: Told, books: Books, planned: Voucher | None = None) -> Posted:
    """Convert the transactions of one voucher and date. `planned` names a kind that Go has no word for.

    A manual voucher has no kind of its own: the customer's entry tells an invoice from a credit note.
    """
    head = rows[0]
    entries = tuple(_entry_from(row, told, books) for row in rows)
    customers = [entry.customer for entry in entries if entry.customer]
    owed = sum((entry.currency_amount for entry in entries if entry.customer), ZERO)
    manual = head.voucher_type == MANUAL_JOURNAL
    kind = _kind(head, owed, bool(customers), planned)
    ledger, invoice = told.ledger, told.invoice
    number = _number(head, told)
    journal = kind == VoucherKind.JOURNAL
    not_read = frozenset({"due_date", "payment_id"}) if manual else frozenset()
    if manual and planned is not None and not planned.total:  # nothing is owed, so nothing stands on the customer
        not_read |= {"customer"}
    return Posted(
        number=head.voucher_no if journal or number is None else number,
        kind=kind,
        journal_number=head.voucher_no,
        external_id=head.external_import_reference or None,
        voucher_date=head.posting_date,
        currency=_currency(rows, books),
        entries=entries,
        due_date=ledger.due_date if ledger is not None else None,
        payment_id=(ledger.cid or None) if ledger is not None else None,
        customer=customers[0] if customers else None,
        total=owed,
        related_number=head.imported_voucher_no if journal else None,
        your_reference=UNREAD
        if manual or not told.reference_read
        else (invoice.customer_reference or None)
        if invoice
        else None,
        text=(head.voucher_description or None) if told.own_text else UNREAD,
        value_date=head.posting_date,
        not_read=not_read,
    )


def _kind(head: TransactionWire, owed: Decimal, has_customer: bool, planned: Voucher | None) -> str:
    known = KINDS.get(head.voucher_type or "")
    if known is not None:
        return str(known) if head.posting_date == head.voucher_date else str(VoucherKind.JOURNAL)
    if head.voucher_type != MANUAL_JOURNAL:
        return "other"
    if has_customer and owed:
        return str(VoucherKind.CREDIT_NOTE if owed < 0 else VoucherKind.INVOICE)
    if planned is not None:
        return str(planned.kind)
    return str(VoucherKind.JOURNAL)


def _number(head: TransactionWire, told: Told) -> int | None:
    """Return the document's number: the invoice number in the customer's ledger, else the number that Bilag gave along."""
    text = (told.ledger.invoice_no if told.ledger is not None else None) or ""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return head.imported_voucher_no


def _currency(rows: Sequence[TransactionWire], books: Books) -> str:
    base = books.chart.base_currency
    return next((row.currency_code for row in rows if row.currency_code not in (None, "", base)), None) or base


def _entry_from(row: TransactionWire, told: Told, books: Books) -> PostedEntry:
    of_customer = row.customer_account_no is not None
    ledger = told.ledger if of_customer and row.voucher_type != MANUAL_JOURNAL else None
    due_date: date | Unread | None = ledger.due_date if ledger is not None else UNREAD
    payment_id: str | Unread | None = (ledger.cid or None) if ledger is not None else UNREAD
    return PostedEntry(
        account=str(row.account_no),
        amount=row.amount,
        currency_amount=row.currency_amount,
        vat_code=row.vat_code if row.vat_code and row.vat_code != NO_VAT else None,
        customer=str(row.customer_account_no) if of_customer else None,
        units=units_of(row),
        text=row.description or None,
        due_date=due_date,
        payment_id=payment_id,
        value_date=row.posting_date,
    )


def units_of(row: TransactionWire) -> tuple[tuple[int, str], ...]:
    """Return the units of a transaction that have a value."""
    codes = {
        DEPARTMENT: row.department_code,
        PROJECT: row.project_code,
        FIRST_DIMENSION: row.dim1_code,
        FIRST_DIMENSION + 1: row.dim2_code,
        FIRST_DIMENSION + 2: row.dim3_code,
    }
    return tuple((unit, code) for unit, code in codes.items() if code)


def by_voucher(rows: Iterable[TransactionWire]) -> dict[str, list[TransactionWire]]:
    """Group transactions by voucher, in order of id; one that comes twice counts once."""
    found: dict[str, dict[int, TransactionWire]] = defaultdict(dict)
    for row in rows:
        found[row.voucher_id][row.id] = row
    return {voucher: [same[key] for key in sorted(same)] for voucher, same in found.items()}


def by_date(rows: Iterable[TransactionWire]) -> dict[date, list[TransactionWire]]:
    """Group the transactions of one voucher by posting date."""
    found: dict[date, list[TransactionWire]] = defaultdict(list)
    for row in rows:
        found[row.posting_date].append(row)
    return dict(sorted(found.items()))


def vat_problem(error: CannotSplit, voucher: Voucher) -> Problem:
    """Return the problem of an entry whose VAT Go would compute otherwise."""
    entry = voucher.entries[error.entry - 1]
    facts = {"account": entry.account, "vat": f"{entry.vat:.2f}", "net": f"{entry.net:.2f}"}
    return Problem("vat_amount_mismatch", f"entry {error.entry}", {**facts, "vat_code": entry.vat_code or NO_VAT})
