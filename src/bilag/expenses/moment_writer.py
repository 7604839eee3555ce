"""Create project expenses of posted lines once each: look them up by key, commit the intents, send them, store the results."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from bilag.companies.setup import Setup
from bilag.events.record import EventName, record
from bilag.expenses import line_json
from bilag.expenses.doubles import DOUBLED, after_count, first_count, kept, problem_of
from bilag.expenses.in_doubt import StillInDoubt, wait_if_sent
from bilag.expenses.in_flight import Answer, InFlight
from bilag.expenses.models import ExpenseLine, LineState
from bilag.expenses.projects import Projects
from bilag.expenses.writes import Overtaken, count_at, write, write_together
from bilag.moment.client import MomentClient
from bilag.moment.expense import APPROVED, NOT_APPROVED, Activity, Expense, ExpenseProject, NewExpense
from bilag.platforms.base import AccountingPlatform
from bilag.posting.expense import IgnoredReason, describe
from bilag.posting.problem import Problem
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from bilag.wire.fence import Fenced

Step = TypeVar("Step")


TOGETHER = 40
"""So many lines share the commit of their intents, and that of their results."""
RENEWED_AFTER = timedelta(seconds=2)
"""The minute of doubt begins with the intent. An intent older than this is renewed before its request is sent."""
Outcome = str | EdgeError | StillInDoubt | Overtaken | None
"""How the import counts a line: a state, or ignored.REASON; or the fault that stopped it. None: Moment answered, and the line
is reported again.
"""
Report = Callable[[ExpenseLine, Outcome], None]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A line that is not in Moment, and the expense to create of it."""

    row: ExpenseLine
    key: str
    project: ExpenseProject
    expense: NewExpense


@dataclass(frozen=True, slots=True)
class Sender:
    """What an import needs to send lines."""

    setup: Setup
    moment: MomentClient
    platform: AccountingPlatform
    projects: Projects
    in_flight: InFlight
    currency: str
    """The company's currency, in which amounts are."""

    def send(self, rows: Sequence[ExpenseLine], *, confirm: Callable[[ExpenseLine], bool], report: Report) -> None:
        """Create the expense of each line, or find that it exists.

        It looks all lines up, commits all intents, sends the requests, and commits all results; several look-ups and requests
        are in flight at a time. `confirm` is called before each request: it returns False if the line was changed, and raises
        to end the import. `report` receives each line's outcome and may raise to end the import. However the import ends,
        created expenses are stored, and unsent lines are known to be unsent. Raises `Misconfigured`.
        """
        unsent = deque(self._intend(self._ready(rows, report), report))
        created: list[tuple[_Ready, int]] = []
        refused: list[_Ready] = []
        request = partial(self._request, created, refused)
        try:
            with closing(self.in_flight.each(request, self._next(unsent, confirm, report))) as each:
                for one, answer in each:
                    self._settle(one, answer, report)
        except Exception as error:
            self._store(created, report)
            if not isinstance(error, Fenced):
                back = [one.row for one in (*unsent, *refused) if one.row.sent_at is not None]
                write_together(back, {}, state=LineState.WAITING, sent_at=None)
            raise
        self._store(created, report)

    def _ready(self, rows: Sequence[ExpenseLine], report: Report) -> list[_Ready]:
        """Look the lines up; report those that need no request, and return the others."""
        ready = []
        with closing(self.in_flight.each(self._find, rows)) as each:
            for row, answer in each:
                outcome: Outcome | _Ready
                try:
                    outcome = self._told_refusal(row, partial(self._prepared, row, answer))
                except (Unavailable, StillInDoubt, Overtaken) as fault:
                    outcome = fault
                if isinstance(outcome, _Ready):
                    ready.append(outcome)
                    report(row, None)
                else:
                    report(row, outcome)
        return ready

    def _told_refusal(self, row: ExpenseLine, step: Callable[[], Step]) -> Step | str:
        """Take a step; a refusal by Moment is stored in the row."""
        try:
            return step()
        except Refused as error:
            write(row, state=LineState.NEEDS_ATTENTION, problems=[one.as_json() for one in error.problems])
            return str(LineState.NEEDS_ATTENTION)

    def _find(self, row: ExpenseLine) -> tuple[Expense, ...]:
        """Look the line up, even before its first request: the key survives the loss of Bilag's own record."""
        return self.moment.expenses.find(self._key(row))

    def _key(self, row: ExpenseLine) -> str:
        return row.external_key or self.platform.expense_key(int(row.journal or 0), int(row.entry or 0))

    def _prepared(self, row: ExpenseLine, answer: Answer[tuple[Expense, ...]]) -> str | _Ready:
        """Return the expense to create; or how the line is counted that needs none."""
        key, found = self._key(row), answer()
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
        return _Ready(row, key, project, self._expense(row, key, project, activity))

    def _intend(self, ready: Sequence[_Ready], report: Report) -> list[_Ready]:
        """Commit the intent to send these. Return the lines that nobody changed since they were read."""
        rows = [one.row for one in ready]
        each: dict[str, list[object]] = {
            "external_key": [one.key for one in ready],
            "moment_project_id": [one.project.moment_id for one in ready],
        }
        stored = {row.pk for row in write_together(rows, each, state=LineState.SENDING, sent_at=timezone.now())}
        for row in rows:
            if row.pk not in stored:
                report(row, Overtaken(row.number))
        return [one for one in ready if one.row.pk in stored]

    def _next(self, unsent: deque[_Ready], confirm: Callable[[ExpenseLine], bool], report: Report) -> Iterator[_Ready]:
        """Take from `unsent`, one by one, those that may be sent."""
        while unsent:
            may = self._may_send(unsent[0], confirm)
            one = unsent.popleft()
            if may:
                yield one
            else:
                report(one.row, Overtaken(one.row.number))

    def _may_send(self, one: _Ready, confirm: Callable[[ExpenseLine], bool]) -> bool:
        """Return whether the line is unchanged since its intent. Renew an intent that is too old."""
        if not confirm(one.row):
            return False
        now = timezone.now()
        if one.row.sent_at is None or one.row.sent_at < now - RENEWED_AFTER:
            return bool(write_together([one.row], {}, sent_at=now))
        return True

    def _request(self, created: list[tuple[_Ready, int]], refused: list[_Ready], one: _Ready) -> int:
        """Create the expense and return its id.

        Add it to `created`, unless its chain of reversals must be read first; or to `refused` if it surely was not created. So
        the outcome is known even if the import no longer waits for the answer.
        """
        try:
            moment_id = self.moment.expenses.create(one.expense)
        except EdgeError as error:
            if not isinstance(error, Unavailable) or error.outcome_known:
                refused.append(one)
            raise
        if one.row.reverses_id is None:
            created.append((one, moment_id))
        return moment_id

    def _settle(self, one: _Ready, answer: Answer[int], report: Report) -> None:
        """Process the answer to a request: store a fault, or a line whose chain of reversals must be read."""
        try:
            outcome: Outcome = self._told_refusal(one.row, partial(self._answered, one, answer))
        except (Unavailable, StillInDoubt, Overtaken) as fault:
            outcome = fault
        report(one.row, outcome)

    def _answered(self, one: _Ready, answer: Answer[int]) -> str | None:
        row = one.row
        try:
            moment_id = answer()
        except Unavailable as error:
            if error.outcome_known:
                write(row, state=LineState.WAITING, sent_at=None)
            raise
        except (Misconfigured, Refused):
            write(row, state=LineState.WAITING, sent_at=None)
            raise
        if row.reverses_id is None:
            return None
        try:
            return self._done(row, one.key, [_created(moment_id, one.project, one.expense)])
        except Overtaken:  # another process worked on the line meanwhile, and may have sent it too
            count_at(row, timezone.now())
            raise

    def _store(self, created: Sequence[tuple[_Ready, int]], report: Report) -> None:
        """Commit that these are in Moment."""
        rows, now = [one.row for one, _moment_id in created], timezone.now()
        stored = write_together(
            rows,
            {"moment_id": [moment_id for _one, moment_id in created]},
            state=LineState.DONE,
            reason=None,
            problems=[],
            done_at=now,
            count_at=first_count(now),
        )
        known = {row.pk for row in stored}
        for row in rows:
            if row.pk in known:
                report(row, str(LineState.DONE))
            else:  # another process worked on the line meanwhile, and may have sent it too
                count_at(row, timezone.now())
                report(row, Overtaken(row.number))

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
        """Store that the line is in Moment. It needs review if its chain of reversals was already invoiced, or if Moment has it
        twice.
        """
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
        """Count the expenses of a done line. Return whether a duplicate is new."""
        found = self.moment.expenses.find(row.external_key)
        told = any(stored.get("code") == DOUBLED for stored in row.problems)
        doubled = problem_of(row, found)
        with transaction.atomic():
            write(row, **after_count(row, found, timezone.now()))
            if doubled is not None and not told:
                record(self.setup.company_id, EventName.EXPENSE_DOUBLED, good=False, problem=doubled)
        return doubled is not None and not told

    def _invoiced_before(self, row: ExpenseLine) -> Problem | None:
        """Return the problem of a line whose chain of reversals holds an expense that is invoiced already: the nearest one."""
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
    """Yield the line that this one reverses, the line that that one reverses, and so on; each once."""
    seen, first = {row.pk}, row.reverses
    while first is not None and first.pk not in seen:
        yield first
        seen.add(first.pk)
        first = first.reverses


def _created(moment_id: int, project: ExpenseProject, new: NewExpense) -> Expense:
    """Return the expense that Moment has just created."""
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
