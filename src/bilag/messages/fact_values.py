"""Facts of a problem as a person reads them: names of fields, dates, amounts. Internal names are left out."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from bilag.messages.connection_faults import render_connection_fault
from bilag.messages.field_names import DOCUMENT_FIELDS, TRYTON_MODELS
from bilag.posting.months import month_name
from bilag.posting.texts import cut, one_line

LONGEST_FACT = 200
_SAME = {"kid": "payment_id"}
"""Facts that go by two names."""
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_MONTHS = {"accrual_month", "first_month", "last_month", "month", "period"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_AMOUNT = re.compile(r"-?\d+\.\d{2}")
_RATE = re.compile(r"-?\d+\.\d+")
_AMOUNTS = {
    "net",
    "vat",
    "amount",
    "expected",
    "found",
    "difference",
    "header",
    "lines_sum",
    "total",
    "total_now",
    "total_posted",
}
_RATES = {"rate", "expected_rate", "reference"}
_EXCEPTION = re.compile(r"Value error|Input should be|Errno|\w+Error\b")
_CODE = re.compile(r"[a-z]+(_[a-z]+)+")
_KINDS = {
    "invoice": ("invoice", "faktura"),
    "credit_note": ("credit note", "kreditnota"),
    "journal": ("journal voucher", "diversebilag"),
    "other": ("another type", "en annen type"),
    "customer": ("customer", "kunde"),
    "project": ("project", "prosjekt"),
    "department": ("department", "avdeling"),
    "accrued": ("accrued income", "opptjent inntekt"),
    "-": ("blank", "tom"),
}
_TEXTS = {
    "voucher_text": ("the voucher text", "bilagsteksten"),
    "entry_text": ("the entry text", "posteringsteksten"),
    "your_reference": ("your reference", "deres referanse"),
}
_ACCOUNTS = {
    "rounding.account": ("rounding account", "avrundingskonto"),
    "accrual.debit_account": ("debit account for accrual", "debetkonto for periodisering"),
    "accrual.credit_account": ("credit account for accrual", "kreditkonto for periodisering"),
    "accrued_income.debit_account": ("debit account for accrued income", "debetkonto for opptjent inntekt"),
    "accrued_income.credit_account": ("credit account for accrued income", "kreditkonto for opptjent inntekt"),
}
"""The accounts of the setup by key, as a sentence names them."""
_WORDS = {
    "kind": _KINDS,
    "type": _KINDS,
    "moment_type": _KINDS,
    "expected": _KINDS,
    "found": _KINDS,
    "what": _TEXTS,
}
_NAMES = {"field": DOCUMENT_FIELDS, "sum": DOCUMENT_FIELDS, "model": TRYTON_MODELS, "setup": _ACCOUNTS}
"""Facts that are internal names: one without a text for people is left out of the sentence."""


def render_facts(facts: Mapping[str, str], language: str) -> dict[str, str]:
    """Render facts as text in `language`, each on one line and of bounded length. Facts without a text for people are left out."""
    rendered = {_SAME.get(name, name): _render(name, value, language) for name, value in facts.items()}
    return {name: text for name, text in rendered.items() if text is not None}


def render_date(day: date, language: str) -> str:
    """Render a date: "29 May 2026", in Norwegian "29.05.2026"."""
    if language == "nb":
        return day.strftime("%d.%m.%Y")
    return f"{day.day} {month_name(day.year, day.month, 'en')}"


def _render(name: str, value: str, language: str) -> str | None:
    norwegian = language == "nb"
    if name in ("fields", "model"):
        names = _NAMES["field" if name == "fields" else name]
        known = [names[one][norwegian] for one in value.split(", ") if one in names]
        return ", ".join(known) or None
    if name in _NAMES:
        words = _NAMES[name].get(value)
        return None if words is None else words[norwegian]
    if value in _WORDS.get(name, {}):
        return _WORDS[name][value][norwegian]
    if name in _SPECIAL:
        return _SPECIAL[name](value, language)
    return _render_value(name, value, language)


def _render_value(name: str, value: str, language: str) -> str:
    if name in _MONTHS and _MONTH.fullmatch(value):
        return month_name(int(value[:4]), int(value[5:]), language)
    if _DATE.fullmatch(value):
        return _render_date(value, language)
    is_amount = (name in _AMOUNTS and _AMOUNT.fullmatch(value)) or (name in _RATES and _RATE.fullmatch(value))
    if language == "nb" and is_amount:
        return value.replace(".", ",")
    return cut(one_line(value) or "", LONGEST_FACT)


def _render_date(value: str, language: str) -> str:
    try:
        return render_date(date.fromisoformat(value), language)
    except ValueError:
        return value


def _render_cause(value: str, language: str) -> str | None:
    """Render why no answer came. A code of the catalogue stays: its sentence replaces it later."""
    return value if _CODE.fullmatch(value) else render_connection_fault(value, language)


def _render_units(value: str, _language: str) -> str:
    return re.sub(r"(\d+)=([^,]*)", r"\1 (\2)", cut(one_line(value) or "", LONGEST_FACT))


def _render_line(value: str, language: str) -> str:
    """Render the identity of a posted line, or its row on a page where it has none."""
    row = re.fullmatch(r"row (\d+)", value)
    if row is not None:
        return f"({'rad' if language == 'nb' else 'row'} {row[1]})"
    return cut(one_line(value) or "", LONGEST_FACT)


def _render_code(value: str, _language: str) -> str:
    return cut(one_line(value) or "", LONGEST_FACT).replace("_", "-")


def _render_why(value: str, _language: str) -> str | None:
    """Render a sentence about a posted line. The text of an exception is left out."""
    return None if _EXCEPTION.search(value) else cut(one_line(value) or "", LONGEST_FACT)


_SPECIAL: dict[str, Callable[[str, str], str | None]] = {
    "cause": _render_cause,
    "why": _render_why,
    "why_nb": _render_why,
    "units": _render_units,
    "code": _render_code,
    "line": _render_line,
}
