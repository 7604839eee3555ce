"""The parts of the setup page and the labels of their fields: connections, export, dimensions, expenses, accrual…"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bilag.companies.settings import Section
from bilag.platforms.base import FieldKind, PlatformKind, SetupField
from bilag.posting.accrual import Allocation

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its title, a sentence about it, its fields by dotted name. `opened_by`: the switch that shows the others."""

    key: Section
    title: Words
    about: Words
    fields: tuple[str, ...]
    opened_by: str | None = None


def parts_of(kind: PlatformKind) -> tuple[Part, ...]:
    """Return the parts of the page for this accounting platform."""
    platform = tuple(f"platform.{kind.name}.{one.name}" for one in kind.fields)
    return (
        Part(
            Section.MOMENT,
            _("Connection to Moment"),
            _("Where invoices, customers and projects come from."),
            ("moment.base_url", "moment.company_id", "moment.api_key", "moment.rates_per_hundred"),
        ),
        Part(Section.PLATFORM, _("Connection to accounting"), _("What the accounting office gave you."), platform),
        Part(
            Section.EXPORT,
            _("What goes"),
            _("What is transferred to accounting by itself."),
            (
                "export.customers",
                "export.customer_states",
                "export.projects",
                "export.project_states",
                "export.invoices",
                "export.invoices_from",
            ),
        ),
        Part(
            Section.DIMENSIONS,
            _("Dimensions"),
            _("In which organisational unit accounting keeps projects and departments."),
            ("dimensions.project", "dimensions.department"),
        ),
        Part(
            Section.EXPENSES,
            _("Expenses"),
            _("Supplier costs that are posted in accounting come back as project expenses to be invoiced on."),
            (
                "expenses.import",
                "expenses.activity",
                "expenses.report_name",
                "expenses.billability_dimension",
                "expenses.billable_by_default",
                "expenses.account_above",
                "expenses.days_back",
                "expenses.from_date",
                "expenses.approve_billable",
            ),
            opened_by="expenses.import",
        ),
        Part(
            Section.ACCRUAL,
            _("Accrual"),
            _("Income of a service period that runs over several months is spread on them."),
            ("accrual.enabled", "accrual.credit_account", "accrual.debit_account", "accrual.by"),
            opened_by="accrual.enabled",
        ),
        Part(
            Section.ACCRUED_INCOME,
            _("Accrued income"),
            _("What is earned and not invoiced at a month's end is posted by project, and taken back on the next day."),
            ("accrued_income.enabled", "accrued_income.debit_account", "accrued_income.credit_account"),
            opened_by="accrued_income.enabled",
        ),
        Part(Section.ROUNDING, _("Rounding"), _("Where differences of an øre or two go."), ("rounding.account",)),
        Part(
            Section.RETENTION,
            _("Retention"),
            _("How long the control trail is kept: what was sent, when, why, and what was answered."),
            ("retention.years",),
        ),
        Part(
            Section.NOTIFY,
            _("Who is told"),
            _("These people get an e-mail that says what to do when something stops."),
            ("notify.users", "notify.emails"),
        ),
    )


LABELS: dict[str, tuple[Words, Words]] = {
    "moment.base_url": (_("Address of Moment"), _("Such as https://app.moment.team.")),
    "moment.company_id": (_("Company id in Moment"), _("The number of your company in Moment, such as 4021.")),
    "moment.api_key": (_("Key to Moment"), _("Made in Moment under Settings, API keys.")),
    "moment.rates_per_hundred": (
        _("Exchange rates for a hundred units"),
        _("Currencies whose rate Moment gives for a hundred, such as 97.84 for SEK. All others are for one."),
    ),
    "export.customers": (_("Export customers"), ""),
    "export.customer_states": (_("Customer states for export"), _("None selected exports all.")),
    "export.projects": (_("Export projects"), ""),
    "export.project_states": (_("Project states for export"), _("None selected exports all.")),
    "export.invoices": (_("Export invoices"), ""),
    "export.invoices_from": (
        _("Invoices go by themselves from"),
        _("What was finalised earlier goes only by hand. Blank = the first day live."),
    ),
    "dimensions.project": (_("Project dimension"), _("Nothing chosen: no project is sent.")),
    "dimensions.department": (_("Department dimension"), _("Nothing chosen: no department is sent.")),
    "expenses.import": (_("Import expenses"), ""),
    "expenses.activity": (
        _("Expense activity"),
        _("The activity that imported expenses go on. Made in the project where it does not exist."),
    ),
    "expenses.report_name": (_("Report name"), _("Blank = the standard report.")),
    "expenses.billability_dimension": (
        _("Billability dimension"),
        _("1 = billable, 2 = not billable, any other number ignores the expense. Only units 1–6 are valid."),
    ),
    "expenses.billable_by_default": (
        _("Billable by default"),
        _("Where no billability dimension is chosen and the project's price model does not decide."),
    ),
    "expenses.account_above": (_("Only accounts above"), _("Lines on this account and lower ones stay in accounting.")),
    "expenses.days_back": (_("Look-back in days"), _("How far back each import looks for lines posted late.")),
    "expenses.from_date": (_("Never before"), _("Lines dated earlier are never imported.")),
    "expenses.approve_billable": (_("Approve billable expenses at once"), ""),
    "accrual.enabled": (_("Enable accrual"), ""),
    "accrual.credit_account": (_("Credit accrual account number"), _("Such as 2965, advance from customers.")),
    "accrual.debit_account": (_("Debit accrual account number"), _("Such as 3910, accrued income.")),
    "accrual.by": (_("Shares by"), ""),
    "accrued_income.enabled": (_("Post accrued income"), ""),
    "accrued_income.debit_account": (_("Debit account of accrued income"), _("Such as 1530, earned and not invoiced.")),
    "accrued_income.credit_account": (
        _("Credit account of accrued income"),
        _("Such as 3090, change in earned income."),
    ),
    "rounding.account": (_("Rounding account"), _("Blank = 7740.")),
    "retention.years": (_("Years after the end of the year"), _("The law asks for five.")),
    "notify.users": (_("Users to notify"), _("Chosen from Moment's users.")),
    "notify.emails": (_("Emails to notify"), _("Others, one address a line.")),
}

SWITCHES = (
    "export.customers",
    "export.projects",
    "export.invoices",
    "expenses.import",
    "expenses.billable_by_default",
    "expenses.approve_billable",
    "accrual.enabled",
    "accrued_income.enabled",
)
UNITS = ("dimensions.project", "dimensions.department", "expenses.billability_dimension")
ACCOUNTS = (
    "accrual.credit_account",
    "accrual.debit_account",
    "accrued_income.debit_account",
    "accrued_income.credit_account",
    "rounding.account",
)
PER_HUNDRED = ("SEK", "DKK", "JPY", "ISK")
"""Currencies that Norges Bank quotes for a hundred units, of those that Norwegian companies invoice in."""
DAYS = ("export.invoices_from", "expenses.from_date")
ALLOCATIONS = ((Allocation.MONTHS.value, _("equal months")), (Allocation.DAYS.value, _("days")))


def platform_field(one: SetupField, language: str) -> forms.Field:
    """Make the form field of a platform's setting. Its declaration checks the value when the whole form is read."""
    words: dict[str, Any] = {
        "label": one.label.get(language, one.name),
        "help_text": one.help.get(language, ""),
        "required": False,
    }
    if one.kind is FieldKind.CHOICE:
        return forms.ChoiceField(choices=one.choices, **words)
    if one.kind is FieldKind.SECRET:
        return forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), **words)
    limit = forms.CharField(max_length=one.max_length, **words)
    limit.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
    if one.kind is FieldKind.URL:
        limit.widget.attrs["inputmode"] = "url"
    return limit
