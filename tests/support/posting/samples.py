"""Invoices and a chart to test the rules with: an architects' firm, and an invoice that nothing is wrong with."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bilag.posting.chart import Account, Chart, NumberRule, PaymentIdRule, Period, UnitDefinition, VatCode
from bilag.posting.dimensions import Dimensions
from bilag.posting.exchange_rates import ReferenceRate
from bilag.posting.invoice import Invoice, InvoiceLine
from bilag.posting.rules import Rules

OUTPUT = frozenset({"3", "31", "33"})
ZERO_RATED = frozenset({"5", "52", "6"})
RATES = {"1": 25, "3": 25, "31": 15, "33": 12, "5": 0, "52": 0, "6": 0}
"""Percent, on the day of the sample invoice."""


def money(text: str | int) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


def line(position: int = 1, net: str | int = 1000, vat: str | int | None = None, **changes: Any) -> InvoiceLine:
    """A line of fee with VAT code 3; VAT is 25 % unless given, the rate that of the code."""
    amount = money(net)
    rate = RATES.get(changes.get("vat_code", "3"))
    fields: dict[str, Any] = {
        "text": "Honorar",
        "account": "3000",
        "vat_code": "3",
        "vat_rate": Decimal(rate) if rate is not None else None,
        "net": amount,
        "vat": money(vat) if vat is not None else (amount * Decimal("0.25")).quantize(Decimal("0.01")),
    }
    return InvoiceLine(position=position, **{**fields, **changes})


def invoice(*lines: InvoiceLine, **changes: Any) -> Invoice:
    """Invoice 10042 of these lines (one of 1000 without any), with sums that add up unless they are given."""
    lines = lines or (line(),)
    net = sum((one.net for one in lines), Decimal("0.00"))
    vat = sum((one.vat for one in lines), Decimal("0.00"))
    fields: dict[str, Any] = {
        "moment_id": 66170,
        "version": 1,
        "number": 10042,
        "finalized": True,
        "is_credit_note": net + vat < 0,
        "export_status": "toTransfer",
        "invoice_date": date(2026, 5, 29),
        "due_date": date(2026, 6, 12),
        "finalized_at": datetime(2026, 5, 29, 9, 0, tzinfo=UTC),
        "description": "Prosjektledelse mai",
        "customer": "10001",
        "project": "1207",
        "department": "10",
        "your_reference": "Kari Nilsen",
        "payment_id": None,
        "currency": "NOK",
        "exchange_rate": Decimal(1),
        "credited_number": None,
        "net": net,
        "vat": vat,
        "total": net + vat,
    }
    return Invoice(lines=lines, **{**fields, **changes})


def chart(**changes: Any) -> Chart:
    """A Visma company with three accounts of income, one inactive, one control account, and 2026 open from March."""
    accounts = [
        Account("1500", "Kundefordringer", postable=False, vat_codes_allowed=frozenset()),
        Account("3000", "Salgsinntekt, avgiftspliktig", vat_codes_allowed=OUTPUT),
        Account("3010", "Serviceavtaler", vat_codes_allowed=OUTPUT),
        Account("3100", "Salgsinntekt, avgiftsfri", vat_codes_allowed=ZERO_RATED),
        Account("3900", "Annen driftsinntekt"),
        Account("3999", "Utgått konto", active=False),
        Account("7740", "Øreavrunding", vat_codes_allowed=frozenset()),
    ]
    vat_codes = [
        VatCode("1", "Inngående mva, høy sats", Decimal("25.00"), "input", account="2710"),
        VatCode("3", "Utgående mva, høy sats", Decimal("25.00"), "output", account="2700"),
        VatCode("31", "Utgående mva, middels sats", Decimal("15.00"), "output", account="2701"),
        VatCode("33", "Utgående mva, lav sats", Decimal("12.00"), "output", active=False, account="2703"),
        VatCode("5", "Fritatt", Decimal("0.00"), "output"),
        VatCode("52", "Utførsel", Decimal("0.00"), "output"),
        VatCode("6", "Unntatt", Decimal("0.00"), "none"),
    ]
    vat_codes = [replace(code, standard_code=code.code) for code in vat_codes]
    units = {number: UnitDefinition(number, f"Enhet {number}", integer=True) for number in range(1, 7)}
    units |= {number: UnitDefinition(number, f"Enhet {number}", False, 10, used=number == 7) for number in range(7, 13)}
    fields: dict[str, Any] = {
        "company_name": "Fjell Arkitekter AS",
        "organisation_number": "999999999",
        "base_currency": "NOK",
        "accounts": {account.number: account for account in accounts},
        "vat_codes": {code.code: code for code in vat_codes},
        "periods": tuple(months()),
        "lock_date": None,
        "units": units,
        "payment_id_rule": PaymentIdRule("mod10"),
        "customer_number_rule": NumberRule(integer=True, minimum=10000, maximum=99999),
        "rounding_account": "7740",
    }
    return Chart(**{**fields, **changes})


def months() -> list[Period]:
    """2026 by month; January and February are closed."""
    starts = [date(2026, month, 1) for month in range(1, 13)] + [date(2027, 1, 1)]
    return [
        Period(first, date.fromordinal(after.toordinal() - 1), open=first.month > 2, label=f"{first.month}/2026")
        for first, after in itertools.pairwise(starts)
    ]


REFERENCES = {"EUR": "11.5", "GBP": "13.4", "USD": "9.9", "DKK": "1.54", "SEK": "1.02", "ISK": "0.081", "JPY": "0.067"}
"""Kroner for one unit."""


def reference_rate(currency: str, base_currency: str, day: date) -> ReferenceRate | None:
    """References of a bank that publishes seven currencies in kroner, of the day itself."""
    known = REFERENCES.get(currency) if base_currency == "NOK" else None
    return ReferenceRate(Decimal(known), day) if known is not None else None


def rules(**changes: Any) -> Rules:
    """Projects in unit 2, departments in unit 1, the chart above."""
    usual = Rules("nb", chart(), Dimensions(project=2, department=1), references=reference_rate)
    return replace(usual, **changes)
