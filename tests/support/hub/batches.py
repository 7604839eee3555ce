"""Batches as the contract's examples show them, dated in the running year."""

import copy
from datetime import date, timedelta
from typing import Any

TODAY = date.today()  # noqa: DTZ011 - the sandbox's periods are those around today
DAY = TODAY.isoformat()
DUE = (TODAY + timedelta(days=14)).isoformat()


def line(account: str, side: str, code: str | None, net: str, vat: str, gross: str, **more: Any) -> dict[str, Any]:
    return {
        "accountNumber": account,
        "side": side,
        "vatCode": code,
        "netAmount": net,
        "vatAmount": vat,
        "grossAmount": gross,
    } | more


UNITS = {"1": "10", "2": "1207"}
LINES = [
    line("3000", "credit", "3", "63125.00", "15781.25", "78906.25", text="Honorar", orgUnits=UNITS),
    line("3010", "credit", "3", "9000.00", "2250.00", "11250.00", text="Serviceavtale mai-juli", orgUnits=UNITS),
    line("3100", "credit", "5", "1480.50", "0.00", "1480.50", text="Fagbøker", orgUnits=UNITS),
]


def voucher(**changes: Any) -> dict[str, Any]:
    return {
        "voucherNumber": 5001,
        "type": "outgoingInvoice",
        "voucherDate": DAY,
        "dueDate": DUE,
        "paymentId": "0050013",
        "customerNumber": "10042",
        "yourReference": "Kari Nilsen",
        "text": "Prosjektledelse mai, Nytt hovedkontor",
        "currency": "NOK",
        "exchangeRate": "1",
        "totalAmount": "91636.75",
        "lines": copy.deepcopy(LINES),
    } | changes


def batch(*vouchers: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "externalId": "moment-4021-invoice-5001",
        "autoUpdate": True,
        "description": "Moment faktura 5001",
        "valueDate": DAY,
        "origin": "ExternalApplication",
        "voucherSeries": "MOM",
        "vouchers": list(vouchers) or [voucher()],
    } | changes


def simple(number: int = 1, account: str = "3000", code: str | None = "3", **changes: Any) -> dict[str, Any]:
    """A batch of one invoice of 125.00 with one line."""
    vat, gross = ("25.00", "125.00") if code == "3" else ("0.00", "100.00")
    one = voucher(
        voucherNumber=number,
        paymentId=None,
        totalAmount=gross,
        lines=[line(account, "credit", code, "100.00", vat, gross)],
    )
    return batch(one | changes, externalId=f"moment-4021-invoice-{number}")


def journal(day: str = DAY, amount: str = "6000.00", **changes: Any) -> dict[str, Any]:
    return {
        "type": "journal",
        "relatedVoucherNumber": 5001,
        "voucherDate": day,
        "text": "Periodisering faktura 5001",
        "currency": "NOK",
        "exchangeRate": "1",
        "lines": [
            line("3910", "debit", None, amount, "0.00", amount, orgUnits=UNITS),
            line("2965", "credit", None, amount, "0.00", amount, orgUnits=UNITS),
        ],
    } | changes
