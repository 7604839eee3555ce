"""Facts as a reader of the language writes them: names of fields, dates, amounts."""

import re
from collections.abc import Mapping
from datetime import date

from bilag.posting.months import month_name
from bilag.posting.texts import cut, one_line

LONGEST_FACT = 200
_SAME = {"kid": "payment_id"}
"""Facts that go by two names."""
_AMOUNT = re.compile(r"-?\d+\.\d{2}")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_MONTHS = {"accrual_month", "first_month", "last_month", "month"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_AMOUNTS = {
    "net",
    "vat",
    "amount",
    "expected",
    "found",
    "difference",
    "header",
    "lines_sum",
    "rate",
    "expected_rate",
    "total_now",
    "total_posted",
}
_FIELDS = {
    "en": {
        "number": "the voucher number",
        "type": "the type",
        "date": "the date",
        "customer": "the customer",
        "due_date": "the due date",
        "payment_id": "the payment id (KID)",
        "currency": "the currency",
        "total": "the total",
        "customer_entry": "the customer's entry",
        "balance": "the sum of all entries",
        "base_balance": "the sum of all entries in base currency",
        "base_amount": "the amount in base currency",
        "net": "net",
        "vat": "VAT",
        "voucher": "the accrual voucher",
        "related": "the invoice that the accrual belongs to",
        "invoice_date": "the invoice date",
        "description": "the description",
        "your_reference": "your reference",
        "project": "the project",
        "department": "the department",
        "exchange_rate": "the exchange rate",
        "credited_number": "the number of the invoice credited",
        "is_credit_note": "invoice or credit note",
        "finalized": "whether it is finalised",
        "customer_moment_id": "Moment's own id of the customer",
        "project_moment_ids": "the projects",
        "lines": "the lines",
    },
    "nb": {
        "number": "bilagsnummeret",
        "type": "typen",
        "date": "datoen",
        "customer": "kunden",
        "due_date": "forfallsdatoen",
        "payment_id": "KID",
        "currency": "valutaen",
        "total": "totalbeløpet",
        "customer_entry": "kundeposteringen",
        "balance": "summen av alle posteringer",
        "base_balance": "summen av alle posteringer i egen valuta",
        "base_amount": "beløpet i egen valuta",
        "net": "netto",
        "vat": "mva",
        "voucher": "periodiseringsbilaget",
        "related": "fakturaen som periodiseringen hører til",
        "invoice_date": "fakturadatoen",
        "description": "beskrivelsen",
        "your_reference": "deres referanse",
        "project": "prosjektet",
        "department": "avdelingen",
        "exchange_rate": "valutakursen",
        "credited_number": "nummeret på fakturaen som krediteres",
        "is_credit_note": "faktura eller kreditnota",
        "finalized": "om den er ferdigstilt",
        "customer_moment_id": "Moments egen id for kunden",
        "project_moment_ids": "prosjektene",
        "lines": "linjene",
    },
}
_KINDS = {
    "en": {
        "invoice": "invoice",
        "credit_note": "credit note",
        "customer": "customer",
        "project": "project",
        "accrued": "accrued income",
    },
    "nb": {
        "invoice": "faktura",
        "credit_note": "kreditnota",
        "customer": "kunde",
        "project": "prosjekt",
        "accrued": "opptjent inntekt",
    },
}
_TEXTS = {
    "en": {"voucher_text": "the voucher's text", "entry_text": "the entry's text", "your_reference": "your reference"},
    "nb": {"voucher_text": "bilagsteksten", "entry_text": "posteringsteksten", "your_reference": "deres referanse"},
}
_SETUP = {
    "en": {
        "rounding.account": "rounding account",
        "accrual.debit_account": "debit account of accrual",
        "accrual.credit_account": "credit account of accrual",
        "accrued_income.debit_account": "debit account of accrued income",
        "accrued_income.credit_account": "credit account of accrued income",
    },
    "nb": {
        "rounding.account": "avrundingskonto",
        "accrual.debit_account": "debetkonto for periodisering",
        "accrual.credit_account": "kreditkonto for periodisering",
        "accrued_income.debit_account": "debetkonto for opptjent inntekt",
        "accrued_income.credit_account": "kreditkonto for opptjent inntekt",
    },
}
"""Accounts that the setup names, by its keys."""
_TABLES = {
    "setup": _SETUP,
    "field": _FIELDS,
    "sum": _FIELDS,
    "kind": _KINDS,
    "type": _KINDS,
    "moment_type": _KINDS,
    "what": _TEXTS,
    "expected": _KINDS,
    "found": _KINDS,
}


def render_facts(facts: Mapping[str, str], language: str) -> dict[str, str]:
    """The facts as text for a reader of `language`, on one line and of a bounded length."""
    return {_SAME.get(name, name): _told(name, value, language) for name, value in facts.items()}


def _told(name: str, value: str, language: str) -> str:
    if name == "fields":
        return ", ".join(_told("field", one, language) for one in value.split(", "))
    words = _TABLES.get(name, {}).get("nb" if language == "nb" else "en", {})
    if value in words:
        return words[value]
    if name in _MONTHS and _MONTH.fullmatch(value):
        return month_name(int(value[:4]), int(value[5:]), language)
    if language == "nb" and name in _AMOUNTS and _AMOUNT.fullmatch(value):
        return value.replace(".", ",")
    if language == "nb" and _DATE.fullmatch(value):
        return _norwegian_date(value)
    return cut(one_line(value) or "", LONGEST_FACT)


def _norwegian_date(value: str) -> str:
    try:
        return date.fromisoformat(value).strftime("%d.%m.%Y")
    except ValueError:
        return value
