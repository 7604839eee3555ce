"""Vouchers of an architects' firm, and what the hub says of them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bilag.posting.master import Customer
from bilag.posting.voucher import Entry, Side, Voucher, VoucherKind

TODAY = date.today()  # noqa: DTZ011 - the sandbox's periods are those around today
DAY = TODAY.replace(day=3)
KEY = "moment-4021-invoice-5001"


def entry(account: str = "3000", net: str = "100.00", vat: str = "25.00", code: str | None = "3", **more: Any) -> Entry:
    return Entry(account, more.pop("side", Side.CREDIT), Decimal(net), Decimal(vat), code, "Honorar", **more)


def invoice(*entries: Entry, number: int = 5001, **changes: Any) -> Voucher:
    lines = entries or (entry(),)
    voucher = Voucher(
        number=number,
        kind=VoucherKind.INVOICE,
        voucher_date=DAY,
        text="Prosjektledelse",
        currency="NOK",
        entries=lines,
        total=-sum((line.signed_gross for line in lines), Decimal("0.00")),
        due_date=DAY,
        customer="10042",
        your_reference="Kari Nilsen",
    )
    return replace(voucher, **changes)


def customer(number: str = "10042", **fields: Any) -> Customer:
    return Customer(1, number, fields.pop("name", "Nordlys Arkitekter AS"), "active", **fields)


def batch(status: str = "updated", journal: int | None = 8812, **changes: Any) -> dict[str, Any]:
    """A batch as the hub tells it."""
    return {
        "batchNumber": 20417,
        "externalId": KEY,
        "status": status,
        "updateInProgress": False,
        "autoUpdate": True,
        "valueDate": str(DAY),
        "description": "Moment faktura 5001",
        "origin": "ExternalApplication",
        "voucherSeries": "MOM",
        "voucherJournalNumber": journal if status == "updated" else None,
        "errorCode": None,
        "errorMessage": None,
        "vouchers": [
            {
                "voucherNumber": 5001,
                "type": "outgoingInvoice",
                "relatedVoucherNumber": None,
                "status": status,
                "errors": [],
            }
        ],
        "createdAt": "2026-05-29T09:14:05+02:00",
        "updatedAt": None,
    } | changes


def result(status: str = "updated", journal: int | None = 8812, **changes: Any) -> list[dict[str, Any]]:
    """What the process operation tells of it."""
    told = {
        "batchNumber": 20417,
        "status": status,
        "voucherJournalNumber": journal,
        "errorCode": None,
        "errorMessage": None,
    }
    return [told | changes]


def failed_batch(code: str = "period_closed", place: str = "voucherDate") -> dict[str, Any]:
    errors = [{"field": place, "code": code, "message": "Perioden er avsluttet."}]
    told = batch("failed", errorCode="batch_update_failed", errorMessage="Bunten kan ikke oppdateres.")
    told["vouchers"][0]["errors"] = errors
    return told


def posted_voucher(**changes: Any) -> dict[str, Any]:
    """Invoice 5001 of 125.00 in the journal."""

    def line(number: int, account: str, amount: str, **more: Any) -> dict[str, Any]:
        told = {
            "journalNumber": 8812,
            "entryNumber": number,
            "accountNumber": account,
            "currency": "NOK",
            "orgUnits": {},
        }
        dates = {"voucherDate": str(DAY), "valueDate": str(DAY)}
        return (
            told | dates | {"amount": amount, "currencyAmount": amount, "vatCode": None, "customerNumber": None} | more
        )

    return {
        "journalNumber": 8812,
        "voucherNumber": 5001,
        "type": "outgoingInvoice",
        "relatedVoucherNumber": None,
        "batchNumber": 20417,
        "externalId": KEY,
        "voucherDate": str(DAY),
        "valueDate": str(DAY),
        "dueDate": str(DAY),
        "paymentId": None,
        "customerNumber": "10042",
        "currency": "NOK",
        "exchangeRate": "1",
        "totalAmount": "125.00",
        "entries": [
            line(1, "1500", "125.00", customerNumber="10042"),
            line(2, "3000", "-100.00", vatCode="3", orgUnits={"1": "0010", "2": "0", "7": "Vår"}),
            line(3, "2700", "-25.00", vatCode="3"),
        ],
    } | changes


PROFILE: dict[str, Any] = {
    "parentClientId": "S2041",
    "sourceClientId": "123",
    "accountingSystem": "VismaBusiness",
    "companyName": "Fjellvann Rådgivning AS",
    "organisationNumber": "310123455",
    "baseCurrency": "NOK",
    "organizationalUnits": [
        {
            "unit": unit,
            "name": f"Enhet {unit}",
            "type": "integer" if unit <= 6 else "text",
            "maxLength": None if unit <= 6 else 10,
            "used": unit in (1, 2, 3, 7),
        }
        for unit in range(1, 13)
    ],
    "roundingAccount": "7740",
    "numberRules": {
        "customerNumber": {"type": "integer", "min": 10000, "max": 99999},
        "voucherNumber": {"min": 1, "max": 99},
    },
    "paymentIdRule": {"method": "mod10", "minLength": 2, "maxLength": 25},
    "voucherSeries": [],
    "capabilities": {"attachments": False, "lineAccrual": False, "autoUpdate": True},
    "limits": {"maxVouchersPerBatch": 100, "maxLinesPerVoucher": 500, "maxDocumentBytes": 1, "requestsPerMinute": 600},
}
