"""A company's setup as one frozen picture: what the work is done with, secrets in clear but never shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bilag.posting.dimensions import Dimensions
from bilag.posting.problem import Problem


@dataclass(frozen=True, slots=True)
class MomentAccess:
    """Where the company's Moment is and the key to it."""

    base_url: str
    company_id: str
    api_key: str = field(repr=False)
    rates_per_hundred: frozenset[str] = frozenset()
    """Currencies whose rate Moment gives for a hundred units; of all others for one."""


@dataclass(frozen=True, slots=True)
class ExportSetup:
    """What goes to accounting. Empty states mean all; invoices finalised before `invoices_from` go only by hand."""

    customers: bool = True
    projects: bool = True
    invoices: bool = True
    invoices_from: date | None = None
    customer_states: frozenset[str] = frozenset()
    project_states: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ExpenseSetup:
    """What comes back from accounting (docs/expenses.md)."""

    enabled: bool = False
    activity: str = ""
    report_name: str = ""
    billable_by_default: bool = True
    account_above: int = 4000
    days_back: int = 30
    from_date: date | None = None
    approve_billable: bool = False


@dataclass(frozen=True, slots=True)
class AccrualSetup:
    """Accrual of income: the two accounts, and whether shares are made by months or by days."""

    enabled: bool = False
    debit_account: str | None = None
    credit_account: str | None = None
    by: str = "months"


@dataclass(frozen=True, slots=True)
class AccruedIncomeSetup:
    """Income that is earned and not invoiced, posted at a month's end (docs/accrual.md): the two accounts."""

    enabled: bool = False
    debit_account: str | None = None
    credit_account: str | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that is set for one company, at one `version` of its Integration setup."""

    company_id: int
    slug: str
    name: str
    language: str
    version: int
    live: bool
    paused: Problem | None
    moment: MomentAccess
    platform_kind: str
    platform: Mapping[str, str] = field(repr=False)
    """The platform's setup fields by name, secrets in clear."""
    export: ExportSetup = ExportSetup()
    dimensions: Dimensions = Dimensions()
    expenses: ExpenseSetup = ExpenseSetup()
    accrual: AccrualSetup = AccrualSetup()
    accrued_income: AccruedIncomeSetup = AccruedIncomeSetup()
    rounding_account: str | None = None
    keep_years: int = 5
    """How long the control trail is kept after the end of its year: five at least (bokføringsloven § 13)."""
    notify_users: tuple[str, ...] = ()
    notify_emails: tuple[str, ...] = ()
    organisation_number: str | None = None
