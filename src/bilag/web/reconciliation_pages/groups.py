"""The groups of findings of a reconciliation, and within a group its causes, as a page shows them."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from bilag.messages import render_problem, render_reason
from bilag.messages.fact_values import render_facts
from bilag.posting.problem import Problem
from bilag.reconciliation import causes, queries
from bilag.reconciliation.models import Found, Reconciliation
from bilag.reconciliation.queries import MISSING_REASONS, MISSING_REMEDIES, UNREADABLE, Cause
from bilag.web.templatetags.bilag import language

ORDER = (
    Found.MISSING,
    Found.DIFFERING,
    Found.DUPLICATE,
    Found.UNKNOWN,
    UNREADABLE,
    Found.UNDATED,
    Found.GAP,
    Found.EXPLAINED,
    Found.MATCHED,
)


@dataclass(frozen=True, slots=True)
class ShownCause:
    """A cause in words, with a link to its invoices."""

    key: str
    title: str
    remedy: str
    count: int
    first: int | None
    amounts: list[tuple[str, Decimal]]
    url: str


def shown_causes(run: Reconciliation, group: str) -> list[ShownCause]:
    """Return the causes of a group in the language of the page."""
    return [_shown(one, group) for one in queries.causes(run, group)]


def _shown(one: Cause, group: str) -> ShownCause:
    title, remedy = _words(one)
    url = "?" + urlencode({"found": group, "cause": one.key})
    return ShownCause(one.key, title, remedy, one.count, one.first, sorted(one.amounts.items()), url)


def _words(one: Cause) -> tuple[str, str]:
    """Return a cause as a sentence, and what to do about it where the sentence alone does not say."""
    kind, parts = causes.parts_of(one.key)
    found, expected, account = (*parts, "", "", "")[:3]
    if kind == causes.PROBLEM:
        problem = next((stored for stored in one.example if "expected" not in stored.get("facts", {})), None)
        shown = Problem.from_json(problem or {"code": found})
        rendered = render_problem(replace(shown, subject="") if one.count > 1 else shown, language())
        return rendered.message, rendered.remedy
    if kind == causes.WHY:
        text = (
            MISSING_REASONS[found][language() == "nb"] if found in MISSING_REASONS else render_reason(found, language())
        )
        return text, MISSING_REMEDIES.get(found, ("", ""))[language() == "nb"]
    return _difference(kind, found, expected, account), ""


def _difference(kind: str, found: str, expected: str, account: str) -> str:
    facts: dict[str, Any] = {"found": found, "expected": expected, "account": account}
    if kind == causes.ACCOUNT:
        text = (
            _("Account %(found)s instead of %(expected)s") if expected else _("Account %(found)s is not on the invoice")
        )
    elif kind == causes.VAT_CODE and found and expected:
        text = _("VAT code %(found)s instead of %(expected)s on account %(account)s")
    elif kind == causes.VAT_CODE:
        text = _("VAT code %(found)s on account %(account)s, none on the invoice")
        if expected:
            text = _("No VAT code instead of %(expected)s on account %(account)s")
    elif kind == causes.UNITS:
        text = _("Other dimensions on account %(account)s")
    elif kind == causes.AMOUNT:
        text = _("Another amount on account %(found)s")
    else:
        facts["field"] = capfirst(render_facts({"field": found}, language()).get("field", ""))
        text = _("%(field)s differs") if facts["field"] else _("Something else differs")
    return text % facts
