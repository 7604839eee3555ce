"""Find the open problems of a company: everything that needs attention, grouped by cause."""

from dataclasses import dataclass

from bilag.companies.setup import Setup
from bilag.expenses import queries as expenses
from bilag.expenses.models import LineState
from bilag.notifications.addresses import path_of_transfers
from bilag.posting.problem import Problem
from bilag.reconciliation.actions import open_wrongs
from bilag.reconciliation.models import Found
from bilag.transfers import ledger_ahead
from bilag.transfers.queries.causes import causes as causes_of_transfers
from bilag.transfers.queries.polls import failing_poll

MOST = 500
"""The most causes of a company. With more, causes would appear and disappear with the order of the others."""
CODES = {
    Found.MISSING: "reconciliation_missing",
    Found.DIFFERING: "reconciliation_differing",
    Found.DUPLICATE: "reconciliation_duplicate",
    Found.UNKNOWN: "reconciliation_unknown",
}


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """One cause. `key` stays the same while the problem lasts; `path` is below the company's address."""

    key: str
    problem: Problem
    count: int
    example: str
    path: str


def find_open_problems(setup: Setup) -> list[OpenProblem]:
    """Return the open problems: a pause, transfers by how many are affected, a failing poll, a ledger that knows more than the
    database, expenses, reconciliation."""
    found = []
    if setup.paused is not None:
        found.append(OpenProblem(f"paused|{setup.paused.code}", setup.paused, 1, "", "setup/"))
    for cause in causes_of_transfers(setup.company_id, MOST):
        key, path = f"transfers|{cause.key}"[:300], path_of_transfers(cause.key)
        found.append(OpenProblem(key, cause.problem, cause.count, f"{cause.kind} {cause.number}", path))
    not_polled = failing_poll(setup) if setup.paused is None else None
    if not_polled is not None:
        found.append(OpenProblem(f"poll|{not_polled.code}", not_polled, 1, "", "log/?sort=polls"))
    forgotten = ledger_ahead.problem_for(setup)
    if forgotten is not None:
        found.append(OpenProblem("ahead|ledger", forgotten, int(forgotten.facts["count"]), "", "recover/"))
    return found + _of_expenses(setup) + _of_reconciliation(setup)


def _of_expenses(setup: Setup) -> list[OpenProblem]:
    rows = expenses.lines(setup.company_id, LineState.NEEDS_ATTENTION)[: MOST * 2]
    by_code: dict[str, list[tuple[Problem, str]]] = {}
    for row in rows:
        for problem in expenses.problems_of(row)[:1]:
            by_code.setdefault(problem.code, []).append((problem, row.number))
    return [
        OpenProblem(
            f"expenses|{code}", same[0][0], len(same), f"expense {same[0][1]}", "expenses/?state=needs_attention"
        )
        for code, same in by_code.items()
    ]


def _of_reconciliation(setup: Setup) -> list[OpenProblem]:
    """Return what the nightly reconciliations found, month by month, until one finds it resolved or the month is signed."""
    problems = []
    for run, found, count in open_wrongs(setup.company_id):
        month = f"{run.first:%Y-%m}"
        problem = Problem(CODES[found], "company", {"month": month, "count": str(count)})
        path = f"reconciliation/month/{month}/?found={found}"
        problems.append(OpenProblem(f"reconciliation|{found}|{month}", problem, count, "", path))
    return problems
