"""What is open now: everything of a company that waits for a person, one entry for each cause."""

from dataclasses import dataclass

from django.utils.http import urlencode

from bilag.companies.setup import Setup
from bilag.expenses import queries as expenses
from bilag.expenses.models import LineState
from bilag.posting.problem import Problem
from bilag.reconciliation.actions import open_wrongs
from bilag.reconciliation.models import Found as Wrong
from bilag.transfers.queries.causes import causes as causes_of_transfers

MOST = 500
"""Causes of a company; what is beyond would come and go with the order of the rest."""
CODES = {
    Wrong.MISSING: "reconciliation_missing",
    Wrong.DIFFERING: "reconciliation_differing",
    Wrong.DUPLICATE: "reconciliation_duplicate",
    Wrong.UNKNOWN: "reconciliation_unknown",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One cause. `key` is the same as long as it lasts; `path` is below the company's address."""

    key: str
    problem: Problem
    count: int
    example: str
    path: str


def found(setup: Setup) -> list[Found]:
    """The causes, the most pressing first: a pause, then transfers by how many wait, then expenses."""
    open_now = []
    if setup.paused is not None:
        open_now.append(Found(f"paused|{setup.paused.code}", setup.paused, 1, "", "setup/"))
    for cause in causes_of_transfers(setup.company_id, MOST):
        path = f"transfers/?{urlencode({'cause': cause.key})}"
        example = f"{cause.kind} {cause.number}"
        open_now.append(Found(f"transfers|{cause.key}"[:300], cause.problem, cause.count, example, path))
    return open_now + _of_expenses(setup) + _of_reconciliation(setup)


def _of_expenses(setup: Setup) -> list[Found]:
    rows = expenses.lines(setup.company_id, LineState.NEEDS_ATTENTION)[: MOST * 2]
    by_code: dict[str, list[tuple[Problem, str]]] = {}
    for row in rows:
        for problem in expenses.problems_of(row)[:1]:
            by_code.setdefault(problem.code, []).append((problem, row.number))
    return [
        Found(f"expenses|{code}", told[0][0], len(told), f"expense {told[0][1]}", "expenses/?state=needs_attention")
        for code, told in by_code.items()
    ]


def _of_reconciliation(setup: Setup) -> list[Found]:
    """What the nights found wrong, month by month, until one finds it healed or somebody signs for it."""
    told = []
    for run, found, count in open_wrongs(setup.company_id):
        problem = Problem(CODES[found], "company", {"month": f"{run.first:%Y-%m}", "count": str(count)})
        key, path = (
            f"reconciliation|{found}|{run.first:%Y-%m}",
            f"reconciliation/month/{run.first:%Y-%m}/?found={found}",
        )
        told.append(Found(key, problem, count, "", path))
    return told
