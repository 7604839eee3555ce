"""Translate the hub's errors: decide the error class of each code, and which object or setup field it concerns.

The classes follow `x-error-codes` in the contract. Sentences are in `bilag.messages`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable

CONFIGURATION = frozenset(
    {
        "credentials_missing",
        "invalid_credentials",
        "client_not_under_parent",
        "client_access_denied",
        "parent_client_id_invalid",
        "source_client_id_invalid",
        "client_unknown",
        "report_unknown",
        "attachments_not_supported",
        "voucher_series_unknown",
        "org_unit_not_used",
        "accrual_not_supported",
    }
)
TRANSIENT = frozenset(
    {
        "token_expired",
        "token_invalid",
        "batch_busy",
        "ledger_locked",
        "rate_limited",
        "hub_unavailable",
        "ledger_unavailable",
        "internal_error",
    }
)
SETUP_FIELDS = {
    "credentials_missing": "username",
    "invalid_credentials": "username",
    "client_not_under_parent": "parent_client_id",
    "client_access_denied": "source_client_id",
    "parent_client_id_invalid": "parent_client_id",
    "source_client_id_invalid": "source_client_id",
    "client_unknown": "source_client_id",
    "voucher_series_unknown": "voucher_series",
}
"""The setup field each configuration code concerns."""
LONGEST_SAID = 500
_LINE = re.compile(r"vouchers\[(\d+)\]\.lines\[(\d+)\](?:\.(.*))?", re.DOTALL)
_VOUCHER = re.compile(r"vouchers\[(\d+)\].*", re.DOTALL)
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_HEADER_FACTS = {
    "date": "voucherDate",
    "due_date": "dueDate",
    "customer": "customerNumber",
    "payment_id": "paymentId",
    "currency": "currency",
    "rate": "exchangeRate",
    "number": "voucherNumber",
}
_LINE_FACTS = {"account": "accountNumber", "vat_code": "vatCode", "net": "netAmount", "vat": "vatAmount"}


@dataclass(frozen=True, slots=True)
class About:
    """The context of a request: subject and facts for problems that the hub does not locate.

    `body` is what was sent.
    """

    subject: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


def problem_of(code: str, message: str | None, place: str, about: About) -> Problem:
    """Build one problem. `place` is the path in the body; a line of the first voucher becomes "entry N", from 1."""
    facts = dict(about.facts)
    subject = about.subject
    line, voucher = _LINE.fullmatch(place), _VOUCHER.fullmatch(place)
    in_batch = isinstance(about.body, Mapping) and "vouchers" in about.body
    facts |= _collect_facts(
        _at(about.body, f"vouchers[{voucher[1] if voucher else 0}]") if in_batch else about.body, _HEADER_FACTS
    )
    if line is not None:
        facts |= _collect_facts(_at(about.body, f"vouchers[{line[1]}].lines[{line[2]}]"), _LINE_FACTS)
        facts |= _unit_facts(line[3] or "")
        if line[1] == "0":  # only the first voucher's entries correspond to invoice lines
            subject = f"entry {int(line[2]) + 1}"
    if place:
        facts["field"] = place.rpartition("]")[2].lstrip(".") or place
        facts |= _as_text("value", _at(about.body, place))
    if code in SETUP_FIELDS:
        subject = f"setup platform.azets.{SETUP_FIELDS[code]}"
    return Problem(code, subject, facts, (message or "")[:LONGEST_SAID] or None)


def problems_of(code: str, document: Mapping[str, Any], about: About) -> tuple[Problem, ...]:
    """Return all problems of an error answer: one for each detail, else the outer one."""
    message = _text(document.get("message"))
    details = document.get("details")
    coded = (
        [one for one in details if isinstance(one, Mapping) and _text(one.get("code"))]
        if isinstance(details, list)
        else []
    )
    if not coded:
        return (problem_of(code, message, "", about),)
    return tuple(
        problem_of(_text(one["code"]), _text(one.get("message")) or message, _text(one.get("field")), about)
        for one in coded
    )


def error_of(status: int, problems: Sequence[Problem], *, writing: bool, retry_after: int | None = None) -> EdgeError:
    """Choose the error class. Details override the outer code, unknown codes are refusals, and 5xx is never a refusal.

    A 4xx certainly had no effect. After a 5xx to a writing request the outcome is unknown.
    """
    codes = {problem.code for problem in problems}
    if not 400 <= status < 500 or status == 429 or codes <= TRANSIENT:
        known = not writing or 400 <= status < 500
        return Unavailable(problems[0], outcome_known=known, retry_after=retry_after)
    if codes <= CONFIGURATION:
        return Misconfigured(problems)
    return Refused(problems)


def malformed(why: str, *, writing: bool, retry_after: int | None = None) -> Unavailable:
    """Return the error for an answer that breaks the contract. After a writing request the outcome is unknown."""
    return Unavailable(Problem("hub_malformed", "", {"why": why}), outcome_known=not writing, retry_after=retry_after)


def page_error(status: int, about: About, *, writing: bool, retry_after: int | None = None) -> EdgeError:
    """Return the error for a page from a proxy. The outcome of a writing request is unknown, except for 413 and 429."""
    code = {413: "request_too_large", 429: "rate_limited"}.get(status, "hub_proxy_error")
    problem = Problem(code, about.subject, {"status": str(status)})
    if status == 413:
        return Refused([problem])
    return Unavailable(problem, outcome_known=not writing or status == 429, retry_after=retry_after)


def code_of(document: Any, status: int) -> str:
    """Return the code of a JSON error answer. Without one, the answer is not the hub's; choose a code by status."""
    code = document.get("code") if isinstance(document, Mapping) else None
    if isinstance(code, str) and code:
        return code
    return "rate_limited" if status == 429 else "hub_proxy_error" if status >= 500 or status < 400 else "hub_refused"


def _unit_facts(place: str) -> dict[str, str]:
    head, _, unit = place.partition(".")
    return {"unit": unit} if head == "orgUnits" and unit else {}


def _collect_facts(part: Any, names: Mapping[str, str]) -> dict[str, str]:
    facts: dict[str, str] = {}
    if isinstance(part, Mapping):
        for name, key in names.items():
            facts |= _as_text(name, part.get(key))
    return facts


def _as_text(name: str, value: Any) -> dict[str, str]:
    """Return the fact if the value can be shown, else nothing."""
    return {name: str(value)} if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else {}


def _at(body: Any, place: str) -> Any:
    """Return the value at a path of the body such as `vouchers[0].lines[1].vatCode`; None if absent."""
    for name, index in _STEP.findall(place):
        if name and isinstance(body, Mapping):
            body = body.get(name)
        elif index and isinstance(body, Sequence) and not isinstance(body, str) and int(index) < len(body):
            body = body[int(index)]
        else:
            return None
    return body


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
