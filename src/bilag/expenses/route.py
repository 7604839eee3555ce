"""A route: the ledger that a company's expenses come from and the Moment that they go to. Routes share no state."""

from dataclasses import dataclass
from typing import Any

from bilag.companies.setup import Setup
from bilag.expenses.models import ExpenseLine, ExpenseMark
from bilag.moment.source import source_key
from bilag.platforms.registry import platform_kinds
from bilag.posting.problem import Problem

OTHER_LEDGER, OTHER_MOMENT = "expense_of_other_ledger", "expense_of_other_moment"


@dataclass(frozen=True, slots=True)
class Route:
    """A company's ledger and its Moment, by their keys (`Ledger` and `Source` in `bilag.companies.models`)."""

    company_id: int
    ledger_key: str
    source_key: str

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of `ExpenseLine` that say on which route a line was read."""
        return {"company_id": self.company_id, "ledger_key": self.ledger_key, "source_key": self.source_key}

    def has(self, row: ExpenseLine | ExpenseMark) -> bool:
        """Return whether the row belongs to this route."""
        return (row.ledger_key, row.source_key) == (self.ledger_key, self.source_key)

    def problem_of_other(self, row: ExpenseLine) -> Problem:
        """Return why a line of another route is not sent."""
        code = OTHER_LEDGER if row.ledger_key != self.ledger_key else OTHER_MOMENT
        return Problem(code, f"expense {row.number}", {"key": row.external_key} if row.sent_at is not None else {})


def route_of(setup: Setup) -> Route:
    """Return the route of this setup."""
    ledger_key = platform_kinds()[setup.platform_kind].ledger_key(setup.platform)
    return Route(setup.company_id, ledger_key, source_key(setup.moment.base_url, setup.moment.company_id))


def is_left_behind(row: ExpenseLine) -> bool:
    """Return whether the line belongs to another route than the one that was imported last. No import sends it then."""
    mark = ExpenseMark.objects.filter(company_id=row.company_id).first()
    return mark is not None and (row.ledger_key, row.source_key) != (mark.ledger_key, mark.source_key)
