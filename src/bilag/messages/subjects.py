"""Render the subject of a problem in the reader's language. Problems store it in canonical English ("line 2")."""

import re
from collections.abc import Mapping

from bilag.messages.setting_labels import label_of_setting
from bilag.posting.months import month_name

_WORDS = {
    "line": ("line", "linje"),
    "lines": ("lines", "linje"),
    "invoice": ("invoice", "faktura"),
    "credit_note": ("credit note", "kreditnota"),
    "draft": ("draft", "kladd"),
    "customer": ("customer", "kunde"),
    "project": ("project", "prosjekt"),
    "department": ("department", "avdeling"),
    "entry": ("entry", "postering"),
    "voucher": ("voucher", "bilag"),
    "account": ("account", "konto"),
    "period": ("period", "periode"),
    "company": ("company", "firma"),
    "expense": ("expense", "utlegg"),
    "activity": ("activity", "aktivitet"),
    "accrued": ("accrued income", "opptjent inntekt"),
    "document": ("document", "dokument"),
    "unit": ("unit", "enhet"),
    "setup": ("setup", "oppsett"),
    "installation": ("installation", "installasjon"),
    "list": ("list", "liste"),
    "report": ("report", "rapport"),
    "row": ("row", "rad"),
    "rounding entry": ("rounding entry", "avrundingsposteringen"),
}
_NUMBERED = {"invoice", "customer", "project", "department"}
_KIND_FIRST = re.compile(r"(\w+) (.+)", re.DOTALL)
_ACCRUED = re.compile(r"(\d{4})-(0[1-9]|1[0-2]):(.+):\d+", re.DOTALL)
"""The number of accrued income: month, project, sequence."""


def render_subject(subject: str, language: str) -> str:
    """Render a subject for a person: "invoice 10042", "setup: Username". An unknown subject stays as it is."""
    norwegian = language == "nb"
    if subject in _WORDS:
        return _WORDS[subject][norwegian]
    found = _KIND_FIRST.fullmatch(subject)
    if found is None or found[1] not in _WORDS:
        return subject
    kind, rest = _WORDS[found[1]][norwegian], found[2]
    if found[1] == "setup":
        label = label_of_setting(rest, language)
        return f"{kind}: {label}" if label is not None else kind
    if found[1] == "accrued" and (accrued := _ACCRUED.fullmatch(rest)) is not None:
        month = month_name(int(accrued[1]), int(accrued[2]), language)
        return f"{kind} {month}, {_WORDS['project'][norwegian]} {accrued[3]}"
    if found[1] == "expense" and (row := _KIND_FIRST.fullmatch(rest)) is not None and row[1] in ("id", "row"):
        return f"{kind} {row[2]}" if row[1] == "id" else f"{kind}, {_WORDS['row'][norwegian]} {row[2]}"
    return f"{kind} {rest}"


def translate_subject(subject: str, language: str) -> str:
    """Translate the first word of a subject, and keep the rest: the form that the API and `--json` promise."""
    if language != "nb":
        return subject
    if subject in _WORDS:
        return _WORDS[subject][True]
    found = _KIND_FIRST.fullmatch(subject)
    return f"{_WORDS[found[1]][True]} {found[2]}" if found is not None and found[1] in _WORDS else subject


def facts_of_subject(subject: str) -> dict[str, str]:
    """Return the facts that the subject gives: its kind, its number, and the number under the name of its kind."""
    found = _KIND_FIRST.fullmatch(subject)
    if found is None or found[1] not in _NUMBERED:
        return {}
    return {"kind": found[1], "number": found[2], found[1]: found[2]}


def render_place(subject: str, facts: Mapping[str, str], language: str) -> str:
    """Render where in Moment the problem is: "invoice 10042, line 2". Empty where the facts do not name the invoice."""
    invoice = facts.get("invoice")
    if not invoice:
        return ""
    place = render_subject(f"invoice {invoice}", language)
    lines = facts.get("lines")
    if lines:
        return f"{place}, {render_subject(f'lines {lines}' if ',' in lines else f'line {lines}', language)}"
    return f"{place}, {render_subject(subject, language)}" if subject == "rounding entry" else place
