"""What people do in the accounting system, past the API: post supplier invoices and vouchers of their own, and reverse others."""

import base64
import binascii
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from bilag_sandbox.common.bodies import parse_date
from bilag_sandbox.hub.amounts import rounded
from bilag_sandbox.poweroffice_go.contacts import contact_row, save_contact
from bilag_sandbox.poweroffice_go.documents import add_document, kind_of
from bilag_sandbox.poweroffice_go.go import Client, Go
from bilag_sandbox.poweroffice_go.ledger import (
    Entry,
    NewVoucher,
    VatRow,
    line_entries,
    vat_on,
    vat_rows,
    write_voucher,
)
from bilag_sandbox.poweroffice_go.objects import dimension_kind, object_by_code
from bilag_sandbox.poweroffice_go.refusals import bad_request

TITLE = "Person"
INVOICE_FIELDS = (
    "supplierNumber", "supplierName", "invoiceNumber", "date", "postingDate", "text", "currency", "exchangeRate",
    "creditNote", "lines", "documents",
)  # fmt: skip
LINE_FIELDS = ("account", "net", "vatCode", "text", "project", "department", "dimensions")
VOUCHER_FIELDS = (
    "type", "date", "text", "currency", "exchangeRate", "customerNumber", "invoiceNumber", "importedVoucherNo", "reference",
    "totalAmount", "dueDate", "paymentId", "incomeAccount", "vatCode", "project", "department", "entries", "documents",
)  # fmt: skip
ENTRY_FIELDS = (
    "account", "amount", "currencyAmount", "vatCode", "vatAmount", "text", "project", "department", "dimensions",
    "customerNumber",
)  # fmt: skip


def post_supplier_invoice(go: Go, client: Client, spec: Any) -> Any:
    """Post a supplier's invoice; returns the voucher's row. Raises 400.

    `lines`: account, net (in `currency`), vatCode (its rate gives the VAT), text, project, department, dimensions (by 1 to 3).
    Unknown suppliers and dimension values are created. `creditNote` true turns all signs.
    """
    if not isinstance(spec, dict) or set(spec) - set(INVOICE_FIELDS):
        raise bad_request(TITLE, f"A supplier invoice may have {', '.join(INVOICE_FIELDS)}.")
    lines = spec.get("lines")
    if not isinstance(lines, list) or not lines or not all(isinstance(line, dict) for line in lines):
        raise bad_request(TITLE, "A supplier invoice needs lines, each with account and net.")
    day, voucher_date = _day(spec.get("postingDate") or spec.get("date"), go), _day(spec.get("date"), go)
    currency, rate = spec.get("currency", "NOK"), str(spec.get("exchangeRate", "1"))
    sign = -1 if spec.get("creditNote") is True else 1
    with go.store.transaction():
        vat = vat_rows(go, client)
        supplier = _supplier(go, client, spec)
        entries: list[Entry] = []
        for line in lines:
            entries += _cost(go, client, spec, line, vat, day, rate, sign, currency)
        owed = Entry(
            client.config["payablesAccount"], -sum(entry.amount for entry in entries),
            -sum(entry.currency_amount for entry in entries), day, _vat(vat, "0", day).id,
            contact=supplier["id"], text=spec.get("text"), more={"CurrencyCode": currency, "IsNoteMainEntry": True},
        )  # fmt: skip
        new = NewVoucher(
            type="IncomingCreditNote" if sign < 0 else "IncomingInvoice",
            voucher_date=voucher_date,
            entries=(*entries, owed),
            currency=currency,
            description=spec.get("text"),
            invoice_no=None,
            body={"supplierInvoiceNumber": spec.get("invoiceNumber")},
        )
        row = write_voucher(go, client, new)
        add_documents(go, client, row["id"], spec.get("documents", []))
    return row


def _cost(
    go: Go, client: Client, spec: Mapping[str, Any], line: Mapping[str, Any], vat: Mapping[int, VatRow], day: str,
    rate: str, sign: int, currency: str,
) -> list[Entry]:  # fmt: skip
    if set(line) - set(LINE_FIELDS) or "account" not in line or "net" not in line:
        raise bad_request(TITLE, f"A line needs account and net and may have {', '.join(LINE_FIELDS)}.")
    code = _vat(vat, str(line.get("vatCode") or "0"), day)
    net = sign * _ore(line["net"])
    gross = net + (rounded(Decimal(net) * code.rate) if code.account is not None else 0)
    more = _dimensions(go, client, line) | {"CurrencyCode": currency}
    text = line.get("text") or spec.get("text")
    one = Entry(_account(go, client, line["account"]), 0, gross, day, code.id, text=text, more=more)
    return line_entries(one, code, rate, code.id, net=net)


def post_voucher(go: Go, client: Client, spec: Any) -> Any:
    """Post a person's voucher; returns its row. Raises 400.

    Give either `entries` (account, amount, debit positive; they sum to 0.00), or `customerNumber` and `totalAmount`, posted
    against `incomeAccount` (3000) without VAT. With `invoiceNumber` it is an outgoing invoice.
    """
    if not isinstance(spec, dict) or set(spec) - set(VOUCHER_FIELDS):
        raise bad_request(TITLE, f"A voucher may have {', '.join(VOUCHER_FIELDS)}.")
    day = _day(spec.get("date"), go)
    with go.store.transaction():
        vat = vat_rows(go, client)
        given = spec.get("entries")
        if given is None:
            total = _ore(spec.get("totalAmount", "0"))
            given = [
                {"account": client.config["receivablesAccount"], "amount": total, "customerNumber": spec["customerNumber"]},
                {
                    "account": spec.get("incomeAccount", 3000), "amount": -total, "vatCode": spec.get("vatCode"),
                    "project": spec.get("project"), "department": spec.get("department"),
                },
            ]  # fmt: skip
        else:
            given = [dict(one) | {"amount": _ore(one.get("amount"))} for one in given if isinstance(one, dict)]
        entries = tuple(_entry(go, client, spec, one, vat, day) for one in given)
        if len(entries) < 2 or sum(entry.amount for entry in entries) != 0:
            raise bad_request(TITLE, "A voucher has at least two entries, which sum to 0.00.")
        number = spec.get("invoiceNumber")
        kind = spec.get("type") or ("ManualJournal" if number is None else "OutgoingInvoice")
        new = NewVoucher(
            type=kind,
            voucher_date=day,
            entries=entries,
            currency=spec.get("currency", "NOK"),
            description=spec.get("text"),
            reference=spec.get("reference"),
            invoice_no=None if number is None else str(number),
            imported_no=spec.get("importedVoucherNo"),
        )
        row = write_voucher(go, client, new)
        add_documents(go, client, row["id"], spec.get("documents", []))
    return row


def _entry(
    go: Go, client: Client, spec: Mapping[str, Any], one: Mapping[str, Any], vat: Mapping[int, VatRow], day: str
) -> Entry:
    if set(one) - set(ENTRY_FIELDS):
        raise bad_request(TITLE, f"An entry may have {', '.join(ENTRY_FIELDS)}.")
    amount = int(one["amount"])
    more: dict[str, Any] = _dimensions(go, client, one) | {"CurrencyCode": spec.get("currency", "NOK")}
    contact = None
    if one.get("customerNumber") is not None:
        customer = contact_row(go, client, "Customer", int(one["customerNumber"]))
        if customer is None:
            raise bad_request(TITLE, f"There is no customer {one['customerNumber']}.")
        contact = customer["id"]
        more |= {"DueDate": spec.get("dueDate"), "Cid": spec.get("paymentId"), "IsNoteMainEntry": True}
    return Entry(
        account=_account(go, client, one["account"]),
        amount=amount,
        currency_amount=_ore(one["currencyAmount"]) if "currencyAmount" in one else amount,
        day=day,
        vat=_vat(vat, str(one.get("vatCode") or "0"), day).id,
        vat_amount=_ore(one.get("vatAmount") or "0"),
        contact=contact,
        text=one.get("text") or spec.get("text"),
        more=more,
    )


def _dimensions(go: Go, client: Client, line: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ids of a line's project, department and dimensions; unknown ones are created, as a person would."""
    wanted = [("ProjectId", "project", line.get("project")), ("DepartmentId", "department", line.get("department"))]
    for ordinal, code in (line.get("dimensions") or {}).items():
        wanted.append((f"Dim{ordinal}Id", dimension_kind(int(ordinal)), code))
    found = {}
    for name, kind, code in wanted:
        if code is not None:
            row = object_by_code(go, client, kind, str(code))
            record = {"Name": str(code), "IsActive": True, "ProjectStatus": "Active"}
            if kind.startswith("dimension"):
                record |= {"Ordinal": int(kind[-1])}
            found[name] = row["id"] if row is not None else go.put_object(client.id, kind, None, str(code), record)
    return found


def _account(go: Go, client: Client, number: Any) -> int:
    row = go.store.row("select number from account where client = ? and number = ?", client.id, int(number))
    if row is None:
        raise bad_request(TITLE, f"There is no account {number}.")
    return int(row["number"])


def _vat(rows: Mapping[int, VatRow], code: str, day: str) -> VatRow:
    found = vat_on(rows, code, day)
    if found is None:
        raise bad_request(TITLE, f"There is no VAT code {code} on {day}.")
    return found


def _day(given: Any, go: Go) -> str:
    if given is None:
        return str(go.now().date())
    if not isinstance(given, str) or parse_date(given) is None:
        raise bad_request(TITLE, "A date is YYYY-MM-DD.")
    return given


def _ore(given: Any) -> int:
    try:
        amount = Decimal(str(given)) * 100
    except InvalidOperation as error:
        raise bad_request(TITLE, f"{str(given)[:40]} is no amount.") from error
    if amount != amount.to_integral_value() or abs(amount) >= Decimal(10) ** 15:
        raise bad_request(TITLE, f"{str(given)[:40]} is no amount of whole øre.")
    return int(amount)


def _supplier(go: Go, client: Client, spec: Mapping[str, Any]) -> Any:
    """Return the supplier by number or name; an unknown one is created."""
    number, name = spec.get("supplierNumber"), str(spec.get("supplierName") or "").strip()
    if number is not None:
        row = contact_row(go, client, "Supplier", int(number))
    else:
        row = go.store.row(
            "select * from contact where client = ? and kind = 'Supplier' and json_extract(record, '$.Name') = ?",
            client.id, name,
        )  # fmt: skip
    if row is not None:
        return row
    body = {"Name": name or f"Leverandør {number}"} | ({} if number is None else {"Number": int(number)})
    return save_contact(go, client, "Supplier", None, body)


def add_documents(go: Go, client: Client, voucher: str, documents: Any) -> int:
    """Add documents to a voucher: fileName, contentType, base64; returns how many. Raises 400."""
    if not isinstance(documents, list):
        raise bad_request(TITLE, "documents is a list, each with fileName, contentType and base64.")
    for document in documents:
        try:
            content = base64.b64decode(document["base64"], validate=True)
            name, media_type = str(document["fileName"]), str(document["contentType"])
        except (KeyError, TypeError, binascii.Error) as error:
            raise bad_request(TITLE, "A document has fileName, contentType and base64.") from error
        add_document(go, client, voucher, kind_of(media_type), name, content)
    return len(documents)


def balances(go: Go, client: Client) -> dict[str, Any]:
    """Return the balances of the client's books: by account, customer, VAT code and account, project and account, in øre."""
    accounts: dict[str, int] = {}
    customers: dict[str, int] = {}
    vat: dict[str, int] = {}
    projects: dict[str, int] = {}
    rows = go.store.rows(
        "select e.account, c.number as customer, v.code as vat, o.code as project, sum(e.amount) as amount"
        " from entry e left join contact c on c.client = e.client and c.id = e.contact and c.kind = 'Customer'"
        " join vat_code v on v.client = e.client and v.id = e.vat"
        " left join object o on o.client = e.client and o.kind = 'project'"
        " and o.id = json_extract(e.record, '$.ProjectId')"
        " where e.client = ? group by 1, 2, 3, 4 order by 1, 2, 3, 4",
        client.id,
    )
    for row in rows:
        for into, key in (
            (accounts, row["account"]),
            (customers, row["customer"]),
            (vat, f"{row['vat']} {row['account']}"),
            (projects, row["project"] and f"{row['project']} {row['account']}"),
        ):
            if key is not None:
                into[str(key)] = into.get(str(key), 0) + row["amount"]
    return {"accounts": accounts, "customers": customers, "vatCodes": vat, "projects": projects}
