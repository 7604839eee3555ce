"""One entry of the catalogue, and how its sentences are filled with facts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ProblemClass = Literal["transient", "permanent", "configuration"]
Who = Literal["moment", "accounting", "azets", "bilag"]

TRANSIENT: ProblemClass = "transient"
PERMANENT: ProblemClass = "permanent"
CONFIGURATION: ProblemClass = "configuration"
MOMENT: Who = "moment"
ACCOUNTING: Who = "accounting"
AZETS: Who = "azets"
BILAG: Who = "bilag"

_PLACES = re.compile(r"\[([^\[\]]*)\]|\{(\w+)\}")
_FACT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A problem that can be met: its class, who can act, and in each language its cause and its cure.

    transient: tried again by itself. permanent: a person must mend data. configuration: a person must mend the setup.
    A text's `{fact}` is filled in. A part in square brackets needs its facts: without one of them it is left out, or
    what stands behind its `|` is said instead: "[Account {account}|The account] does not exist".
    """

    code: str
    problem_class: ProblemClass
    who: Who
    en: tuple[str, str]
    nb: tuple[str, str]

    def texts(self, language: str) -> tuple[str, str]:
        """Cause and cure, not filled in. Any language but "nb" gets English."""
        return self.nb if language == "nb" else self.en


def fill(template: str, facts: Mapping[str, str]) -> str:
    """The sentence with its facts. A fact is put in as it is: it cannot add places of its own."""

    def place(match: re.Match[str]) -> str:
        if match[2] is not None:
            return facts.get(match[2], "?")
        part, _, otherwise = match[1].partition("|")
        if not all(facts.get(name) for name in _FACT.findall(part)):
            return otherwise
        return _FACT.sub(lambda fact: facts[fact[1]], part)

    return _PLACES.sub(place, template)


def facts_needed(template: str) -> set[str]:
    """The facts without which the sentence has a hole: those outside square brackets."""
    return {match[2] for match in _PLACES.finditer(template) if match[2] is not None}
