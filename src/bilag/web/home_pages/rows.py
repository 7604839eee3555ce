"""The rows and headings of the list of companies."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.messages import render_problem
from bilag.notifications.console import CompanyState, CompanyStatus, Sort
from bilag.posting.problem import Problem
from bilag.web.headings import Heading
from bilag.web.home_pages.filters import SORTS, STATES, Filters
from bilag.web.templatetags.bilag import language

PILLS = {CompanyState.LIVE: "live", CompanyState.PAUSED: "paused", CompanyState.NEW: "", CompanyState.STOPPED: ""}


@dataclass(frozen=True, slots=True)
class ToDo:
    """What needs attention in a company, and the address of its page."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A company in the list."""

    name: str
    url: str
    organisation_number: str
    state: str
    pill: str
    to_do: list[ToDo]
    oldest: datetime | None
    polled: datetime | None
    posted: datetime | None
    guide: str
    """The address at which the reader continues the setup of a company that was never switched on; else empty."""


def row(one: CompanyStatus, *, operator: bool) -> Row:
    """Return a company as a row, in the language of the page."""
    state = CompanyState(one.state)
    return Row(
        name=one.name,
        url=reverse("overview", args=[one.slug]),
        organisation_number=one.organisation_number or "",
        state=str(STATES[state]),
        pill=PILLS[state],
        to_do=list(_to_do(one)),
        oldest=one.oldest,
        polled=one.polled,
        posted=one.posted,
        guide=reverse("guide", args=[one.slug]) if operator and state is CompanyState.NEW else "",
    )


def headings(filters: Filters) -> list[Heading]:
    """Return the headings. The heading of the sorted column links to the reverse order."""
    found = []
    for key in (Sort.NAME, Sort.STATE, Sort.ATTENTION, Sort.OLDEST, Sort.POLLED, Sort.POSTED):
        order = ""
        if filters.sort.lstrip("-") == key:
            backwards = filters.sort.startswith("-")
            order = "descending" if backwards != (key is Sort.ATTENTION) else "ascending"
        other = f"-{key}" if filters.sort == key else str(key)
        found.append(Heading(str(SORTS[key]), filters.address(sort=other), order))
    return found


def _to_do(one: CompanyStatus) -> Iterator[ToDo]:
    """Yield what needs attention, the most serious first; for a company that was never switched on, a link to its setup."""
    if one.state == CompanyState.NEW:
        yield ToDo(_("Continue the setup"), reverse("guide", args=[one.slug]))
    if one.pause is not None:
        yield ToDo(render_problem(one.pause, language()).message, reverse("setup", args=[one.slug]))
    if one.ahead is not None:
        text = _("Accounting has vouchers that Bilag posted and no longer knows.")
        yield ToDo(text, reverse("recover", args=[one.slug]))
    if one.poll is not None:
        text = render_problem(Problem.from_json(one.poll), language()).message
        yield ToDo(text, reverse("log", args=[one.slug]) + "?sort=polls")
    if one.imports is not None:
        text = render_problem(Problem.from_json(one.imports), language()).message
        yield ToDo(text, reverse("expenses-imports", args=[one.slug]))
    if one.transfers:
        text = ngettext("%(count)s transfer", "%(count)s transfers", one.transfers)
        url = reverse("inbox", args=[one.slug])
        yield ToDo(text % {"count": one.transfers}, url)
    if one.expenses:
        text = ngettext("%(count)s expense", "%(count)s expenses", one.expenses)
        url = reverse("inbox", args=[one.slug])
        yield ToDo(text % {"count": one.expenses}, url)
    if one.months:
        text = ngettext("%(count)s month with differences", "%(count)s months with differences", one.months)
        yield ToDo(text % {"count": one.months}, reverse("reconciliation", args=[one.slug]))
