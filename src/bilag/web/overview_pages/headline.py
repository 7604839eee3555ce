"""Choose the headline of the overview: one sentence on the status of the integration, and the remedy if any."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.companies import store
from bilag.companies.setup import Setup
from bilag.events.models import Event
from bilag.expenses import queries as lines
from bilag.jobs import health
from bilag.members.access import Access
from bilag.transfers.models import PollMark, State
from bilag.web.overview_pages.figures import Figures
from bilag.web.templatetags.bilag import problem


@dataclass(frozen=True, slots=True)
class ToDo:
    """A step to complete before the integration is switched on."""

    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline. `level` is good, info, warn or bad; `pill` is a CSS class and its text."""

    level: str
    pill: tuple[str, str]
    title: str
    text: str = ""
    remedy: str = ""
    since: datetime | None = None
    to_setup: str = ""
    """The text of a link to the setup."""
    to_do: tuple[ToDo, ...] = ()


def headline(access: Access, setup: Setup, figures: Figures) -> Headline:
    """Return the headline for the most serious condition."""
    if not setup.live:
        return _not_live(access, setup)
    if setup.paused is not None:
        rendered = problem(setup.paused)
        return Headline(
            "bad",
            ("paused", _("Paused")),
            _("Nothing is transferred"),
            rendered.message,
            rendered.remedy,
            since=access.company.paused_at,
            to_setup=_("Go to the setup"),
        )
    live = ("live", _("Switched on"))
    if not health.worker_alive():
        text = _("Bilag's background service is not running. Bilag receives new invoices, but transfers nothing.")
        return Headline(
            "bad", live, _("Nothing is transferred now"), text, _("Ask your Bilag administrator to start it.")
        )
    failed = _poll_failed(setup.company_id, figures.polls)
    if failed is not None:
        rendered = problem(failed.problem or {"code": "unknown"})
        return Headline(
            "warn", live, _("The sync with Moment failed"), rendered.message, rendered.remedy, since=failed.at
        )
    waiting = figures.states.get(State.NEEDS_ATTENTION, 0)
    if waiting:
        text = ngettext("%(count)s transfer needs attention", "%(count)s transfers need attention", waiting)
        return Headline("warn", live, text % {"count": waiting}, _("Everything else is transferred automatically."))
    expenses = lines.needing_a_person(setup.company_id) if setup.expenses.enabled else 0
    if expenses:
        text = ngettext("%(count)s expense needs attention", "%(count)s expenses need attention", expenses)
        return Headline(
            "warn",
            live,
            text % {"count": expenses},
            _("See the page Expenses. Invoices are transferred automatically."),
        )
    return Headline("good", live, _("All is well"), _("Nothing needs attention."))


def _not_live(access: Access, setup: Setup) -> Headline:
    """Return the headline of a company that is switched off."""
    notified = store.has_recipients(setup.company_id)
    to_do: tuple[ToDo, ...] = (
        ToDo(_("Fill in the setup"), bool(setup.moment.api_key)),
        ToDo(_("Choose who to notify when something stops"), notified),
        ToDo(_("Check the connection and switch on the integration"), False),
    )
    if access.company.live_since is None:
        title, text = (
            _("The setup is not finished"),
            _("Nothing is transferred until you switch on the integration. Remaining steps:"),
        )
    else:
        title = _("Nothing is transferred")
        text = _("Switch on the integration to start transferring again.")
        to_do = ()
    to_setup = _("Continue the guided setup") if access.may_change else _("Go to the setup")
    return Headline("info", ("", _("Switched off")), title, text, to_setup=to_setup, to_do=to_do)


def _poll_failed(company_id: int, polls: list[PollMark]) -> Event | None:
    """Return the last failed poll of Moment, if no poll has succeeded since."""
    polled = max((mark.polled_at for mark in polls if mark.polled_at), default=None)
    failures = Event.objects.filter(company_id=company_id, name="poll_failed")
    if polled is not None:
        failures = failures.filter(at__gt=polled)
    return failures.order_by("-at").first()
