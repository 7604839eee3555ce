"""Group the transfers that need attention by cause: the problem, and the account, VAT code, unit or customer it is about."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q
from django.db.models.fields.json import KT

from bilag.posting.problem import Problem
from bilag.transfers.models import State, Transfer

FACTS = ("account", "vat_code", "unit", "customer")
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: its key in addresses, the count of its transfers, and the problem, kind and number of the newest."""

    key: str
    count: int
    problem: Problem
    kind: str
    number: str


def causes(company_id: int, most: int) -> list[Cause]:
    """The causes with the most transfers, at most `most`."""
    waiting = Transfer.objects.filter(company_id=company_id, state=State.NEEDS_ATTENTION)
    names = {"code": KT("problems__0__code"), **{f"fact_{name}": KT(f"problems__0__facts__{name}") for name in FACTS}}
    groups: list[Any] = list(
        waiting.values(**names).annotate(count=Count("id"), newest=Max("id")).order_by("-count", "-newest")[:most]
    )
    newest = Transfer.objects.in_bulk([group["newest"] for group in groups])
    return [_cause(group, newest[group["newest"]]) for group in groups if group["newest"] in newest]


def of_cause(key: str) -> Q:
    """The condition for the transfers of a cause. A key that names no cause matches nothing."""
    code, *values = [*key.split(SEPARATOR), *[""] * len(FACTS)]
    condition = Q(state=State.NEEDS_ATTENTION, problems__0__code=code)
    for name, value in zip(FACTS, values, strict=False):
        fact = f"problems__0__facts__{name}"
        condition &= Q(**{fact: value}) if value else Q(**{f"{fact}__isnull": True}) | Q(**{fact: ""})
    return condition


def _cause(group: dict[str, Any], newest: Transfer) -> Cause:
    values = [group["code"] or "", *(group[f"fact_{name}"] or "" for name in FACTS)]
    stored = newest.problems[0] if newest.problems else {"code": "unknown"}
    key = SEPARATOR.join(values).rstrip(SEPARATOR)
    return Cause(key, group["count"], Problem.from_json(stored), newest.kind, newest.number)
