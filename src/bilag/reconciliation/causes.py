"""Why invoices differ or are missing, so that a page can group them: "12 × account 3999". Pure.

Each finding has one cause, its most significant difference: a change in Moment, then a wrong account, VAT code or unit, then an
amount, then any other field. A cause is stored as text, its parts joined by `|`.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from bilag.posting.problem import Problem

SEPARATOR = "|"
LONGEST = 200
FACTS = ("account", "vat_code", "unit", "customer")
"""Facts that distinguish problems of one code."""
GROUPED = ("differing", "missing", "undated")
"""Kinds of findings (`models.Found`) that have a cause."""
ACCOUNT, VAT_CODE, UNITS, AMOUNT, FIELD, PROBLEM, WHY = "account", "vat", "units", "amount", "field", "problem", "why"


def cause_of(found: str, reason: str, problems: Sequence[Problem]) -> str:
    """Return the cause of a finding; empty for a kind of finding that has no cause."""
    if found not in GROUPED:
        return ""
    others = [problem for problem in problems if "expected" not in problem.facts]
    if others:
        return _joined(PROBLEM, others[0].code, *(others[0].facts.get(name, "") for name in FACTS))
    if problems:
        return _difference([problem.facts for problem in problems])
    return _joined(WHY, reason) if reason else ""


def parts_of(cause: str) -> tuple[str, list[str]]:
    """Return the kind of a cause and its parts."""
    kind, *parts = cause.split(SEPARATOR)
    return kind, parts


def _difference(facts: Sequence[Mapping[str, str]]) -> str:
    nets = [one for one in facts if one.get("field") in ("net", "line_accrual") and one.get("account")]
    lacking = [one for one in nets if _is_zero(one.get("found")) and not _is_zero(one.get("expected"))]
    extra = [one for one in nets if _is_zero(one.get("expected")) and not _is_zero(one.get("found"))]
    for found in extra:
        same = [one for one in lacking if one.get("account") == found["account"]]
        if not same:
            instead = {one["account"] for one in lacking} - {one["account"] for one in extra}
            return _joined(ACCOUNT, found["account"], min(instead) if len(instead) == 1 else "")
        if same[0].get("vat_code", "") != found.get("vat_code", ""):
            return _joined(VAT_CODE, found.get("vat_code", ""), same[0].get("vat_code", ""), found["account"])
        return _joined(UNITS, found.get("units", ""), same[0].get("units", ""), found["account"])
    if nets:
        return _joined(AMOUNT, nets[0]["account"])
    return _joined(FIELD, facts[0].get("field", ""))


def _is_zero(amount: str | None) -> bool:
    try:
        return not Decimal(amount or "0")
    except InvalidOperation:
        return True


def _joined(*parts: str) -> str:
    return SEPARATOR.join(part.replace(SEPARATOR, " ").replace("\x00", "") for part in parts).rstrip(SEPARATOR)[
        :LONGEST
    ]
