"""Is all well? One sentence, and what to do if not."""

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
    """One thing that is to be done before the company goes live."""

    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """`level` is good, info, warn or bad; `pill` a state and its word."""

    level: str
    pill: tuple[str, str]
    title: str
    text: str = ""
    cure: str = ""
    since: datetime | None = None
    to_setup: str = ""
    """The words of a link to the setup."""
    to_do: tuple[ToDo, ...] = ()


def headline(access: Access, setup: Setup, figures: Figures) -> Headline:
    """What stands above all, the gravest first."""
    if not setup.live:
        return _not_live(access, setup)
    if setup.paused is not None:
        told = problem(setup.paused)
        return Headline(
            "bad",
            ("paused", _("Paused")),
            _("Paused: nothing is transferred"),
            told.message,
            told.remedy,
            since=access.company.paused_at,
            to_setup=_("Go to the setup"),
        )
    live = ("live", _("Live"))
    if not health.worker_alive():
        text = _("Bilag's worker does not run, so what comes is kept and nothing goes.")
        return Headline("bad", live, _("Nothing is transferred now"), text, _("Ask who runs Bilag to start it."))
    silent = _poll_failed(setup.company_id, figures.polls)
    if silent is not None:
        told = problem(silent.problem or {"code": "unknown"})
        return Headline("warn", live, _("Moment could not be asked"), told.message, told.remedy, since=silent.at)
    waiting = figures.states.get(State.NEEDS_ATTENTION, 0)
    if waiting:
        text = ngettext("%(count)s transfer waits for a person", "%(count)s transfers wait for a person", waiting)
        return Headline("warn", live, text % {"count": waiting}, _("Everything else goes by itself."))
    expenses = lines.needing_a_person(setup.company_id) if setup.expenses.enabled else 0
    if expenses:
        text = ngettext("%(count)s expense waits for a person", "%(count)s expenses wait for a person", expenses)
        return Headline(
            "warn", live, text % {"count": expenses}, _("See the page Expenses. Invoices go by themselves.")
        )
    return Headline("good", live, _("All is well"), _("Nothing waits for a person."))


def _not_live(access: Access, setup: Setup) -> Headline:
    told = store.has_recipients(setup.company_id)
    to_do: tuple[ToDo, ...] = (
        ToDo(_("Fill in the setup"), bool(setup.moment.api_key)),
        ToDo(_("Choose who is told when something stops"), told),
        ToDo(_("Check the connection and switch it on"), False),
    )
    if access.company.live_since is None:
        title, text = _("Not live yet"), _("Nothing is transferred before it is switched on. This is left to do:")
    else:
        title, text = _("Switched off"), _("Nothing is transferred until it is switched on again.")
        to_do = ()
    return Headline("info", ("", _("Not live")), title, text, to_setup=_("Go to the setup"), to_do=to_do)


def _poll_failed(company_id: int, polls: list[PollMark]) -> Event | None:
    """The failure to ask Moment that no poll has been well since."""
    asked = max((mark.polled_at for mark in polls if mark.polled_at), default=None)
    failures = Event.objects.filter(company_id=company_id, name="poll_failed")
    if asked is not None:
        failures = failures.filter(at__gt=asked)
    return failures.order_by("-at").first()
