"""The hub's errors become ours: which decision each code is, and what it is about."""

import re
from collections.abc import Mapping, Sequence
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
SETUP_OF = {
    "credentials_missing": "username",
    "invalid_credentials": "username",
    "client_not_under_parent": "parent_client_id",
    "client_access_denied": "username",
    "parent_client_id_invalid": "parent_client_id",
    "source_client_id_invalid": "source_client_id",
    "client_unknown": "source_client_id",
    "voucher_series_unknown": "voucher_series",
}
_LINE = re.compile(r"^vouchers\[\d+\]\.lines\[(\d+)\](?:\.(.*))?$")
_NOT_DONE = frozenset({"rate_limited"})
"""Answers that say for sure that the request was not carried out."""


def problem_of(code: str, message: str, *, subject: str, field: str = "", body: Any = None) -> Problem:
    """One problem. `field` is the place in the request `body` that the hub names; a voucher's line becomes "entry N"."""
    facts = {"field": field} if field else {}
    if code in SETUP_OF:
        subject = f"setup platform.azets.{SETUP_OF[code]}"
    elif found := _LINE.match(field):
        index = int(found[1])
        subject = f"entry {index + 1}"
        facts |= _facts_of_line(body, index, found[2] or "")
    elif isinstance(body, Mapping):
        facts |= _facts_of_voucher(body)
    return Problem(code, subject, facts, message[:500] or None)


def error_of(
    status: int, code: str, problems: Sequence[Problem], *, writing: bool, retry_after: int | None = None
) -> EdgeError:
    """The decision: details decide over the outer code; an unknown code is permanent; 5xx is never a refusal."""
    codes = {problem.code for problem in problems}
    if status in (429, 500, 502, 503, 504) or (codes and codes <= TRANSIENT):
        known = not writing or status == 429 or code in _NOT_DONE
        return Unavailable(problems[0], outcome_known=known, retry_after=retry_after)
    if codes <= CONFIGURATION:
        return Misconfigured(problems)
    return Refused(problems)


def _facts_of_line(body: Any, index: int, field: str) -> dict[str, str]:
    try:
        line = body["vouchers"][0]["lines"][index]
    except (KeyError, IndexError, TypeError):
        return {}
    facts = {"account": str(line.get("accountNumber") or ""), "vat_code": str(line.get("vatCode") or "")}
    if field.startswith("orgUnits."):
        unit = field.partition(".")[2]
        facts |= {"unit": unit, "value": str((line.get("orgUnits") or {}).get(unit, ""))}
    return facts


def _facts_of_voucher(body: Mapping[str, Any]) -> dict[str, str]:
    vouchers = body.get("vouchers")
    if not isinstance(vouchers, list) or not vouchers:
        return {}
    first = vouchers[0]
    return {
        "date": str(first.get("voucherDate") or ""),
        "customer": str(first.get("customerNumber") or ""),
        "kid": str(first.get("paymentId") or ""),
    }
