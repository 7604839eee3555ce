"""Between the company file's dotted names and a form's fields."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from bilag.companies.store import flat
from bilag.platforms.base import Said

SAYS_WHAT_IT_IS = re.compile(r"^(?:is|er) .*?\. (?=\S)", re.DOTALL)


def html_name(dotted: str) -> str:
    """The name of the form's field."""
    return dotted.replace(".", "__")


def initial_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows at first: stored settings by the form's names; secrets are not among them."""
    values: dict[str, Any] = {}
    for dotted, value in flat(settings).items():
        if dotted == "notify.emails":
            value = "\n".join(value)
        values[html_name(dotted)] = value
    return values


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted name as the sections of a company file."""
    document: dict[str, Any] = {}
    for dotted, value in values.items():
        *path, key = dotted.split(".")
        place = document
        for part in path:
            place = place.setdefault(part, {})
        place[key] = value
    return document


def day_of(value: Any) -> date | None:
    """A stored date."""
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def for_page(sentence: str, language: str) -> str:
    """What a company file says of a key, beside the field: without naming again what stands in the field."""
    text = sentence.in_language(language) if isinstance(sentence, Said) else str(sentence)
    text = SAYS_WHAT_IT_IS.sub("", text, count=1).strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
