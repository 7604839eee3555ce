"""Count the expenses of each line in Moment after sending: a frozen process may send a duplicate when it wakes.

Moment accepts two expenses with one key (contracts/moment.md). A lease keeps a process from sending late, but nothing keeps a
request from arriving late. So each key is counted twice: a minute after sending, and a day later.
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
    """Return the expense to keep: an invoiced one, else the line's own, else the oldest. `found` is not empty."""
    return min(found, key=lambda one: (not one.invoiced, one.moment_id != row.moment_id, one.moment_id))


def problem_of(row: ExpenseLine, found: Sequence[Expense]) -> Problem | None:
    """Return the problem of a line with several expenses; None for one."""
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
    """Return when an expense that is done `now` is first counted."""
    return now + backoff.scaled(backoff.DOUBT)


def after_count(row: ExpenseLine, found: Sequence[Expense], now: datetime) -> dict[str, object]:
    """Return the columns of a done line after its expenses were counted. Each import counts duplicates again until one expense
    is left, or a person marks the line as resolved.
    """
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
