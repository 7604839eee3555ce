"""Translate Tryton's errors. Its messages are translated and have no codes: they are passed on, never parsed.

Why Tryton refused is found by reading its records (`posting.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from bilag.wire.http import Answer

SETUP = "setup platform.tryton."
LONGEST_SAID = 500
BUSY = frozenset({409, 423, 429, 503})


@dataclass(frozen=True, slots=True)
class About:
    """The context of a request: subject and facts for problems that Tryton does not locate."""

    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    model: str = ""


def error_of(answer: Answer, document: Any, about: About, *, writing: bool) -> EdgeError:
    """Choose the error class of a JSON error. A 4xx certainly had no effect, because Tryton rolls back."""
    said = _said(document)
    if answer.status >= 500 or answer.status in BUSY:
        return _unavailable(answer, about, said, writing=writing)
    if answer.status == 401:
        return _key_refused()
    if not writing:  # a read is only refused if the user lacks the right
        facts = {"model": about.model, "status": str(answer.status)}
        return Misconfigured([Problem("tryton_rights_missing", f"{SETUP}application_key", facts, said)])
    return Refused([Problem("tryton_refused", about.subject, dict(about.facts), said)])


def page_error(answer: Answer, about: About, *, writing: bool, database: str) -> EdgeError:
    """Choose the error class of a page instead of JSON: from Tryton's sign-in or routing, or from a proxy."""
    if answer.status == 401:
        return _key_refused()
    if answer.status == 403:
        facts = {"model": about.model, "status": "403"}
        return Misconfigured([Problem("tryton_rights_missing", f"{SETUP}application_key", facts)])
    if answer.status in (301, 302, 307, 308, 404, 405):
        return Misconfigured([Problem("tryton_not_there", f"{SETUP}base_url", {"database": database})])
    if answer.status == 413:
        return Refused([Problem("request_too_large", about.subject)])
    return _unavailable(answer, about, None, writing=writing)


def malformed(why: str, *, writing: bool) -> Unavailable:
    """Return the error for an unreadable answer. After a writing request the outcome is unknown."""
    return Unavailable(Problem("tryton_malformed", "", {"why": why}), outcome_known=not writing)


def setup_problem(code: str, name: str, value: str, **facts: str) -> Misconfigured:
    """Return the error for a setup field that names something Tryton does not have."""
    all_facts = {"value": value, **facts} if value else facts
    return Misconfigured([Problem(code, f"{SETUP}{name}", all_facts)])


def _key_refused() -> Misconfigured:
    return Misconfigured([Problem("tryton_key_refused", f"{SETUP}application_key")])


def _unavailable(answer: Answer, about: About, said: str | None, *, writing: bool) -> Unavailable:
    code = "tryton_busy" if answer.status in BUSY else "tryton_fault"
    known = not writing or answer.status in (409, 423, 429)
    problem = Problem(code, about.subject, {"status": str(answer.status)}, said)
    return Unavailable(problem, outcome_known=known, retry_after=answer.retry_after)


def _said(document: Any) -> str | None:
    """Return Tryton's message and description."""
    if not isinstance(document, dict):
        return None
    parts = [part for name in ("message", "description") if isinstance(part := document.get(name), str) and part]
    return " ".join(parts)[:LONGEST_SAID] or None
