"""Render causes, and the comments and decisions about them, in the language of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from bilag.companies.models import Company
from bilag.events.models import Event
from bilag.events.record import EventName
from bilag.inbox.handling import InboxRow
from bilag.inbox.open_problems import PARTIES, OpenProblem, place_of_pause
from bilag.messages import RenderedProblem, render_in_general, render_who
from bilag.messages.titles import render_title
from bilag.posting.problem import Problem
from bilag.web.templatetags.bilag import language, oslo, problem

PLACES = {
    "transfers": gettext_noop("Show in the list of transfers"),
    "setup": gettext_noop("Go to the setup"),
    PARTIES: gettext_noop("Check who the parties are"),
    "expenses": gettext_noop("Open the expenses"),
    "reconciliation": gettext_noop("Open the reconciliation"),
    "recover": gettext_noop("See what accounting has"),
    "log": gettext_noop("Open the log"),
}
"""The text of the link to where a cause is handled, by its address or the first part of that."""


@dataclass(frozen=True, slots=True)
class ShownCause:
    """A cause as the inbox shows it. `retry_key` names its transfers for "Retry all"; empty if it has none."""

    cause: str
    title: str
    message: str
    remedy: str
    who: str
    count: int
    counted: str
    amounts: Mapping[str, Decimal]
    since: datetime | None
    last_seen: datetime | None
    place: str
    place_text: str
    retry_key: str
    assigned_to: int | None
    assigned_name: str
    snoozed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """A comment or decision about a cause. `text` is a member's own words."""

    at: datetime
    by: str
    what: str
    text: str


def shown_cause(row: InboxRow) -> ShownCause:
    """Return a row of the inbox."""
    one = row.problem
    rendered = _rendered(one)
    return ShownCause(
        one.cause,
        render_title(one.problem, language()),
        rendered.message,
        rendered.remedy,
        render_who(rendered.who, language()),
        one.count,
        _counted(one),
        one.amounts,
        one.since,
        one.last_seen,
        one.place,
        _place_text(one.place),
        one.transfers_key,
        row.assigned_to.pk if row.assigned_to is not None else None,
        row.assigned_to.shown_name if row.assigned_to is not None else "",
        row.snoozed_until,
    )


def link_of_pause(company: Company, paused: Problem) -> tuple[str, str]:
    """Return the address and the text of the link to the page that handles what paused the company."""
    place = place_of_pause(paused)
    return reverse("overview", args=[company.slug]) + place, _place_text(place)


def shown_event(event: Event) -> Said:
    """Return an entry of the activity."""
    facts: dict[str, Any] = event.facts
    match event.name:
        case EventName.CAUSE_ASSIGNED if facts.get("to"):
            what = _("assigned it to %(name)s") % {"name": facts["to"]}
        case EventName.CAUSE_ASSIGNED:
            what = _("assigned it to nobody")
        case EventName.CAUSE_SNOOZED:
            what = _("snoozed it until %(time)s") % {"time": oslo(facts.get("until"))}
        case EventName.CAUSE_WOKEN:
            what = _("ended the snooze")
        case _:
            what = pgettext("comment", "wrote")
    return Said(event.at, event.origin or "Bilag", what, str(facts.get("said", "")))


def _rendered(one: OpenProblem) -> RenderedProblem:
    """Return the problem in words; if several objects have it, without the details of the newest one."""
    return render_in_general(one.problem, language()) if one.count > 1 else problem(one.problem)


def _counted(one: OpenProblem) -> str:
    """Return how many objects it stops; empty for a cause that is about no objects."""
    match one.key.partition("|")[0]:
        case "transfers":
            text = ngettext("%(count)s document", "%(count)s documents", one.count)
        case "expenses":
            text = ngettext("%(count)s expense", "%(count)s expenses", one.count)
        case _:
            return ""
    return text % {"count": one.count}


def _place_text(place: str) -> str:
    return _(PLACES.get(place) or PLACES[place.partition("/")[0]])
