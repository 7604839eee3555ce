"""Tryton's errors become ours. Its words are for people, translated and without codes: they are carried, not read.

What was refused is found out by looking at the records (`posting.py`), never by searching Tryton's sentences.
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
    """What a request is about: told where Tryton's refusal names nothing nearer."""

    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    model: str = ""


def error_of(answer: Answer, document: Any, about: About, *, writing: bool) -> EdgeError:
    """An error with a JSON body. A 4xx to a request surely had no effect: Tryton rolls back."""
    said = _said(document)
    if answer.status >= 500 or answer.status in BUSY:
        return _unavailable(answer, about, said, writing=writing)
    if answer.status == 401:
        return _key_refused()
    if not writing:  # what is read is never wrong in itself: the user may not see it
        facts = {"model": about.model, "status": str(answer.status)}
        return Misconfigured([Problem("tryton_rights_missing", f"{SETUP}application_key", facts, said)])
    return Refused([Problem("tryton_refused", about.subject, dict(about.facts), said)])


def page_error(answer: Answer, about: About, *, writing: bool, database: str) -> EdgeError:
    """An error with a page instead of JSON: Tryton's own for who and where, or something in front of it."""
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
    """An answer that cannot be understood. After a request that changes something the outcome is unknown."""
    return Unavailable(Problem("tryton_malformed", "", {"why": why}), outcome_known=not writing)


def setup_problem(code: str, name: str, value: str, **facts: str) -> Misconfigured:
    """A field of the setup names something that is not there."""
    told = {"value": value, **facts} if value else facts
    return Misconfigured([Problem(code, f"{SETUP}{name}", told)])


def _key_refused() -> Misconfigured:
    return Misconfigured([Problem("tryton_key_refused", f"{SETUP}application_key")])


def _unavailable(answer: Answer, about: About, said: str | None, *, writing: bool) -> Unavailable:
    code = "tryton_busy" if answer.status in BUSY else "tryton_fault"
    known = not writing or answer.status in (409, 423, 429)
    problem = Problem(code, about.subject, {"status": str(answer.status)}, said)
    return Unavailable(problem, outcome_known=known, retry_after=answer.retry_after)


def _said(document: Any) -> str | None:
    """Tryton's sentence and its explanation."""
    if not isinstance(document, dict):
        return None
    parts = [part for name in ("message", "description") if isinstance(part := document.get(name), str) and part]
    return " ".join(parts)[:LONGEST_SAID] or None
