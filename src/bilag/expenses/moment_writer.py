"""Create a project expense of a posted line once: look it up by its key, commit the intent, send it, store the result."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from bilag.companies.setup import Setup
from bilag.events.record import EventName, record
from bilag.expenses import line_json
from bilag.expenses.doubles import DOUBLED, after_count, first_count, kept, problem_of
from bilag.expenses.in_doubt import wait_if_sent
from bilag.expenses.models import ExpenseLine, LineState
from bilag.expenses.projects import Projects
from bilag.expenses.writes import Overtaken, count_at, write
from bilag.moment.client import MomentClient
from bilag.moment.expense import APPROVED, NOT_APPROVED, Activity, Expense, ExpenseProject, NewExpense
from bilag.platforms.base import AccountingPlatform
from bilag.posting.expense import IgnoredReason, describe
from bilag.posting.problem import Problem
from bilag.wire.errors import Misconfigured, Refused, Unavailable


@dataclass(frozen=True, slots=True)
class Sender:
    """What an import needs to send lines."""

    setup: Setup
    moment: MomentClient
    platform: AccountingPlatform
    projects: Projects
    currency: str
    """The company's currency, in which amounts are."""

    def send(self, row: ExpenseLine) -> str:
        """Create the expense, or find that it exists; return how the import counts it: a state, or ignored.REASON.

        Raises `Unavailable` and `Misconfigured`, with the row waiting or in doubt, `StillInDoubt` and `Overtaken`. A refusal by
        Moment is stored in the row.
        """
        try:
            return self._send(row)
        except Refused as error:
            write(row, state=LineState.NEEDS_ATTENTION, problems=[one.as_json() for one in error.problems])
            return str(LineState.NEEDS_ATTENTION)

    def _send(self, row: ExpenseLine) -> str:
        key = row.external_key or self.platform.expense_key(int(row.journal or 0), int(row.entry or 0))
        found = self.moment.expenses.find(
            key
        )  # at the first try, too: the key stays the same when Bilag's own record was lost
        if found:
            return self._done(row, key, found)
        if row.sent_at is not None:
            wait_if_sent(row.sent_at)
            state = LineState.WAITING if row.state == LineState.SENDING else row.state
            write(row, state=state, sent_at=None)  # the request whose answer was lost did not arrive
        project = self.projects.project(row.project)
        if project is None:
            write(row, state=LineState.IGNORED, reason=IgnoredReason.PROJECT_UNKNOWN, problems=[])
            return f"ignored.{IgnoredReason.PROJECT_UNKNOWN}"
        activity = self.projects.activity(project)
        expense = self._expense(row, key, project, activity)
        write(
            row, state=LineState.SENDING, sent_at=timezone.now(), external_key=key, moment_project_id=project.moment_id
        )
        try:
            created = self.moment.expenses.create(expense)
        except Unavailable as error:
            if error.outcome_known:
                write(row, state=LineState.WAITING, sent_at=None)
            raise
        except (Misconfigured, Refused):
            write(row, state=LineState.WAITING, sent_at=None)
            raise
        try:
            return self._done(row, key, [_created(created, project, expense)])
        except Overtaken:  # another process worked on the line meanwhile, and may have sent it too
            count_at(row, timezone.now())
            raise

    def _expense(self, row: ExpenseLine, key: str, project: ExpenseProject, activity: Activity) -> NewExpense:
        line = line_json.from_json(row.line)
        title, description = describe(line, self.currency, self.setup.language)
        billable = self.projects.billable(project, activity.price_model_id, row.billable)
        return NewExpense(
            project_id=project.moment_id,
            activity_id=activity.moment_id,
            external_key=key,
            title=title,
            description=description,
            date=line.voucher_date,
            net=line.net,
            vat=line.vat,
            gross=line.gross,
            currency=self.currency,
            billable=billable,
            account=line.account,
            supplier_name=line.supplier_name,
            supplier_invoice_number=line.supplier_invoice_number,
            invoiced_state=APPROVED if billable and self.setup.expenses.approve_billable else NOT_APPROVED,
        )

    def _done(self, row: ExpenseLine, key: str, found: Sequence[Expense]) -> str:
        """Store that the line is in Moment. It needs review if its chain of reversals was invoiced already, or if it is there
        twice."""
        doubled, invoiced = problem_of(row, found), self._invoiced_before(row)
        problems = [problem for problem in (doubled, invoiced) if problem is not None]
        expense, now = kept(row, found), timezone.now()
        write(
            row,
            state=LineState.DONE,
            reason=None,
            problems=[problem.as_json() for problem in problems],
            needs_review=row.needs_review or bool(problems),
            external_key=key,
            moment_project_id=expense.project_id,
            moment_id=expense.moment_id,
            done_at=now,
            count_at=first_count(now),
        )
        if invoiced is not None:
            record(self.setup.company_id, EventName.EXPENSE_REVERSED, good=False, problem=invoiced)
        if doubled is not None:
            record(self.setup.company_id, EventName.EXPENSE_DOUBLED, good=False, problem=doubled)
        return str(LineState.DONE)

    def count(self, row: ExpenseLine) -> bool:
        """Count the expenses of a line that is done; return whether it newly turns out to be there more than once."""
        found = self.moment.expenses.find(row.external_key)
        told = any(stored.get("code") == DOUBLED for stored in row.problems)
        doubled = problem_of(row, found)
        with transaction.atomic():
            write(row, **after_count(row, found, timezone.now()))
            if doubled is not None and not told:
                record(self.setup.company_id, EventName.EXPENSE_DOUBLED, good=False, problem=doubled)
        return doubled is not None and not told

    def _invoiced_before(self, row: ExpenseLine) -> Problem | None:
        """The problem of a line whose chain of reversals holds an expense that is invoiced already: the nearest one."""
        for first in _reversed_lines(row):
            original = self.moment.expenses.read(first.moment_id) if first.moment_id is not None else None
            if original is not None and original.invoiced:
                facts = {
                    "voucher": str(first.voucher_number),
                    "amount": str(first.net),
                    "currency": self.currency,
                    "project": row.project,
                }
                repeated = (row.net or 0) * (first.net or 0) > 0
                code = "expense_repeated_after_invoicing" if repeated else "expense_reversed_after_invoicing"
                return Problem(code, f"expense {row.number}", facts)
        return None


def _reversed_lines(row: ExpenseLine) -> Iterator[ExpenseLine]:
    """The line that this one reverses, the line that that one reverses, and so on; each once."""
    seen, first = {row.pk}, row.reverses
    while first is not None and first.pk not in seen:
        yield first
        seen.add(first.pk)
        first = first.reverses


def _created(moment_id: int, project: ExpenseProject, new: NewExpense) -> Expense:
    """The expense that Moment has just created."""
    return Expense(
        moment_id=moment_id,
        project_id=project.moment_id,
        activity_id=new.activity_id,
        external_key=new.external_key,
        title=new.title,
        date=new.date,
        currency=new.currency,
        net=new.net,
        vat=new.vat,
        gross=new.gross,
        billable=new.billable,
        invoiced_state=new.invoiced_state,
        documents=(),
    )
