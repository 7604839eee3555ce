"""Render problems for a person: what happened and what to do, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from bilag.messages.account_codes import ACCOUNT_CODES
from bilag.messages.accounting_system import spoken_of
from bilag.messages.entry import Entry, ProblemClass, Who, facts_named, facts_needed, fill
from bilag.messages.expense_codes import EXPENSE_CODES
from bilag.messages.fact_values import render_facts
from bilag.messages.master_codes import MASTER_CODES
from bilag.messages.poweroffice_codes import POWEROFFICE_CODES
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
        *POWEROFFICE_CODES,
        *RECONCILIATION_CODES,
    )
}
LONGEST_QUOTE = 500
_SYSTEMS = {"tryton_": "Tryton", "poweroffice_": "PowerOffice Go"}
"""The accounting systems that have codes of their own, by how these begin."""
_OF_ONE_OBJECT = ("invoice", "line", "lines", "entry", "name")
"""Facts that say where in one object a problem is."""
_WHO = {
    "moment": ("whoever invoices in Moment", "den som fakturerer i Moment"),
    "accounting": ("the accountant", "regnskapsføreren"),
    "azets": ("your contact at Azets", "kontaktpersonen deres hos Azets"),
    "bilag": ("a Bilag administrator", "en administrator i Bilag"),
}
_SAID_BY_MOMENT = {
    "export_status_not_set",
    "expense_refused",
    "expense_document_refused",
    "activity_closed",
    "activity_refused",
    "not_in_moment",
}
"""Codes for which Moment's own message is shown, besides those that begin with `moment_`."""


@dataclass(frozen=True, slots=True)
class RenderedProblem:
    """A problem in words. `who` can resolve it: moment, accounting, azets or bilag (its setup, or its administrator)."""

    code: str
    subject: str
    message: str
    remedy: str
    who: Who


def render_problem(problem: Problem, language: str) -> RenderedProblem:
    """Render the problem in `language` ("nb", else English), with the message of the other system and the remedy."""
    message, remedy = sentence(problem, language)
    return RenderedProblem(
        problem.code, render_subject(problem.subject, language), message, remedy, _entry_for(problem).actor
    )


def render_in_general(problem: Problem, language: str) -> RenderedProblem:
    """Render a problem that several objects have: without what differs between them, such as a line number or a message.

    A problem whose sentences are about one object is rendered unchanged.
    """
    entry = _entry_for(problem)
    needed = facts_needed(entry.texts(language)[0]) | facts_needed(entry.texts(language)[1])
    facts = {name: value for name, value in problem.facts.items() if name in needed or name not in _OF_ONE_OBJECT}
    if needed - {"code", *facts}:
        return render_problem(problem, language)
    return render_problem(Problem(problem.code, "company", facts), language)


def sentence(problem: Problem, language: str) -> tuple[str, str]:
    """Render message and remedy. Every code gives both, whatever facts there are."""
    message, remedy = _entry_for(problem).texts(language)
    known = {"code": problem.code, **facts_of_subject(problem.subject), **problem.facts}
    facts = _with_inner_cause(render_facts(known, language), language)
    filled = _with_place(_capitalised(fill(message, facts)), render_place(problem.subject, facts, language))
    return filled + _quote(problem, language), fill(remedy, facts)


def entry_of(code: str) -> Entry:
    """Return the catalogue's entry for a code, or the one for codes that it does not have."""
    return ENTRIES.get(code, UNKNOWN)


def facts_of_cause(code: str) -> set[str]:
    """Return the facts that the message of a code names: objects for which they are equal have the same cause."""
    return facts_named(entry_of(code).en[0])


def class_of(code: str) -> ProblemClass:
    """Return transient, permanent or configuration. An unknown code is permanent: it needs attention."""
    return entry_of(code).problem_class


def render_who(who: Who, language: str) -> str:
    """Render who can resolve a problem."""
    return _WHO[who][language == "nb"]


def _entry_for(problem: Problem) -> Entry:
    """Tell an error of the hub from one of Bilag. Both have the code `internal_error`; only Bilag adds the fact `error`."""
    return entry_of("bilag_fault" if problem.code == "internal_error" and "error" in problem.facts else problem.code)


def _with_inner_cause(facts: dict[str, str], language: str) -> dict[str, str]:
    """Replace a fact `cause` that is a code of the catalogue by its sentence, and remove one that is an unknown code."""
    cause = facts.get("cause", "")
    others = {name: value for name, value in facts.items() if name != "cause"}
    if cause in ENTRIES:
        return {**others, "cause": _capitalised(fill(ENTRIES[cause].texts(language)[0], others))}
    return others if "_" in cause else facts


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _with_place(message: str, place: str) -> str:
    """Insert the place in Moment before the full stop, unless the message names it."""
    if not place or place.casefold() in message.casefold():
        return message
    return f"{message.removesuffix('.')} ({place})."


def _quote(problem: Problem, language: str) -> str:
    """Quote the other system's own message, where there is one."""
    words = cut(one_line(problem.said) or "", LONGEST_QUOTE)
    if not words:
        return ""
    system = _system_of(problem) or spoken_of().name[language == "nb"]
    if language == "nb":
        return f" Melding fra {system}: «{words}»"
    return f' Message from {system}: "{words}"'


def _system_of(problem: Problem) -> str | None:
    """Return the name of the system whose message a problem quotes; None for the accounting system spoken of."""
    of_expense = problem.code == "document_too_large" and "expense" in problem.facts
    if of_expense or problem.code.startswith("moment_") or problem.code in _SAID_BY_MOMENT:
        return "Moment"
    return next((name for start, name in _SYSTEMS.items() if problem.code.startswith(start)), None)
