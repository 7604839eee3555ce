"""Translate PowerOffice Go's errors. Its texts are passed on: why Go refused is found by reading (`posting.py`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bilag.platforms.poweroffice_go.operations import Privilege
from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from bilag.wire.http import Answer

SETUP = "setup platform.poweroffice_go."
LONGEST_SAID = 500
SHORTEST_PAUSE_SECONDS = 1
MOST_ERRORS = 10
_IN_USE = re.compile(r"(ExternalImportReference|InvoiceNo)\b.*\balready\b", re.IGNORECASE | re.DOTALL)
_AGAIN_IN = re.compile(r"again in ([0-9]{1,4}) second", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class About:
    """The context of a request: subject and facts for problems that Go does not locate, and the privilege it needs."""

    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    privilege: Privilege | None = None


def error_of(answer: Answer, document: Any, about: About, *, writing: bool) -> EdgeError:
    """Choose the error class of an error answer. `document` is its JSON; None if it is a page.

    A 4xx certainly had no effect. After a 5xx to a writing request the outcome is unknown.
    """
    status, said = answer.status, said_of(document)
    if status == 429:
        problem = Problem("rate_limited", about.subject)
        return Unavailable(problem, outcome_known=True, retry_after=pause_of(answer, document))
    if status == 401:
        return key_refused(document)
    if status == 403:
        facts = {"privilege": about.privilege.value} if about.privilege is not None else {}
        return Misconfigured([Problem("poweroffice_privilege_missing", f"{SETUP}client_key", facts, said)])
    if status == 413:
        return Refused([Problem("request_too_large", about.subject)])
    if document is None and (300 <= status < 400 or status in (404, 405)):
        return not_there()
    if 400 <= status < 500 and document is not None:
        return Refused([Problem("poweroffice_refused", about.subject, dict(about.facts), said)])
    problem = Problem("poweroffice_fault", about.subject, {"status": str(status)}, said)
    return Unavailable(problem, outcome_known=not writing, retry_after=answer.retry_after)


def malformed(why: str, *, writing: bool) -> Unavailable:
    """Return the error for an unreadable answer. After a writing request the outcome is unknown."""
    return Unavailable(Problem("poweroffice_malformed", "", {"why": why}), outcome_known=not writing)


def not_there() -> Misconfigured:
    """Return the error for an address that is not the API's."""
    return Misconfigured([Problem("poweroffice_not_there", f"{SETUP}base_url")])


def key_refused(document: Any) -> Misconfigured:
    """Return the error for keys that are refused. The gateway in front of Go answers for the subscription key, in its own form."""
    said = said_of(document)
    if said is not None and "subscription" in said.lower():
        return Misconfigured([Problem("poweroffice_subscription_refused", "installation", {}, said)])
    return Misconfigured([Problem("poweroffice_keys_refused", f"{SETUP}client_key", {}, said)])


def pause_of(answer: Answer, document: Any) -> int:
    """Return how many seconds to wait after a 429: as the header or the message says, at least one."""
    told = _AGAIN_IN.search(said_of(document) or "")
    return max(SHORTEST_PAUSE_SECONDS, answer.retry_after or 0, int(told[1]) if told else 0)


def says_in_use(said: str | None) -> bool:
    """Tell whether a refusal says that a reference or number of the voucher is used already. Only asked if nothing was found."""
    return _IN_USE.search(said or "") is not None


def said_of(document: Any) -> str | None:
    """Return what an error says: of Go's ProblemDetails in either case of letters, of its sign-in, or of the gateway."""
    if not isinstance(document, Mapping):
        return None
    members = {str(name).lower(): value for name, value in document.items()}
    texts = [members.get(name) for name in ("detail", "error_description", "message")]
    parts = [text.strip() for text in texts if isinstance(text, str) and text.strip()]
    title = members.get("title") or members.get("error")
    if not parts and isinstance(title, str) and title.strip():
        parts = [title.strip()]
    parts += [line for line in _lines_of(members.get("errors")) if line not in parts]
    return " ".join(parts)[:LONGEST_SAID] or None


def _lines_of(errors: Any) -> list[str]:
    """Return the lines of `errors`: what is wrong with each field."""
    if not isinstance(errors, Mapping):
        return []
    lines = []
    for name, texts in list(errors.items())[:MOST_ERRORS]:
        listed = texts if isinstance(texts, list) else [texts]
        lines += [f"{name}: {text}" for text in listed[:MOST_ERRORS] if isinstance(text, str)]
    return lines
