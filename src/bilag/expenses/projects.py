"""Look up Moment's projects and activities for one import, each once."""

from datetime import datetime

from django.utils import timezone

from bilag.companies.setup import Setup
from bilag.expenses.in_doubt import wait_if_sent
from bilag.expenses.models import ExpenseMark
from bilag.expenses.writes import write_mark
from bilag.moment.client import MomentClient
from bilag.moment.expense import Activity, ExpenseProject
from bilag.posting.problem import Problem
from bilag.transfers.models import Kind, Transfer
from bilag.wire.errors import EdgeError, Refused, Unavailable


class Projects:
    """Moment's projects, by their value in the project unit. One import holds one instance; imports of a company never overlap."""

    def __init__(self, setup: Setup, moment: MomentClient, mark: ExpenseMark) -> None:
        self._setup, self._moment, self._mark = setup, moment, mark
        self._projects: dict[str, ExpenseProject | None] = {}
        self._activities: dict[int, Activity] = {}

    def project(self, value: str) -> ExpenseProject | None:
        """Return the project with this value in the project unit; None when Moment has none. Raises Moment's errors."""
        if value not in self._projects:
            # Moment's 0012 is 12 in a whole-number unit: the sent transfer tells which project it is.
            sent = Transfer.objects.filter(source_id=self._setup.source_id, kind=Kind.PROJECT, unit_value=value)
            number = sent.values_list("number", flat=True).first() or value
            found = self._moment.project_id(number)
            self._projects[value] = self._moment.expenses.project(found) if found is not None else None
        return self._projects[value]

    def activity(self, project: ExpenseProject) -> Activity:
        """Return the setup's activity in the project, compared without case; created if the project has none.

        Raises `Refused` with `activity_closed`, Moment's errors, and `StillInDoubt` while a request with a lost answer may
        still arrive.
        """
        if project.moment_id not in self._activities:
            name = self._setup.expenses.activity.strip()
            named = [
                one
                for one in self._moment.expenses.activities(project.moment_id)
                if one.name.strip().casefold() == name.casefold()
            ]
            still_open = [one for one in named if not one.closed]
            if named and not still_open:
                facts = {"activity": named[0].name, "project": project.number}
                raise Refused([Problem("activity_closed", f"project {project.number}", facts)])
            # If somebody created two activities of one name at the same time, always use the first.
            found = min(still_open, key=lambda one: one.moment_id, default=None)
            self._activities[project.moment_id] = found or self._made(project, name)
            self._sent(project, name, None)
        return self._activities[project.moment_id]

    def _made(self, project: ExpenseProject, name: str) -> Activity:
        """Create the activity once: the intent is committed before the request."""
        wait_if_sent(self._mark.activities_sent.get(_place(project, name)))
        self._sent(project, name, timezone.now())
        try:
            return self._moment.expenses.create_activity(project.moment_id, name)
        except EdgeError as error:
            if not isinstance(error, Unavailable) or error.outcome_known:
                self._sent(project, name, None)
            raise

    def _sent(self, project: ExpenseProject, name: str, at: datetime | None) -> None:
        """Save when the activity was sent; None once its answer is known."""
        sent, place = dict(self._mark.activities_sent), _place(project, name)
        if at is None and place not in sent:
            return
        sent.pop(place, None)
        write_mark(self._mark, activities_sent=sent if at is None else {**sent, place: at.isoformat()})

    def billable(self, project: ExpenseProject, price_model_id: int | None, by_unit: bool | None) -> bool:
        """Return whether an expense is billable: by its unit, else by the activity's price model, else by the setup."""
        if by_unit is not None:
            return by_unit
        by_model = project.billable(price_model_id)
        return self._setup.expenses.billable_by_default if by_model is None else by_model


def _place(project: ExpenseProject, name: str) -> str:
    return f"{project.moment_id} {name.casefold()}"
