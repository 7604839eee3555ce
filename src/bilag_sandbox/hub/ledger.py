"""The journal: balanced vouchers, journal numbers without gaps, nothing changed afterwards.

Call it inside a transaction of the store, so that a journal is written as a whole or not at all.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bilag_sandbox.common import Store
from bilag_sandbox.hub.amounts import converted, shown
from bilag_sandbox.hub.books import Books
from bilag_sandbox.hub.checks import months
from bilag_sandbox.hub.content import LineIn, VoucherIn

FIRST_JOURNAL = 1
FIRST_SERIES_NUMBER = 900_001


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry to write; amounts in øre, debit positive."""

    account: str
    amount: int
    currency_amount: int
    text: str | None
    vat_amount: int = 0
    vat_currency_amount: int = 0
    vat_code: str | None = None
    org_units: dict[str, str] = field(default_factory=dict)
    customer: str | None = None
    supplier: str | None = None
    due_date: str | None = None
    payment_id: str | None = None
    reverses: str | None = None


@dataclass(frozen=True, slots=True)
class NewVoucher:
    """A voucher to write. `header` is what the read-back shows beside its entries."""

    number: int
    type: str
    value_date: str
    header: dict[str, Any]
    entries: tuple[Entry, ...]
    related: int | None = None
    batch_number: int | None = None
    external_id: str | None = None


class LedgerBroken(Exception):
    """An unbalanced voucher reached the ledger: a bug in the sandbox."""


def next_number(store: Store, client: str, name: str, first: int) -> int:
    """Return the next number of a client's counter."""
    with store.transaction() as connection:
        row = connection.execute(
            "insert into counter values (?, ?, ?) on conflict do update set next = next + 1 returning next",
            (client, name, first + 1),
        ).fetchone()
    return int(row["next"]) - 1


def write_journal(store: Store, client: str, vouchers: Iterable[NewVoucher], posted_at: float) -> int:
    """Write vouchers under one new journal number, entries numbered consecutively; returns the number."""
    journal = next_number(store, client, "journal", FIRST_JOURNAL)
    entry_number = 0
    with store.transaction() as connection:
        for position, voucher in enumerate(vouchers):
            if sum(e.amount for e in voucher.entries) or sum(e.currency_amount for e in voucher.entries):
                raise LedgerBroken(f"voucher {voucher.number} does not balance")
            cursor = connection.execute(
                "insert into voucher values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    client, journal, position, voucher.number, voucher.type, voucher.related, voucher.batch_number,
                    voucher.external_id, voucher.value_date, posted_at, json.dumps(voucher.header),
                ),
            )  # fmt: skip
            for entry in voucher.entries:
                entry_number += 1
                connection.execute(
                    "insert into entry values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        client, journal, entry_number, cursor.lastrowid, entry.account, entry.customer, entry.supplier,
                        entry.amount, entry.currency_amount, entry.vat_amount,
                        entry.vat_currency_amount, entry.vat_code, json.dumps(entry.org_units), entry.text,
                        entry.due_date, entry.payment_id, voucher.value_date, entry.reverses,
                    ),
                )  # fmt: skip
    return journal


def vouchers_to_post(
    books: Books, vouchers: Iterable[VoucherIn], batch_number: int, external_id: str, series: str | None
) -> list[NewVoucher]:
    """Convert a batch's checked vouchers to ledger vouchers, in order, followed by those for line accruals."""
    vouchers_made: list[NewVoucher] = []
    accruals: list[NewVoucher] = []
    for voucher in vouchers:
        rate = voucher.exchange_rate or "1"
        entries = _journal_entries(voucher, rate, books) if voucher.type == "journal" else _sale(voucher, rate, books)
        vouchers_made.append(_voucher(voucher, entries, rate, books, series))
        for line in voucher.lines:
            accruals.extend(_accrual_vouchers(voucher, line, rate, books, series))
    return [replace(new, batch_number=batch_number, external_id=external_id) for new in (*vouchers_made, *accruals)]


def _voucher(voucher: VoucherIn, entries: tuple[Entry, ...], rate: str, books: Books, series: str | None) -> NewVoucher:
    kind = voucher.type or ""
    total = voucher.total
    if total is not None and kind == "creditNote":
        total = -total
    return NewVoucher(
        number=voucher.number if voucher.number is not None else _own_number(books, kind, series),
        type=kind,
        value_date=str(voucher.posting_date),
        related=voucher.related,
        header={
            "voucherDate": str(voucher.voucher_date),
            "valueDate": str(voucher.posting_date),
            "dueDate": voucher.due_date and str(voucher.due_date),
            "paymentId": voucher.payment_id,
            "customerNumber": voucher.customer,
            "yourReference": voucher.your_reference,
            "creditedInvoiceNumber": voucher.credited,
            "text": voucher.text,
            "currency": voucher.currency,
            "exchangeRate": rate,
            "totalAmount": None if total is None else shown(total),
        },
        entries=entries,
    )


def _own_number(books: Books, kind: str, series: str | None) -> int:
    code = books.client.series_for(series, kind) or "DEFAULT"
    return next_number(books.store, books.client.id, f"series {code}", FIRST_SERIES_NUMBER)


def _line_entries(voucher: VoucherIn, rate: str, books: Books) -> list[Entry]:
    entries = []
    for line in voucher.lines:
        net, vat = line.signed(line.net or 0), line.signed(line.vat or 0)
        text = line.text if line.text is not None else voucher.text
        units = {u: books.client.unit_value(int(u), value)[0] for u, value in sorted(line.org_units.items(), key=_unit)}
        vat_base = converted(vat, rate)
        entries.append(Entry(line.account or "", converted(net, rate), net, text, vat_base, vat, line.vat_code, units))
        code = books.vat_code(line.vat_code) if vat and line.vat_code else None
        if code is not None and code.account is not None:
            entries.append(Entry(code.account, vat_base, vat, text, vat_code=line.vat_code))
    return entries


def _unit(item: tuple[str, str]) -> int:
    return int(item[0])


def _sale(voucher: VoucherIn, rate: str, books: Books) -> tuple[Entry, ...]:
    """Build the customer's entry, whose base amount absorbs the others' rounding, and the lines."""
    lines = _line_entries(voucher, rate, books)
    customer = Entry(
        account=books.client.config["receivablesAccount"],
        amount=-sum(entry.amount for entry in lines),
        currency_amount=-sum(entry.currency_amount for entry in lines),
        text=voucher.text,
        customer=voucher.customer,
        due_date=None if voucher.due_date is None else str(voucher.due_date),
        payment_id=voucher.payment_id,
    )
    return (customer, *lines)


def _journal_entries(voucher: VoucherIn, rate: str, books: Books) -> tuple[Entry, ...]:
    """Build the lines; in a foreign currency the last one absorbs the rounding."""
    lines = _line_entries(voucher, rate, books)
    left_over = sum(entry.amount for entry in lines)
    return (*lines[:-1], replace(lines[-1], amount=lines[-1].amount - left_over))


def accrual_shares(net: int, first: date, last: date, invoice_date: date) -> list[tuple[date, int]]:
    """Split `net` into equal monthly shares for the months after the invoice's, each on its month's last day.

    Rounded cumulatively: all shares of the period, earlier months included, sum to exactly `net`.
    """
    ends = months(first, last)
    count = len(ends)
    totals = [(2 * net * (place + 1) + count) // (2 * count) for place in range(count)]
    shares = [amount - (totals[place - 1] if place else 0) for place, amount in enumerate(totals)]
    invoice_month = (invoice_date.year, invoice_date.month)
    return [
        (end, share) for end, share in zip(ends, shares, strict=True) if (end.year, end.month) > invoice_month and share
    ]


def _accrual_vouchers(
    voucher: VoucherIn, line: LineIn, rate: str, books: Books, series: str | None
) -> list[NewVoucher]:
    accrual, day = line.accrual, voucher.posting_date
    if accrual is None or accrual.first is None or accrual.last is None or day is None:
        return []
    shares = accrual_shares(line.net or 0, accrual.first, accrual.last, day)
    result, balance = accrual.result_account or line.account, accrual.balance_account
    vouchers_made = []
    for day_of_share, amount in [(day, -sum(share for _, share in shares)), *shares]:
        if not amount:
            continue
        signed = "credit" if (line.side == "credit") == (amount > 0) else "debit"
        other = "debit" if signed == "credit" else "credit"
        text = f"Periodisering {voucher.number} {day_of_share.isoformat()[:7]}"
        part = LineIn(result, signed, None, abs(amount), 0, abs(amount), text, line.org_units, None)
        journal = VoucherIn(
            number=None, type="journal", voucher_date=day_of_share, value_date=None, due_date=None, payment_id=None,
            customer=None, your_reference=None, text=text, currency=voucher.currency, exchange_rate=rate, total=None,
            credited=None, related=voucher.number, lines=(part, replace(part, account=balance, side=other)),
        )  # fmt: skip
        vouchers_made.append(_voucher(journal, _journal_entries(journal, rate, books), rate, books, series))
    return vouchers_made


def read_vouchers(
    store: Store, client: str, where: str, values: tuple[Any, ...], order: str, limit: int
) -> list[dict[str, Any]]:
    """Return posted vouchers with entries, as in the contract, each with a private `_id` and `_place`."""
    rows = store.rows(f"select * from voucher where client = ? and {where} order by {order} limit ?",  # noqa: S608
                      client, *values, limit)  # fmt: skip
    shown_vouchers = []
    for row in rows:
        header = json.loads(row["header"])
        common = {"currency": header["currency"], "voucherDate": header["voucherDate"], "valueDate": row["value_date"]}
        entries = store.rows("select * from entry where voucher_id = ? order by entry_number", row["id"])
        shown_vouchers.append(
            {
                "_id": row["id"],
                "_place": (row["journal_number"], row["position"]),
                "journalNumber": row["journal_number"],
                "voucherNumber": row["voucher_number"],
                "type": row["type"],
                "relatedVoucherNumber": row["related_voucher_number"],
                "batchNumber": row["batch_number"],
                "externalId": row["external_id"],
                **header,
                "entries": [_entry_json(entry) | common for entry in entries],
            }
        )
    return shown_vouchers


def _entry_json(row: Any) -> dict[str, Any]:
    return {
        "journalNumber": row["journal_number"],
        "entryNumber": row["entry_number"],
        "accountNumber": row["account"],
        "customerNumber": row["customer"],
        "supplierNumber": row["supplier"],
        "amount": shown(row["amount"]),
        "currencyAmount": shown(row["currency_amount"]),
        "vatCode": row["vat_code"],
        "orgUnits": json.loads(row["org_units"]),
        "text": row["text"],
        "dueDate": row["due_date"],
        "paymentId": row["payment_id"],
    }
