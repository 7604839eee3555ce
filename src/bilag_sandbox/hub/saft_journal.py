"""Post the journals of a SAF-T Financial file, to try a ledger with a real year in it.

Streaming, one transaction at a time. Analyses of type P and A (project, department) become organisational units 2 and
1.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from bilag_sandbox.hub.amounts import shown
from bilag_sandbox.hub.books import Books
from bilag_sandbox.hub.ledger import Entry, NewVoucher, next_number, write_journal
from bilag_sandbox.hub.saft import SaftError, child, forget, local_name, text_of

UNITS = {"P": "2", "A": "1"}
FIRST_VOUCHER = 500_001
LARGEST = 10**15
TYPE_BY_OWED = {True: "incomingInvoice", False: "incomingCreditNote"}


def post_journal(books: Books, path: Path) -> tuple[int, list[str]]:
    """Post every transaction that balances and whose accounts exist; returns how many, and a sentence on each left out.

    Raises `SaftError` if the file cannot be read. The master data must have been loaded before.
    """
    posted, left_out = 0, []
    try:
        with path.open("rb") as file, books.store.transaction():
            for element in _transactions(file):
                name = text_of(element, "TransactionID") or "?"
                try:
                    voucher = _voucher(books, element)
                except ValueError as fault:
                    left_out.append(f"transaction {name} was left out: {fault}")
                    continue
                write_journal(books.store, books.client.id, [voucher], books.now.timestamp())
                posted += 1
    except OSError as error:
        raise SaftError(f"{path} cannot be read: {error.strerror or error}") from error
    except etree.XMLSyntaxError as error:
        raise SaftError(f"{path} is not well-formed XML ({error.msg})") from error
    return posted, left_out


def _transactions(file: Any) -> Iterator[Any]:
    events = etree.iterparse(
        file, events=("end",), resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    for _event, element in events:
        name = local_name(element)
        if name == "Transaction":
            yield element
        if name in ("Transaction", "Account", "Customer", "Supplier", "TaxTableEntry", "Invoice"):
            forget(element)


def _voucher(books: Books, element: Any) -> NewVoucher:
    """Convert a transaction. Raises `ValueError` with what is wrong."""
    day = text_of(element, "TransactionDate") or ""
    date.fromisoformat(day)
    lines = [one for one in element if local_name(one) == "Line"]
    entries = _with_ledger_side(books, tuple(_entry(books, line) for line in lines))
    if len(entries) < 2 or sum([one.amount for one in entries]) != 0:
        raise ValueError("its lines do not add up to 0.00")
    supplier = next((one.supplier for one in entries if one.supplier), None)
    owed: int = sum(one.amount for one in entries if one.supplier is not None)
    kind = TYPE_BY_OWED[owed < 0] if supplier and owed else "journal"
    reference = next((found for line in lines if (found := text_of(line, "ReferenceNumber"))), None)
    value_date = text_of(element, "GLPostingDate") or day
    header = {
        "voucherDate": day,
        "valueDate": value_date,
        "text": text_of(element, "Description"),
        "currency": books.client.base_currency,
        "exchangeRate": "1",
        "totalAmount": shown(-owed) if supplier else None,
        "_supplierNumber": supplier,
        "_supplierInvoiceNumber": reference,
    }
    number = next_number(books.store, books.client.id, "saft", FIRST_VOUCHER)
    return NewVoucher(number=number, type=kind, value_date=value_date, header=header, entries=entries)


def _with_ledger_side(books: Books, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Leave customer and supplier on the lines of the ledger only: some systems write the party on every line, or on another.

    The ledger's lines are found by account: the client's own account for receivables or payables, else those of its group
    (15 and 24 in the Norwegian chart). Where there are none, the parties stay as they are.
    """
    for name, prefix in (("customer", "15"), ("supplier", "24")):
        parties = {getattr(one, name) for one in entries if getattr(one, name)}
        own = books.client.config["receivablesAccount" if name == "customer" else "payablesAccount"]
        accounts = {one.account for one in entries}
        of_ledger = [one.account == own if own in accounts else one.account.startswith(prefix) for one in entries]
        if not parties or not any(of_ledger):
            continue
        only = next(iter(parties)) if len(parties) == 1 else None
        entries = tuple(
            _with_party(one, name, (getattr(one, name) or only) if in_ledger else None)
            for one, in_ledger in zip(entries, of_ledger, strict=True)
        )
    return entries


def _with_party(entry: Entry, name: str, party: str | None) -> Entry:
    return replace(entry, customer=party) if name == "customer" else replace(entry, supplier=party)


def _entry(books: Books, line: Any) -> Entry:
    account = text_of(line, "AccountID") or ""
    if books.account(account) is None:
        raise ValueError(f"account {account} is not in the chart")
    debit, credit = child(line, "DebitAmount"), child(line, "CreditAmount")
    side, sign = (debit, 1) if debit is not None else (credit, -1)
    if side is None:
        raise ValueError(f"a line on account {account} has no amount")
    amount = sign * _ore(text_of(side, "Amount"))
    tax = child(line, "TaxInformation")
    vat = 0
    if tax is not None:
        tax_amounts = child(tax, "DebitTaxAmount"), child(tax, "CreditTaxAmount"), child(tax, "TaxAmount")
        found = next((one for one in tax_amounts if one is not None), None)
        vat = (1 if amount >= 0 else -1) * abs(_ore(text_of(found, "Amount"))) if found is not None else 0
    analyses = [one for one in line if local_name(one) == "Analysis"]
    units = {
        UNITS[kind]: value
        for one in analyses
        if (kind := text_of(one, "AnalysisType") or "") in UNITS and (value := text_of(one, "AnalysisID"))
    }
    return Entry(
        account=account,
        amount=amount,
        currency_amount=amount,
        text=text_of(line, "Description"),
        vat_amount=vat,
        vat_currency_amount=vat,
        vat_code=text_of(tax, "TaxCode") if tax is not None else None,
        org_units=units,
        customer=text_of(line, "CustomerID"),
        supplier=text_of(line, "SupplierID"),
    )


def _ore(text: str | None) -> int:
    try:
        amount = Decimal(text or "") * 100
    except ArithmeticError as error:
        raise ValueError(f"{text!r} is no amount") from error
    if not amount.is_finite() or abs(amount) > LARGEST or amount != amount.to_integral_value():
        raise ValueError(f"{text!r} is no amount of whole øre")
    return int(amount)
