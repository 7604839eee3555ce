"""The companies of a new sandbox: the firm of the sample year, with the hub sandbox's accounts and VAT codes, and another."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bilag_sandbox.hub import defaults as hub

APPLICATION_KEY = "0f2b6a54-4a3d-4c8e-9f1e-5f0c2d9a7b11"
"""The integration's own key, the same for all clients."""
SUBSCRIPTION_KEY = "5b1f0c7e9d2a4e6b8c3f7a1d0e9b2c4d"
"""The integrator's key to the gateway, sent with every request."""
CLIENT_KEY = "c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
OTHER_CLIENT_KEY = "decade00-2b3c-4d5e-9f60-718293a4b5c6"
CLIENT, OTHER_CLIENT = "fjell", "havbris"
"""The clients' names in the addresses of admin requests."""
CLIENT_ID, OTHER_CLIENT_ID = "7c9d1f3e-6a52-4b0e-9d0c-3f4a5b6c7d8e", "1a6f0b2c-3d4e-4f50-8a9b-0c1d2e3f4a5b"
CUSTOMERS = ("Customer", "Kunder", 10000, 19999, 1500, True)
OTHER_CUSTOMERS = ("Customer", "Kunder, eldre serie", 30000, 39999, 1500, False)
SUPPLIERS = ("Supplier", "Leverandører", 20000, 29999, 2400, True)
PRIVILEGES = (
    "AccountTransaction", "CommonServices", "CustomDimension_Full", "Customer_Full", "CustomerLedger", "Department_Full",
    "GeneralLedgerAccount", "ManualVoucher_Full", "OutgoingInvoiceVoucher_Full", "Project_Full", "Supplier",
    "VoucherDocumentation_Full", "YearEndVoucher_Full",
)  # fmt: skip
"""The integration's privileges: enough for both ways to post, and to reverse (as the published file has it)."""
CURRENCY_RATES = {
    "NOK": "1", "EUR": "11.50", "USD": "10.60", "SEK": "1.02", "DKK": "1.54", "GBP": "13.45", "CHF": "12.10",
    "ISK": "0.077", "PLN": "2.70", "CZK": "0.46", "JPY": "0.071", "CAD": "7.75", "AUD": "6.95",
}  # fmt: skip
"""Kroner for one unit, where a voucher gives no rate."""
REDUCED = ("2020-04-01", "2021-09-30", "0.06")
"""The low rate was 6 % for a while: a code that has three rows."""
LOW_RATE_CODES = ("13", "33")
VAT_FROM = "2018-01-01"


@dataclass(frozen=True, slots=True)
class VatRow:
    """One row of a VAT code: the rate between two days."""

    code: str
    name: str
    rate: str
    first: str
    last: str | None
    account: int | None


def fraction(percent: str) -> str:
    """Return a rate in percent as Go has it: "25.00" is "0.25"."""
    return f"{(Decimal(percent) / 100).normalize():f}"


def vat_rows() -> list[VatRow]:
    """Return the hub sandbox's VAT codes; those of the low rate have three rows each."""
    rows: list[VatRow] = []
    for code in hub.VAT_CODES:
        rate = fraction(code.rate)
        account = int(code.account) if code.account else None
        if code.code in LOW_RATE_CODES:
            rows.append(VatRow(code.code, code.name, rate, VAT_FROM, "2020-03-31", account))
            rows.append(VatRow(code.code, code.name.replace("12", "6"), REDUCED[2], *REDUCED[:2], account))
            rows.append(VatRow(code.code, code.name, rate, "2021-10-01", None, account))
        else:
            rows.append(VatRow(code.code, code.name, rate, VAT_FROM, None, account))
    return rows


def account_vat(account: hub.AccountRow) -> tuple[str, bool]:
    """Return an account's VAT code, and whether it is locked to it."""
    if account.allowed is None:
        return ("3" if account.number.startswith("3") else "0"), False
    if not account.allowed:
        return "0", True
    return account.allowed[0], len(account.allowed) == 1


def account_type(number: str) -> str:
    """Return an account's type, as the API names it."""
    return hub.account_type(number).capitalize()


def client_config(name: str, client_id: str, first_year: int, **given: Any) -> dict[str, Any]:
    """Return the configuration of a new client; `given` replaces parts of it."""
    return {
        "clientId": client_id,
        "clientName": name,
        "organisationNumber": None,
        "subscriptions": ["Accounting", "Invoicing", "Project"],
        "privileges": list(PRIVILEGES),
        "invalidPrivileges": [],
        "conversionDate": f"{first_year}-01-01",
        "lockDate": f"{first_year - 1}-12-31",
        "transactionDelaySeconds": 0,
        "numberSeries": [list(one) for one in (CUSTOMERS, OTHER_CUSTOMERS, SUPPLIERS)],
        "dimensions": [["Fakturerbar", True], ["Kampanje", True], ["Dimensjon 3", False]],
        "receivablesAccount": 1500,
        "payablesAccount": 2400,
    } | given
