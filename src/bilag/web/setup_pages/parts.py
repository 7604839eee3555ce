"""The parts of the setup page and the help texts of their fields: connections, export, dimensions, expenses, accrual…"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bilag.companies.fields import SECTIONS
from bilag.companies.settings import Section
from bilag.platforms.base import FieldKind, PlatformKind, SetupField
from bilag.posting.accrual import Allocation

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Part:
    """A part: its title, a sentence about it, its fields by dotted name. `opened_by`: the switch that shows the others."""

    key: Section
    title: Text
    about: Text
    fields: tuple[str, ...]
    opened_by: str | None = None


def is_offered(name: str, kind: PlatformKind) -> bool:
    """Whether the page offers a setting for this platform: attachments only where it can attach documents."""
    return name != "export.attachments" or any(way.capabilities.attachments for way in kind.ways)


def parts_of(kind: PlatformKind) -> tuple[Part, ...]:
    """Return the parts of the page for this accounting platform."""
    platform = tuple(f"platform.{kind.name}.{one.name}" for one in kind.fields)
    return (
        Part(
            Section.MOMENT,
            _("Connection to Moment"),
            _("Bilag gets invoices, customers and projects from Moment."),
            ("moment.base_url", "moment.company_id", "moment.api_key", "moment.rates_per_hundred"),
        ),
        Part(
            Section.PLATFORM,
            _("Connection to accounting"),
            _("The details you received from the accounting office."),
            platform,
        ),
        Part(
            Section.EXPORT,
            _("What to transfer"),
            _(
                "Moment is the master: invoices, customers and projects keep their numbers from Moment in accounting. Do not "
                "change these numbers in accounting."
            ),
            (
                "export.customers",
                "export.customer_states",
                "export.projects",
                "export.project_states",
                "export.invoices",
                *(("export.attachments",) if is_offered("export.attachments", kind) else ()),
                "export.invoices_from",
            ),
        ),
        Part(
            Section.DIMENSIONS,
            _("Dimensions"),
            _("The organisational units that accounting uses for projects and departments."),
            ("dimensions.project", "dimensions.department"),
        ),
        Part(
            Section.EXPENSES,
            _("Expenses"),
            _(
                "Bilag imports supplier costs from accounting to Moment as project expenses, so that you can invoice them."
            ),
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
            _("Income for a service period of several months is spread over those months."),
            ("accrual.enabled", "accrual.credit_account", "accrual.debit_account", "accrual.by"),
            opened_by="accrual.enabled",
        ),
        Part(
            Section.ACCRUED_INCOME,
            _("Accrued income"),
            _(
                "Bilag posts income that is earned but not invoiced at the end of the month, per project, and reverses it the "
                "next day."
            ),
            ("accrued_income.enabled", "accrued_income.debit_account", "accrued_income.credit_account"),
            opened_by="accrued_income.enabled",
        ),
        Part(
            Section.ROUNDING, _("Rounding"), _("The account for differences of one or two øre."), ("rounding.account",)
        ),
        Part(
            Section.TEXTS,
            _("Texts"),
            _(
                "What vouchers and entries are called in accounting. Write words, and fields in braces: {kind} (Invoice or Credit "
                "note), {number} (of the invoice), {description}, {customer} (name), {customer number}, {project} (number), "
                "{reference} (of the customer). A field without a value is left out."
            ),
            ("texts.voucher", "texts.entry"),
        ),
        Part(
            Section.RETENTION,
            _("Retention"),
            _("How long Bilag keeps the audit trail: what was sent, when, why, and the answers."),
            ("retention.years",),
        ),
        Part(
            Section.NOTIFY,
            _("Notifications"),
            _(
                "Each of these people receives every email about the company: when something stops, with what to do; at 8 in "
                "the morning while something is still open; and when all is well again. Invitations and emails about "
                "passwords go to their own recipient only."
            ),
            ("notify.users", "notify.emails"),
        ),
    )


MOMENT_ADDRESS = "https://app.moment.team"
"""Where nearly every company's Moment is. BILAG_MOMENT_ADDRESS names another for an installation."""


def offered_values(kind: PlatformKind, usual: Mapping[str, str]) -> Mapping[str, str]:
    """Return the values, by dotted name, that the form has until others are entered: those that the operator set for all, else
    those that are `usual` here."""
    own = {f"platform.{kind.name}.{one.name}": one.offered() for one in kind.fields if one.offered is not None}
    own |= {name: value for name, value in usual.items() if not own.get(name)}
    return {"moment.base_url": os.environ.get("BILAG_MOMENT_ADDRESS") or MOMENT_ADDRESS, **own}


def required_of(kind: PlatformKind) -> frozenset[str]:
    """Return the dotted names of the settings that must be filled in."""
    own = {f"platform.{kind.name}.{one.name}" for one in kind.fields if one.required}
    moment = {f"{Section.MOMENT}.{key}" for key, spec in SECTIONS[Section.MOMENT].items() if spec.required}
    return frozenset(own | moment)


HELP: dict[str, Text] = {
    "moment.base_url": _("Nearly every company has this address. Moment tells you if yours is another."),
    "moment.company_id": _("The number of your company in Moment, for example 4021."),
    "moment.api_key": _("Create the key in Moment under Settings, API keys."),
    "moment.rates_per_hundred": _(
        "Select the currencies that Moment quotes per 100 units, for example 97.84 for SEK. All other rates are per unit."
    ),
    "export.customers": _(
        "Creates and updates customers in accounting with their customer number from Moment, when they change and before their "
        "first invoice."
    ),
    "export.customer_states": _("If none is selected, all are exported."),
    "export.projects": _(
        "Creates and updates projects in the project dimension with their project number from Moment. Requires a project dimension."
    ),
    "export.project_states": _("If none is selected, all are exported."),
    "export.invoices": _(
        "Posts each finalised invoice in the journal at once, with the invoice number as voucher number. Lines are grouped by "
        "account."
    ),
    "export.attachments": _(
        "Attaches the PDF of the invoice to its voucher after posting. If accounting does not accept attachments for the "
        "client, they are not transferred."
    ),
    "export.invoices_from": _(
        "Invoices finalised earlier are only transferred manually. Leave blank to start on the day the integration is "
        "switched on."
    ),
    "dimensions.project": _("If none is selected, projects are not sent."),
    "dimensions.department": _("If none is selected, departments are not sent."),
    "expenses.import": _("Switch on if you invoice costs that are posted in accounting to your own customers."),
    "expenses.activity": _(
        "Bilag registers imported expenses on this activity, and creates it in projects that do not have it."
    ),
    "expenses.report_name": _("Leave blank to use the standard report."),
    "expenses.billability_dimension": _(
        "1 = billable, 2 = not billable. With any other number, the expense is ignored. Only units 1–6 can be used."
    ),
    "expenses.billable_by_default": _(
        "Used when no billability dimension is selected and the project's price model does not decide."
    ),
    "expenses.account_above": _("Lines on this account or a lower one are not imported."),
    "expenses.days_back": _("How many days back each import looks for lines that were posted late."),
    "expenses.from_date": _("Lines dated earlier are never imported."),
    "expenses.approve_billable": "",
    "accrual.enabled": "",
    "accrual.credit_account": _("For example 2965, advances from customers."),
    "accrual.debit_account": _("For example 3910, accrued income."),
    "accrual.by": "",
    "accrued_income.enabled": "",
    "accrued_income.debit_account": _("For example 1530, earned income not invoiced."),
    "accrued_income.credit_account": _("For example 3090, change in earned income."),
    "rounding.account": _("Leave blank to use 7740."),
    "texts.voucher": _(
        "For example {kind} {number} {customer}. Leave blank to use the description of the invoice, or else its number."
    ),
    "texts.entry": _(
        "Also {text}, the text of the invoice lines, and {account}, the name of the account. Leave blank to use {text}."
    ),
    "retention.years": _("The law requires five years."),
    "notify.users": _("Select among the users in Moment."),
    "notify.emails": _("Other recipients, one address per line."),
}
"""The help text of each field that is not the platform's own."""

SWITCHES = (
    "export.customers",
    "export.projects",
    "export.invoices",
    "export.attachments",
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
"""Currencies that Norges Bank quotes per 100 units, among those that Norwegian companies invoice in."""
DAYS = ("export.invoices_from", "expenses.from_date")
ALLOCATIONS = ((Allocation.MONTHS.value, _("equally per month")), (Allocation.DAYS.value, _("by days")))


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
