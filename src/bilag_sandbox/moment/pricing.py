"""Complete an invoice line: look up account and VAT code, compute amounts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bilag_sandbox.moment.company import Company
from bilag_sandbox.moment.masters import find_reference
from bilag_sandbox.moment.records import Record
from bilag_sandbox.moment.refusals import invalid, wrong
from bilag_sandbox.sample import line_net, line_vat

LINE: dict[str, Any] = {
    "id": None,
    "text": None,
    "accountNumber": None,
    "vatCode": None,
    "vatRate": None,
    "quantity": None,
    "unitPrice": Decimal("0.00"),
    "discountPercent": 0,
    "netAmount": None,
    "vatAmount": None,
    "project": None,
    "department": None,
    "accrualFrom": None,
    "accrualTo": None,
}
NUMBERS = ("vatRate", "quantity", "unitPrice", "discountPercent", "netAmount", "vatAmount")


def new_line(company: Company, given: Mapping[str, Any]) -> dict[str, Any]:
    """Create a line with a new id; given values are kept, valid or not. Raises 400."""
    for name, value in given.items():
        if name not in LINE:
            raise wrong(f"lines.{name[:60]}", f"unknown; there are {', '.join(LINE)}")
        if name in NUMBERS and value is not None and not _is_number(value):
            raise wrong(f"lines.{name}", "a number is expected")
    line = LINE | {name: value for name, value in given.items() if value is not None or name not in NUMBERS}
    line["id"] = company.records.next_of("invoice line", 1)
    for name in ("project", "department"):
        line[name] = find_reference(company, name, line[name]) or line[name]
    _from_account(company, line, given)
    if line["quantity"] is None:
        line["quantity"] = 0 if line["accountNumber"] is None else 1
    if line["netAmount"] is None:
        line["netAmount"] = line_net(
            Decimal(line["quantity"]), Decimal(line["unitPrice"]), Decimal(line["discountPercent"])
        )
    if line["vatAmount"] is None:
        line["vatAmount"] = line_vat(Decimal(line["netAmount"]), Decimal(line["vatRate"]))
    return line


def _is_number(value: Any) -> bool:
    return type(value) is int or isinstance(value, Decimal)


def _from_account(company: Company, line: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Fill in VAT code and rate from Moment's accounts for sales, unless given."""
    accounts = [
        Record.of(row).body for row in company.store.rows("select * from object where entity = 'financialAccounts'")
    ]
    accounts = [account for account in accounts if account["financialAccountCategory"] == "sales"]
    if line["accountNumber"] is not None and "vatCode" not in given:
        of_number = [account for account in accounts if account["accountNumber"] == line["accountNumber"]]
        line["vatCode"] = of_number[0]["externalTaxCode"] if of_number else None
    if line["vatRate"] is None:
        of_code = [account for account in accounts if account["externalTaxCode"] == line["vatCode"] is not None]
        line["vatRate"] = of_code[0]["currentVatPercentage"] if of_code else 0


def reversed_line(company: Company, line: Mapping[str, Any], quantity: Any = None) -> dict[str, Any]:
    """Create a credit note's line: all of the line reversed, or part of its quantity. Raises 422."""
    number = company.records.next_of("invoice line", 1)
    if quantity is None:
        reversed_amounts = {name: -line[name] + 0 for name in ("quantity", "netAmount", "vatAmount")}
        return {**line, "id": number, **reversed_amounts}
    if not _is_number(quantity) or not 0 < quantity <= line["quantity"]:
        raise invalid("lines.quantity", "more than nothing and at most the line's quantity is expected")
    net = line_net(-Decimal(quantity), Decimal(line["unitPrice"]), Decimal(line["discountPercent"]))
    vat = line_vat(net, Decimal(line["vatRate"]))
    return {**line, "id": number, "quantity": -quantity, "netAmount": net, "vatAmount": vat}
