"""Count the expenses of each line in Moment after it was sent: a process that was frozen may send a second one when it wakes.

Moment accepts two expenses with one key (contracts/moment.md). A lease keeps a process from sending late, but nothing can keep
a request from arriving late. So each expense is counted twice by its key: when the minute of doubt is over, and a day later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bilag.expenses.models import ExpenseLine
from bilag.jobs import backoff
from bilag.moment.expense import Expense
from bilag.posting.problem import Problem

DOUBLED = "expense_doubled"
A_DAY = timedelta(days=1)
DOCUMENT_WITHOUT_A_TASK = "document_type_unknown"


def kept(row: ExpenseLine, found: Sequence[Expense]) -> Expense:
    """The expense to keep: one that is invoiced, else the one that the line has, else the oldest. `found` is not empty."""
    return min(found, key=lambda one: (not one.invoiced, one.moment_id != row.moment_id, one.moment_id))


def problem_of(row: ExpenseLine, found: Sequence[Expense]) -> Problem | None:
    """The problem of a line with several expenses; None for one."""
    others = sorted(one.moment_id for one in found if one != kept(row, found))
    if not others:
        return None
    facts = {
        "project": row.project,
        "expense": str(kept(row, found).moment_id),
        "others": ", ".join(str(moment_id) for moment_id in others),
    }
    return Problem(DOUBLED, f"expense {row.number}", facts)


def first_count(now: datetime) -> datetime:
    """When an expense that is done `now` is counted first."""
    return now + backoff.scaled(backoff.DOUBT)


def after_count(row: ExpenseLine, found: Sequence[Expense], now: datetime) -> dict[str, object]:
    """The columns of a line that is done, once its expenses are counted. What was doubled is counted by each import until one is
    left, or until a person marks the line as resolved."""
    doubled = problem_of(row, found)
    before = [stored for stored in row.problems if stored.get("code") != DOUBLED]
    problems = [doubled.as_json(), *before] if doubled is not None else before
    a_day_later = (row.done_at or now) + backoff.scaled(A_DAY)
    columns: dict[str, object] = {
        "problems": problems,
        "count_at": now if doubled is not None else a_day_later if now < a_day_later else None,
    }
    if doubled is not None:
        columns["needs_review"] = True
    elif len(before) < len(row.problems):
        columns["needs_review"] = bool(before) or _has_document_problem(row)
    if found:
        columns["moment_id"] = kept(row, found).moment_id
    return columns


def _has_document_problem(row: ExpenseLine) -> bool:
    problems = [one["problem"] for one in row.documents if one.get("problem") is not None]
    return any(problem.get("code") != DOCUMENT_WITHOUT_A_TASK for problem in problems)
