"""What users do in the accounting system, past the hub: post vouchers of their own, and reverse others."""

import base64
import binascii
import json
from dataclasses import replace
from typing import Any

from bilag_sandbox.common.bodies import parse_date
from bilag_sandbox.hub.amounts import ore, shown
from bilag_sandbox.hub.books import Books
from bilag_sandbox.hub.ledger import Entry, NewVoucher, read_vouchers, write_journal
from bilag_sandbox.hub.refusals import malformed, not_found

_FIELDS = (
    "voucherNumber type voucherDate valueDate dueDate text currency exchangeRate customerNumber supplierNumber "
    "supplierInvoiceNumber paymentId totalAmount incomeAccount vatCode entries documents"
)
FIELDS = frozenset(_FIELDS.split())


def post_voucher(books: Books, spec: Any) -> dict[str, Any]:
    """Post a user's voucher; returns it as the read-back shows it. Raises 400.

    Give either `entries` (each with accountNumber and amount, debit positive; optional vatAmount, vatCode, orgUnits,
    text, customerNumber, supplierNumber, dueDate, paymentId; amounts sum to 0.00), or `customerNumber` and `totalAmount`,
    posted against `incomeAccount` (3000) without VAT. `documents`: fileName, contentType, base64.
    """
    if not isinstance(spec, dict) or set(spec) - FIELDS or not isinstance(spec.get("voucherNumber"), int):
        raise malformed(f"A voucher needs voucherNumber and may have {', '.join(sorted(FIELDS))}.")
    day = spec.get("voucherDate") or str(books.now.date())
    value_date = spec.get("valueDate") or day
    if not isinstance(day, str) or parse_date(day) is None or parse_date(str(value_date)) is None:
        raise malformed("voucherDate and valueDate are dates, YYYY-MM-DD.")
    try:
        entries = (
            tuple(_entry(item, spec) for item in spec["entries"]) if "entries" in spec else _two_entries(books, spec)
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise malformed(f"The entries cannot be read: {error!r}.") from error
    if len(entries) < 2 or sum(entry.amount for entry in entries) != 0:
        raise malformed("A voucher has at least two entries, which sum to 0.00.")
    customer = spec.get("customerNumber")
    owed = sum(entry.currency_amount for entry in entries if entry.customer is not None)
    voucher = NewVoucher(
        number=spec["voucherNumber"],
        type=spec.get("type", "outgoingInvoice"),
        value_date=value_date,
        header={
            "voucherDate": day,
            "valueDate": value_date,
            "dueDate": spec.get("dueDate"),
            "paymentId": spec.get("paymentId"),
            "customerNumber": customer,
            "yourReference": None,
            "creditedInvoiceNumber": None,
            "text": spec.get("text"),
            "currency": spec.get("currency", books.client.base_currency),
            "exchangeRate": spec.get("exchangeRate", "1"),
            "totalAmount": shown(owed) if customer else None,
            "_supplierNumber": spec.get("supplierNumber"),
            "_supplierInvoiceNumber": spec.get("supplierInvoiceNumber"),
        },
        entries=entries,
    )
    with books.store.transaction():
        journal = write_journal(books.store, books.client.id, [voucher], books.now.timestamp())
        add_documents(books, journal, spec)
    return in_journal(books, journal)[0]


def _entry(item: dict[str, Any], spec: dict[str, Any]) -> Entry:
    amount, vat = _signed(item["amount"]), _signed(item.get("vatAmount", "0.00"))
    return Entry(
        account=str(item["accountNumber"]),
        amount=amount,
        currency_amount=_signed(item.get("currencyAmount", item["amount"])),
        text=item.get("text", spec.get("text")),
        vat_amount=vat,
        vat_currency_amount=_signed(item.get("vatCurrencyAmount", item.get("vatAmount", "0.00"))),
        vat_code=item.get("vatCode"),
        org_units={str(unit): str(value) for unit, value in item.get("orgUnits", {}).items()},
        customer=item.get("customerNumber"),
        supplier=item.get("supplierNumber"),
        due_date=item.get("dueDate"),
        payment_id=item.get("paymentId"),
        reverses=item.get("reverses"),
    )


def _signed(text: str) -> int:
    return -ore(text[1:]) if text.startswith("-") else ore(text)


def _two_entries(books: Books, spec: dict[str, Any]) -> tuple[Entry, ...]:
    total, text = _signed(spec["totalAmount"]), spec.get("text")
    receivables = books.client.config["receivablesAccount"]
    customer = Entry(receivables, total, total, text, customer=spec["customerNumber"], due_date=spec.get("dueDate"))
    return customer, Entry(spec.get("incomeAccount", "3000"), -total, -total, text, vat_code=spec.get("vatCode"))


def add_documents(books: Books, journal: int, spec: dict[str, Any]) -> None:
    """Store the documents of a voucher. Raises 400."""
    for document in spec.get("documents", []):
        try:
            content = base64.b64decode(document["base64"], validate=True)
            names = (str(document["fileName"]), str(document["contentType"]))
        except (KeyError, TypeError, binascii.Error) as error:
            raise malformed("A document has fileName, contentType and base64.") from error
        with books.store.transaction() as connection:
            connection.execute(
                "insert into document values (null, ?, ?, ?, null, ?, ?, ?)",
                (books.client.id, journal, spec["voucherNumber"], *names, content),
            )


def in_journal(books: Books, journal: int) -> list[dict[str, Any]]:
    """Return the vouchers of a journal number."""
    found = read_vouchers(books.store, books.client.id, "journal_number = ?", (journal,), "position", 1000)
    return [{name: value for name, value in voucher.items() if not name.startswith("_")} for voucher in found]


def reverse(books: Books, journal: int, day: str | None = None) -> list[dict[str, Any]]:
    """Reverse a journal by a new one with opposite signs, whose entries refer to the reversed ones; it is posted on `day`,
    today if none is given. Raises 400 and 404.
    """
    found = read_vouchers(books.store, books.client.id, "journal_number = ?", (journal,), "position", 1000)
    if not found:
        raise not_found("journal_unknown", f"Journal {journal} does not exist.")
    day = str(books.now.date()) if day is None else day
    if parse_date(day) is None:
        raise malformed("valueDate is a date, YYYY-MM-DD.")
    vouchers = []
    for voucher in found:
        header = {name: voucher.get(name) for name in (*HEADER, "_supplierNumber", "_supplierInvoiceNumber")}
        entries = books.store.rows("select * from entry where voucher_id = ? order by entry_number", voucher["_id"])
        new = NewVoucher(
            number=voucher["voucherNumber"],
            type=voucher["type"],
            value_date=day,
            header=header | {"valueDate": day, "totalAmount": _opposite(voucher["totalAmount"])},
            entries=tuple(_reversed(row) for row in entries),
            related=voucher["relatedVoucherNumber"],
        )
        vouchers.append(new)
    return in_journal(books, write_journal(books.store, books.client.id, vouchers, books.now.timestamp()))


CORRECTABLE = ("yourReference", "text", "dueDate", "paymentId")
"""Fields that a user may correct on a posted voucher. Its accounts, amounts and dates never change."""


def correct(books: Books, journal: int, fields: dict[str, Any]) -> list[dict[str, Any]]:
    """Correct texts, due date or payment id of the vouchers of a journal number. Raises 404."""
    found = in_journal(books, journal)
    if not found:
        raise not_found("journal_unknown", f"Journal {journal} does not exist.")
    with books.store.transaction() as connection:
        rows = books.store.rows(
            "select * from voucher where client = ? and journal_number = ?", books.client.id, journal
        )
        for row in rows:
            header = json.dumps(json.loads(row["header"]) | fields)
            connection.execute("update voucher set header = ? where id = ?", (header, row["id"]))
    return in_journal(books, journal)


HEADER = (
    "voucherDate", "valueDate", "dueDate", "paymentId", "customerNumber", "yourReference", "creditedInvoiceNumber",
    "text", "currency", "exchangeRate", "totalAmount",
)  # fmt: skip


def _opposite(amount: str | None) -> str | None:
    return None if amount is None else shown(-_signed(amount))


def _reversed(row: Any) -> Entry:
    reversal = Entry(
        account=row["account"],
        amount=-row["amount"],
        currency_amount=-row["currency_amount"],
        text=row["text"],
        vat_amount=-row["vat_amount"],
        vat_currency_amount=-row["vat_currency_amount"],
        vat_code=row["vat_code"],
        org_units=json.loads(row["org_units"]),
        customer=row["customer"],
        supplier=row["supplier"],
        due_date=row["due_date"],
        payment_id=row["payment_id"],
    )
    return replace(reversal, reverses=f"{row['journal_number']}.{row['entry_number']}")
