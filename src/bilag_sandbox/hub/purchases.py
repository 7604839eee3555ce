"""What an accountant posts: supplier invoices with documents, and documents that arrive later."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from bilag_sandbox.hub import persons
from bilag_sandbox.hub.amounts import converted, rounded, shown
from bilag_sandbox.hub.books import Books
from bilag_sandbox.hub.ledger import next_number
from bilag_sandbox.hub.refusals import malformed, not_found

FIRST_SUPPLIER, FIRST_VOUCHER = 50001, 80001
_FIELDS = (
    "supplierNumber supplierName invoiceNumber date valueDate text currency exchangeRate creditNote lines documents"
)
FIELDS = frozenset(_FIELDS.split())
LINE_FIELDS = frozenset(("account", "net", "vatCode", "text", "project", "department", "units"))
PROJECT, DEPARTMENT = "2", "1"
HUNDRED = Decimal(100)


def post_supplier_invoice(books: Books, spec: Any) -> dict[str, Any]:
    """Post a supplier invoice; returns its voucher. Raises 400.

    `lines`: account, net (in `currency`), vatCode (its rate gives the VAT), text, project, department, units (1-12). An
    unknown supplier is created. `creditNote` true reverses all signs. `documents` as in `persons.post_voucher`.
    """
    if not isinstance(spec, dict) or set(spec) - FIELDS:
        raise malformed(f"A supplier invoice may have {', '.join(sorted(FIELDS))}.")
    lines = spec.get("lines")
    if not isinstance(lines, list) or not lines or not all(isinstance(line, dict) for line in lines):
        raise malformed("A supplier invoice needs lines, each with account and net.")
    rate, sign = str(spec.get("exchangeRate", "1")), -1 if spec.get("creditNote") is True else 1
    entries: list[dict[str, Any]] = []
    owed = owed_currency = 0
    for line in lines:
        found = _entries(books, line, rate, sign)
        owed += sum(_ore(one["amount"]) for one in found)
        owed_currency += sum(_ore(one["currencyAmount"]) for one in found)
        entries += found
    supplier = _supplier(books, spec)
    entries.append(
        {
            "accountNumber": books.client.config["payablesAccount"],
            "amount": shown(-owed),
            "currencyAmount": shown(-owed_currency),
            "supplierNumber": supplier,
        }
    )
    with books.store.transaction():
        number = next_number(books.store, books.client.id, "purchases", FIRST_VOUCHER)
        body = {
            "voucherNumber": number,
            "type": "incomingCreditNote" if sign < 0 else "incomingInvoice",
            "voucherDate": spec.get("date"),
            "valueDate": spec.get("valueDate"),
            "currency": spec.get("currency", books.client.base_currency),
            "exchangeRate": rate,
            "supplierNumber": supplier,
            "supplierInvoiceNumber": str(spec.get("invoiceNumber") or f"F-{number}"),
            "text": spec.get("text"),
            "entries": entries,
            "documents": spec.get("documents", []),
        }
        return persons.post_voucher(books, body)


def add_documents(books: Books, journal: int, documents: Any) -> int:
    """Add documents to a posted voucher; returns how many. Raises 400 and 404."""
    vouchers = persons.in_journal(books, journal)
    if not vouchers:
        raise not_found("journal_unknown", f"Journal {journal} does not exist.")
    if not isinstance(documents, list):
        raise malformed("documents is a list, each with fileName, contentType and base64.")
    persons.add_documents(books, journal, {"voucherNumber": vouchers[0]["voucherNumber"], "documents": documents})
    return len(documents)


def _entries(books: Books, line: Mapping[str, Any], rate: str, sign: int) -> list[dict[str, Any]]:
    """Build the cost entry, and a VAT entry if the code has VAT."""
    if set(line) - LINE_FIELDS or "account" not in line or "net" not in line:
        raise malformed(f"A line needs account and net and may have {', '.join(sorted(LINE_FIELDS))}.")
    if books.account(str(line["account"])) is None:
        raise malformed(f"There is no account {line['account']}.")
    code = books.vat_code(str(line["vatCode"])) if line.get("vatCode") is not None else None
    if line.get("vatCode") is not None and code is None:
        raise malformed(f"There is no VAT code {line['vatCode']}.")
    net = sign * _ore(str(line["net"]))
    vat = rounded(Decimal(net) * Decimal(code.rate) / HUNDRED) if code else 0
    units = {str(unit): str(value) for unit, value in (line.get("units") or {}).items()}
    for name, unit in (("project", PROJECT), ("department", DEPARTMENT)):
        if line.get(name) is not None:
            units[unit] = str(line[name])
    cost = {
        "accountNumber": str(line["account"]),
        "amount": shown(converted(net, rate)),
        "currencyAmount": shown(net),
        "vatAmount": shown(converted(vat, rate)),
        "vatCurrencyAmount": shown(vat),
        "vatCode": code.code if code else None,
        "text": line.get("text"),
        "orgUnits": units,
    }
    if not vat or code is None:
        return [cost]
    return [
        cost,
        {
            "accountNumber": code.account or books.client.config["payablesAccount"],
            "amount": cost["vatAmount"],
            "currencyAmount": cost["vatCurrencyAmount"],
            "text": line.get("text"),
        },
    ]


def _ore(text: str) -> int:
    try:
        amount = Decimal(text) * HUNDRED
    except InvalidOperation as error:
        raise malformed(f"{text[:40]} is no amount.") from error
    if amount != amount.to_integral_value() or abs(amount) >= Decimal(10) ** 15:
        raise malformed(f"{text[:40]} is no amount of whole øre.")
    return int(amount)


def _supplier(books: Books, spec: Mapping[str, Any]) -> str:
    """Return the supplier's number; a supplier unknown by number or name is created."""
    number, name = spec.get("supplierNumber"), str(spec.get("supplierName") or "").strip()
    client = books.client.id
    if number is None and name:
        row = books.store.row("select number from supplier where client = ? and name = ?", client, name)
        number = row["number"] if row else None
    with books.store.transaction() as connection:
        if number is None:
            number = str(next_number(books.store, client, "suppliers", FIRST_SUPPLIER))
        connection.execute(
            "insert into supplier values (?, ?, ?, null) on conflict (client, number) do update "
            "set name = case when ? = '' then name else excluded.name end",
            (client, str(number), name or f"Leverandør {number}", name),
        )
    return str(number)
