"""Problems told to a person: what happened and what to do, in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bilag.messages.account_codes import ACCOUNT_CODES
from bilag.messages.entry import Entry, ProblemClass, Who, fill
from bilag.messages.expense_codes import EXPENSE_CODES
from bilag.messages.fact_values import render_facts
from bilag.messages.master_codes import MASTER_CODES
from bilag.messages.reconciliation_codes import RECONCILIATION_CODES
from bilag.messages.setup_codes import SETUP_CODES
from bilag.messages.subjects import facts_of_subject, render_place, render_subject
from bilag.messages.transfer_codes import TRANSFER_CODES, UNKNOWN
from bilag.messages.tryton_codes import TRYTON_CODES
from bilag.messages.voucher_codes import VOUCHER_CODES
from bilag.messages.wire_codes import WIRE_CODES
from bilag.posting.problem import Problem
from bilag.posting.texts import cut, one_line

ENTRIES: Mapping[str, Entry] = {
    entry.code: entry
    for entry in (
        *VOUCHER_CODES,
        *ACCOUNT_CODES,
        *MASTER_CODES,
        *SETUP_CODES,
        *WIRE_CODES,
        *TRANSFER_CODES,
        *EXPENSE_CODES,
        *TRYTON_CODES,
        *RECONCILIATION_CODES,
    )
}
LONGEST_QUOTE = 500
_CODE = re.compile(r"[a-z]+(_[a-z]+)+")
_WHO = {
    "en": {"moment": "Moment", "accounting": "Accounting", "azets": "Azets", "bilag": "Bilag"},
    "nb": {"moment": "Moment", "accounting": "Regnskap", "azets": "Azets", "bilag": "Bilag"},
}


@dataclass(frozen=True, slots=True)
class RenderedProblem:
    """A problem in words. `who` can act on it: moment, accounting, azets or bilag (its setup, or who runs it)."""

    code: str
    subject: str
    message: str
    remedy: str
    who: Who


def render_problem(problem: Problem, language: str) -> RenderedProblem:
    """The problem in `language` ("nb", else English): what happened, with the other system's own words, and the cure."""
    message, remedy = sentence(problem, language)
    return RenderedProblem(
        problem.code, render_subject(problem.subject, language), message, remedy, _entry_for(problem).who
    )


def sentence(problem: Problem, language: str) -> tuple[str, str]:
    """Message and remedy. Every code gives both, whatever facts there are."""
    cause, cure = _entry_for(problem).texts(language)
    known = {"code": problem.code, **facts_of_subject(problem.subject), **problem.facts}
    facts = _with_inner_cause(render_facts(known, language), language)
    message = _with_place(fill(cause, facts), render_place(problem.subject, facts, language))
    return message + _quote(problem.said, language), fill(cure, facts)


def entry_of(code: str) -> Entry:
    """The catalogue's entry for a code, or the one for codes that it does not have."""
    return ENTRIES.get(code, UNKNOWN)


def class_of(code: str) -> ProblemClass:
    """transient, permanent or configuration. An unknown code is permanent: a person must look."""
    return entry_of(code).problem_class


def render_who(who: Who, language: str) -> str:
    """Who can act, as a word."""
    return _WHO["nb" if language == "nb" else "en"][who]


def _entry_for(problem: Problem) -> Entry:
    """`internal_error` is the hub's code, and what Bilag says of itself: only Bilag adds the fact `error`."""
    return entry_of("bilag_fault" if problem.code == "internal_error" and "error" in problem.facts else problem.code)


def _with_inner_cause(facts: dict[str, str], language: str) -> dict[str, str]:
    """The fact `cause` told as its sentence where it is a code, left out where the code is not known, else as it is."""
    cause = facts.get("cause", "")
    others = {name: value for name, value in facts.items() if name != "cause"}
    if cause in ENTRIES:
        return {**others, "cause": fill(ENTRIES[cause].texts(language)[0], others)}
    return others if _CODE.fullmatch(cause) else facts


def _with_place(message: str, place: str) -> str:
    """The message with the place in Moment before its full stop, unless the message names it itself."""
    return f"{message.removesuffix('.')} ({place})." if place and place not in message else message


def _quote(said: str | None, language: str) -> str:
    words = cut(one_line(said) or "", LONGEST_QUOTE)
    if not words:
        return ""
    return f" Det andre systemet sier: «{words}»" if language == "nb" else f' The other system says: "{words}"'
