"""Read the month and the amounts of the form, with each fault beside its field."""

from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from bilag.posting.periods import NotAPeriod, parsed_month
from bilag.transfers.accrued_income.amounts import Given
from bilag.transfers.accrued_income.csv_file import amount_of, faults_of
from bilag.web.accruals_pages.words import fault_text

ROWS, MORE_ROWS, MOST_ROWS = 3, 5, 200
LONGEST = 200


@dataclass(slots=True)
class EntryRow:
    """A row of the form as it was typed, and the fault of each field."""

    number: int
    project: str = ""
    amount: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        """Whether nothing was typed."""
        return not (self.project or self.amount)


@dataclass(slots=True)
class Entry:
    """The form: its month as typed, its rows, and its faults."""

    month: str
    rows: list[EntryRow]
    month_fault: str = ""
    fault: str = ""
    first_day: date | None = None

    @property
    def valid(self) -> bool:
        """Whether every field is valid."""
        return not (self.month_fault or self.fault or any(row.faults for row in self.rows))

    @property
    def given(self) -> list[Given]:
        """The amounts of the rows without faults."""
        amounts = [(row, amount_of(row.amount)) for row in self.rows if not row.blank and not row.faults]
        return [Given(row.project, amount) for row, amount in amounts if amount is not None]

    def filled_up(self, more: int = 0) -> list[EntryRow]:
        """Return the rows, with blank ones behind them."""
        count = min(MOST_ROWS, max(ROWS, len(self.rows) + more))
        return self.rows + [EntryRow(number) for number in range(len(self.rows) + 1, count + 1)]


def blank(month: date) -> Entry:
    """Return the empty form of a month."""
    return Entry(f"{month:%Y-%m}", [])


def read_month(text: str) -> tuple[date | None, str]:
    """Return the first day of the month, or the fault."""
    try:
        return parsed_month(text.strip())[0], ""
    except NotAPeriod:
        return None, _("Choose a month, such as 2026-10.")


def read(data: QueryDict) -> Entry:
    """Read the form. Rows in which nothing was typed are left out."""
    month = data.get("month", "")[:LONGEST]
    first_day, month_fault = read_month(month)
    pairs = zip(data.getlist("project"), data.getlist("amount"), strict=False)
    typed = [(project.strip()[:LONGEST], amount.strip()[:LONGEST]) for project, amount in pairs][:MOST_ROWS]
    rows = [
        EntryRow(number, project, amount)
        for number, (project, amount) in enumerate(((one, two) for one, two in typed if one or two), 1)
    ]
    seen: dict[str, int] = {}
    for row in rows:
        for one in faults_of(row.number, row.project, row.amount, seen):
            row.faults.setdefault(one.column, fault_text(one))
    fault = "" if rows else _("Enter at least one project and its amount.")
    return Entry(month, rows, month_fault, fault, first_day)
