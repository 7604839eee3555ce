"""What a problem is about, told in the reader's language. Problems keep it in canonical English ("line 2")."""

import re
from collections.abc import Mapping

_NORWEGIAN = {
    "line": "linje",
    "lines": "linje",
    "invoice": "faktura",
    "draft": "kladd",
    "customer": "kunde",
    "project": "prosjekt",
    "department": "avdeling",
    "entry": "postering",
    "voucher": "bilag",
    "account": "konto",
    "period": "periode",
    "company": "selskap",
    "expense": "utlegg",
    "activity": "aktivitet",
    "accrued": "opptjent inntekt",
    "document": "dokument",
    "unit": "enhet",
    "setup": "oppsett",
    "rounding entry": "avrundingsposteringen",
}
_NUMBERED = {"invoice", "customer", "project", "department"}
_KIND_FIRST = re.compile(r"(\w+) (.+)", re.DOTALL)


def render_subject(subject: str, language: str) -> str:
    """The subject in `language`; what is not known stays as it is."""
    if language != "nb":
        return subject
    if subject in _NORWEGIAN:
        return _NORWEGIAN[subject]
    found = _KIND_FIRST.fullmatch(subject)
    kind = _NORWEGIAN.get(found[1]) if found is not None else None
    return f"{kind} {found[2]}" if found is not None and kind is not None else subject


def facts_of_subject(subject: str) -> dict[str, str]:
    """The facts that the subject itself gives: its kind, its number, and the number under the name of its kind."""
    found = _KIND_FIRST.fullmatch(subject)
    if found is None or found[1] not in _NUMBERED:
        return {}
    return {"kind": found[1], "number": found[2], found[1]: found[2]}


def render_place(subject: str, facts: Mapping[str, str], language: str) -> str:
    """Where in Moment it is: "invoice 10042, line 2". Empty where the facts do not name the invoice."""
    invoice = facts.get("invoice")
    if not invoice:
        return ""
    place = render_subject(f"invoice {invoice}", language)
    lines = facts.get("lines")
    if lines:
        return f"{place}, {render_subject(f'lines {lines}' if ',' in lines else f'line {lines}', language)}"
    return f"{place}, {render_subject(subject, language)}" if subject == "rounding entry" else place
