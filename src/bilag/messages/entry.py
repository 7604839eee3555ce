"""One entry of the catalogue, and how its sentences are filled with facts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bilag.messages.accounting_system import spoken_of
from bilag.messages.who import ACCOUNTING, AZETS, BILAG, MOMENT, Who

__all__ = [
    "ACCOUNTING",
    "AZETS",
    "BILAG",
    "CONFIGURATION",
    "MOMENT",
    "PERMANENT",
    "TRANSIENT",
    "Entry",
    "ProblemClass",
    "Who",
    "facts_named",
    "facts_needed",
    "fill",
]

ProblemClass = Literal["transient", "permanent", "configuration"]

TRANSIENT: ProblemClass = "transient"
PERMANENT: ProblemClass = "permanent"
CONFIGURATION: ProblemClass = "configuration"

_PLACES = re.compile(r"\[([^\[\]]*)\]|\{(\w+)\}")
_FACT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A problem that can occur: its class, who can resolve it, and in each language its message and remedy.

    transient: Bilag retries automatically. permanent: a person must correct data. configuration: a person must correct
    the setup. `{fact}` is replaced by the fact. A part in square brackets needs its facts: where one is missing, the part
    is left out, or replaced by the text after its `|`: "[Account {account}|The account] does not exist". `<system>` is the
    accounting system spoken of (`messages.accounting_system`), whose platform may have a remedy of its own.
    """

    code: str
    problem_class: ProblemClass
    who: Who
    en: tuple[str, str]
    nb: tuple[str, str]

    def texts(self, language: str) -> tuple[str, str]:
        """Return message and remedy as templates, for the accounting system spoken of. Any language but "nb" gets English."""
        message, remedy = self.nb if language == "nb" else self.en
        system = spoken_of()
        own = system.remedies.get(self.code)
        if own is not None:
            remedy = own.nb if language == "nb" else own.en
        return system.put_into(message, language), system.put_into(remedy, language)

    @property
    def actor(self) -> Who:
        """Who can resolve it in the accounting system spoken of."""
        own = spoken_of().remedies.get(self.code)
        return self.who if own is None else own.who


def fill(template: str, facts: Mapping[str, str]) -> str:
    """Fill a template with facts. A fact is inserted as it is: braces and brackets in it are not templates."""

    def place(match: re.Match[str]) -> str:
        if match[2] is not None:
            return facts.get(match[2], "?")
        part, _, otherwise = match[1].partition("|")
        if not all(facts.get(name) for name in _FACT.findall(part)):
            return otherwise
        return _FACT.sub(lambda fact: facts[fact[1]], part)

    return _PLACES.sub(place, template)


def facts_named(template: str) -> set[str]:
    """Return every fact that the template names, also in square brackets."""
    return set(_FACT.findall(template))


def facts_needed(template: str) -> set[str]:
    """Return the facts that the template cannot do without: those outside square brackets."""
    return {match[2] for match in _PLACES.finditer(template) if match[2] is not None}
