"""The steps of a connection check as rows of a page: title, result, and where each fault is corrected."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilag.companies.check import CheckedStep, CheckReport, StepName, StepStatus
from bilag.companies.setup import Setup
from bilag.companies.unfinished import shown_key
from bilag.companies.who import Seen
from bilag.platforms.base import PlatformStep
from bilag.platforms.registry import platform_kinds
from bilag.posting.problem import Problem
from bilag.web.setup_pages.filling import html_name
from bilag.web.setup_pages.words import label_of
from bilag.web.templatetags.bilag import problem, said

Where = Callable[[str], str]
"""Returns the address of the field with this dotted name."""
STEPS = {
    StepName.MOMENT: (gettext_lazy("Connected to Moment"), "", gettext_lazy("Bilag cannot connect to Moment")),
    PlatformStep.SIGNED_IN: (
        gettext_lazy("Signed in to accounting"),
        "",
        gettext_lazy("Bilag cannot sign in to accounting"),
    ),
    PlatformStep.CLIENT_FOUND: (
        gettext_lazy("The client was found"),
        "",
        gettext_lazy("The client was not found"),
    ),
    PlatformStep.CHART: (
        gettext_lazy("Bilag can read accounts and VAT codes"),
        "",
        gettext_lazy("Bilag cannot read accounts and VAT codes"),
    ),
    PlatformStep.UNITS: (
        gettext_lazy("The dimensions exist"),
        "",
        gettext_lazy("The selected dimensions cannot be used"),
    ),
    PlatformStep.PERIODS: (gettext_lazy("At least one period is open"), "", gettext_lazy("No period is open")),
    StepName.ACCOUNTS: (
        gettext_lazy("Accounts and VAT codes are the same in Moment and accounting"),
        gettext_lazy("Accounts or VAT codes differ between Moment and accounting"),
        gettext_lazy("Bilag cannot compare accounts and VAT codes"),
    ),
    StepName.NUMBERS: (
        gettext_lazy("The project numbers can be used in the dimension"),
        gettext_lazy("Some project numbers cannot be used in the dimension"),
        gettext_lazy("Bilag cannot compare the project numbers"),
    ),
    StepName.CARRIED: (gettext_lazy("Not everything on an invoice reaches accounting"), "", ""),
    StepName.WHO: (
        gettext_lazy("Moment, Bilag and the client are one company"),
        gettext_lazy("Are Moment, Bilag and the client one company?"),
        gettext_lazy("Moment, Bilag and the client are not one company"),
    ),
    StepName.NOTIFIED: (
        gettext_lazy("At least one person is notified"),
        gettext_lazy("No recipients"),
        gettext_lazy("No recipients"),
    ),
}
"""The title of each step when it is good, when it warns, and when it failed. Empty: it never warns."""
STATUSES = (StepStatus.OK, StepStatus.WARNING, StepStatus.FAILED)
NAMED_BY_DETAIL = (StepName.MOMENT, PlatformStep.SIGNED_IN)
"""Steps whose detail repeats the title with the system's own name: it replaces the title."""
FIELDS = {
    StepName.MOMENT: "moment.api_key",
    PlatformStep.UNITS: "dimensions.project",
    StepName.NUMBERS: "dimensions.project",
    StepName.NOTIFIED: "notify.emails",
}
"""The setting that a step is about; `PlatformKind.fields_of_steps` has those of a platform."""


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """A problem that a step found. `href` leads to the field to correct; empty where it is not in the setup."""

    subject: str
    message: str
    remedy: str
    href: str


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step. `field` and `href` name the setting to look at where no problem does. Only one step has `sides`: the parties."""

    name: str
    status: StepStatus
    title: str
    detail: str
    problems: tuple[ShownProblem, ...]
    field: str
    href: str
    sides: tuple[dict[str, object], ...] = ()
    asks: bool = False
    """Whether a person must confirm the parties."""


def shown_step(step: CheckedStep, setup: Setup, seen: Seen | None, where: Where) -> ShownStep:
    """Render a step in the language of the page."""
    title, detail = str(STEPS[step.name][STATUSES.index(step.status)]), said(step.detail)
    if step.name is StepName.NOTIFIED and step.problems:
        detail = ""  # the problem's sentence says it
    if step.name in NAMED_BY_DETAIL and step.status is StepStatus.OK and detail:
        title, detail = detail, ""
    sides: tuple[dict[str, object], ...] = ()
    asks = False
    if step.name is StepName.WHO and seen is not None:
        sides, detail, asks = sides_of(seen), "", seen.standing.asks
    problems = tuple(_shown_problem(one, where) for one in step.problems)
    named = step.status is StepStatus.OK or any(one.href for one in problems)
    field = "" if named else _field_of(step, setup)
    return ShownStep(
        step.name.value,
        step.status,
        title,
        "" if detail == title else detail,
        problems,
        label_of(field) if field else "",
        where(field) if field else "",
        sides,
        asks,
    )


def shown_steps(report: CheckReport, setup: Setup, where: Where) -> list[ShownStep]:
    """Render all steps of a report."""
    return [shown_step(step, setup, report.seen, where) for step in report.steps]


def sides_of(seen: Seen) -> tuple[dict[str, object], ...]:
    """Return the three parties: title, name, organisation number, and where they were asked."""
    parties = seen.parties
    return (
        {"title": _("The company in Moment"), "party": parties.moment, "where": _moment_in_words(parties.source)},
        {"title": _("The company in Bilag"), "party": parties.company, "where": ""},
        {"title": _("The client in accounting"), "party": parties.client, "where": _ledger_in_words(parties.ledger)},
    )


def _moment_in_words(key: str) -> str:
    """Name a company in Moment ("app.moment.team/4021") by its id and address."""
    address, _slash, number = shown_key(key).rpartition("/")
    return _("Company id %(number)s at %(address)s") % {"number": number, "address": address} if address else ""


def _ledger_in_words(key: str) -> str:
    """Name a ledger ("azets:S2041:123") by its accounting system and what it is called there."""
    kind, _colon, rest = shown_key(key).partition(":")
    known = platform_kinds().get(kind)
    return f"{said(known.label)} · {' · '.join(reversed(rest.split(':')))}" if known and rest else shown_key(key)


def on_setup_page(slug: str) -> Where:
    """Return where the fields of a company are on its setup page."""
    return lambda dotted: elsewhere(dotted, slug) or reverse("setup", args=[slug]) + anchor(dotted)


def elsewhere(dotted: str, slug: str) -> str:
    """Return the address of a setting that no form of the setup has; empty for all others."""
    return reverse("company", args=[slug]) + "#details" if dotted.startswith("company.") else ""


def anchor(dotted: str) -> str:
    """Return the anchor of a field in a form of the setup."""
    return f"#field-{html_name(dotted)}"


def _field_of(step: CheckedStep, setup: Setup) -> str:
    """Return the dotted name of the setting to look at; empty if there is none."""
    own = platform_kinds()[setup.platform_kind].fields_of_steps
    if isinstance(step.name, PlatformStep) and step.name in own:
        return f"platform.{setup.platform_kind}.{own[step.name]}"
    return FIELDS.get(step.name, "")


def _shown_problem(stored: Problem, where: Where) -> ShownProblem:
    rendered = problem(stored)
    kind, _space, dotted = stored.subject.partition(" ")
    dotted = dotted if kind == "setup" and "." in dotted else ""
    subject = label_of(dotted) if dotted else rendered.subject
    return ShownProblem(subject, rendered.message, rendered.remedy, where(dotted) if dotted else "")
