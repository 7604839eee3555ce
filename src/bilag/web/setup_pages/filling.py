"""Convert between the dotted names of the company file and the fields of the form."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from bilag.companies.store import flat
from bilag.platforms.base import Said

REPEATS_THE_VALUE = re.compile(r"^(?:is|er|mangler)\b.*?\. (?=\S)", re.DOTALL)
IN_BRACKETS = re.compile(r"\s*\([^)]*\)")


def html_name(dotted: str) -> str:
    """Return the name of the form field."""
    return dotted.replace(".", "__")


def initial_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the initial values of the form: the stored settings by form field, without secrets."""
    values: dict[str, Any] = {}
    for dotted, value in flat(settings).items():
        if dotted == "notify.emails":
            value = "\n".join(value)
        values[html_name(dotted)] = value
    return values


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by dotted name as the sections of a company file."""
    document: dict[str, Any] = {}
    for dotted, value in values.items():
        *path, key = dotted.split(".")
        place = document
        for part in path:
            place = place.setdefault(part, {})
        place[key] = value
    return document


def as_sent(field: forms.Field, value: Any) -> list[str]:
    """Return what a browser sends for a field with this stored value; nothing for a secret, which is kept."""
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    if value in (None, "") or isinstance(field.widget, forms.PasswordInput):
        return []
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]


def plain_label(label: str) -> str:
    """Return a label without its part in brackets."""
    return IN_BRACKETS.sub("", label)


def day_of(value: Any) -> date | None:
    """Parse a stored date."""
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def for_page(sentence: str, language: str) -> str:
    """Rewrite a sentence about a key of the company file as a sentence beside the field.

    The company file says "is 'F12'. Enter …" after the key; the page leaves out the value, which the field shows.
    """
    text = sentence.in_language(language) if isinstance(sentence, Said) else str(sentence)
    text = REPEATS_THE_VALUE.sub("", text, count=1).strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
