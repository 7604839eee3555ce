"""Supplier invoices as people post them in the accounting system, and rows as the hub tells them."""

import base64
from typing import Any

from tests.support.azets.office import Office
from tests.support.azets.samples import DAY

PDF = b"%PDF-1.7\n" + b"F-88 Modellmateriell " * 200 + b"\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def cost(account: str = "4300", amount: str = "1000.00", vat: str = "250.00", **more: Any) -> dict[str, Any]:
    """A cost line of project 1207, billable."""
    units = more.pop("orgUnits", {"1": "10", "2": "1207", "3": "1"})
    line = {"accountNumber": account, "amount": amount, "vatAmount": vat, "vatCode": "1", "orgUnits": units}
    return {"text": "Modellmateriell", **line, **more}


def document(name: str = "F-88.pdf", content: bytes = PDF, content_type: str = "application/pdf") -> dict[str, str]:
    """A document as it is put to a voucher."""
    return {"fileName": name, "contentType": content_type, "base64": base64.b64encode(content).decode()}


def post_supplier_invoice(office: Office, *costs: dict[str, Any], number: int = 20015, **more: Any) -> int:
    """A person posts a supplier's invoice over `costs`, which VAT and the supplier balance; its journal number."""
    lines = costs or (cost(),)
    net = sum(_ore(line["amount"]) for line in lines)
    vat = sum(_ore(line["vatAmount"]) for line in lines)
    foreign_net = sum(_ore(line.get("currencyAmount", line["amount"])) for line in lines)
    foreign_vat = sum(_ore(line.get("vatCurrencyAmount", line["vatAmount"])) for line in lines)
    balance = [_entry("2710", vat, foreign_vat)] if vat else []
    owed = _entry("2400", -net - vat, -foreign_net - foreign_vat) | {"supplierNumber": "50010"}
    voucher = {
        "voucherNumber": number,
        "type": "incomingInvoice",
        "voucherDate": str(DAY),
        "supplierNumber": "50010",
        "supplierInvoiceNumber": "F-88",
        "entries": [*lines, *balance, owed],
    }
    journal = office.admin("POST", "/vouchers", voucher | more)["journalNumber"]
    assert isinstance(journal, int)
    return journal


def row(journal: int = 8741, entry: int = 2, **changes: Any) -> dict[str, Any]:
    """A posted line as the hub tells it (the contract's own example)."""
    return {
        "journalNumber": journal,
        "entryNumber": entry,
        "accountNumber": "4300",
        "voucherNumber": 20015,
        "voucherDate": "2026-05-11",
        "valueDate": "2026-05-11",
        "voucherType": "incomingInvoice",
        "text": "Modellmateriell",
        "currency": "NOK",
        "exchangeRate": "1",
        "currencyAmount": "1250.00",
        "netAmount": "1000.00",
        "vatAmount": "250.00",
        "grossAmount": "1250.00",
        "vatCode": "1",
        "quantity": None,
        "supplierNumber": "50010",
        "supplierName": "Byggvare Øst AS",
        "supplierInvoiceNumber": "F-88",
        "orgUnits": {"1": "10", "2": "1207", "3": "1"},
        "documentIds": ["90001"],
        "reverses": None,
    } | changes


def report_page(*rows: Any, cursor: Any = "bmV4dA", more: Any = False) -> dict[str, Any]:
    """A page of a report."""
    return {"rows": list(rows), "nextCursor": cursor, "hasMore": more}


def _entry(account: str, amount: int, foreign: int) -> dict[str, Any]:
    return {"accountNumber": account, "amount": _amount(amount), "currencyAmount": _amount(foreign)}


def _ore(amount: str) -> int:
    return int(amount.replace(".", ""))


def _amount(ore: int) -> str:
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100}.{abs(ore) % 100:02}"
