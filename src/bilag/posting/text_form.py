"""The form of a text: words with fields in braces, such as "{kind} {number} {customer}", filled in for each invoice. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bilag.posting.texts import one_line

VOUCHER_FIELDS = ("kind", "number", "description", "customer", "customer number", "project", "reference")
"""The fields of a voucher's text. `kind` is the word for invoice or credit note, in the company's language."""
ENTRY_FIELDS = ("text", "account", *VOUCHER_FIELDS)
"""The fields of an entry's text: that of its invoice lines, the account's name, and those of the voucher."""
NAMES = {
    "en": {},
    "nb": {
        "kind": "type", "number": "nummer", "description": "beskrivelse", "customer": "kunde", "customer number": "kundenummer",
        "project": "prosjekt", "reference": "referanse", "text": "tekst", "account": "konto",
    },
}  # fmt: skip
"""What people call a field in each language, where it is not the field's own name."""
VOUCHER_FORM, ENTRY_FORM = "{description}", "{text}"
"""The forms of a company that sets none."""
WITHOUT_VALUE = "{kind} {number}"
"""A voucher's text where its own form leaves nothing."""
LONGEST_FORM = 100
_FIELD = re.compile(r"\{([^{}]*)\}")
_OWN = {word: name for names in NAMES.values() for name, word in names.items()}
_EMPTY = "\0"
_SEPARATORS = r"[,:;/|·–-]"
_IN_BRACKETS = re.compile(rf"[(\[]\s*{_EMPTY}\s*[)\]]")
_AT_START = re.compile(rf"^(?:\s*{_EMPTY}\s*(?:{_SEPARATORS}\s*)?)+")
_ELSEWHERE = re.compile(rf"\s*{_SEPARATORS}?\s*{_EMPTY}")


@dataclass(frozen=True, slots=True)
class TextForms:
    """The forms of a company's texts."""

    voucher: str = VOUCHER_FORM
    entry: str = ENTRY_FORM


def shown(form: str, language: str) -> str:
    """Return the form with its fields as people of that language write them."""
    names = NAMES.get(language, {})
    return _FIELD.sub(lambda found: f"{{{names.get(found[1], found[1])}}}", form)


def understood(form: str) -> str:
    """Return the form with its fields' own names, whatever language and capitals they were written in."""

    def own(found: re.Match[str]) -> str:
        written = " ".join(found[1].split()).lower()
        return f"{{{_OWN.get(written, written)}}}"

    return _FIELD.sub(own, form)


def fields_of(form: str) -> Iterator[str]:
    """Yield the names of the fields in the form, as they are written."""
    return (found[1] for found in _FIELD.finditer(form))


def unpaired(form: str) -> bool:
    """Tell whether the form has a brace that belongs to no field."""
    return any(brace in _FIELD.sub("", form) for brace in "{}")


def fill(form: str, values: Mapping[str, str | None]) -> str | None:
    """Return the text on one line: each field replaced by its value. None if nothing is left.

    A field without a value goes, and with it what separates it from the rest: "{number}: {reference}" becomes "5001".
    """
    filled = _FIELD.sub(lambda found: one_line(values.get(found[1])) or _EMPTY, form)
    if _EMPTY in filled:
        filled = _IN_BRACKETS.sub(_EMPTY, filled)
        filled = _ELSEWHERE.sub("", _AT_START.sub("", filled))
    return one_line(filled)
