"""Choose the headline of the overview: one sentence on the status of the integration, and the remedy if any."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.companies.setup import Setup
from bilag.events.models import Event
from bilag.expenses import queries as lines
from bilag.jobs import health
from bilag.members.access import Access
from bilag.transfers.models import PollMark, State
from bilag.web.guide_pages.progress import progress_of
from bilag.web.inbox_pages.rows import link_of_pause
from bilag.web.overview_pages.figures import Figures
from bilag.web.overview_pages.open_invoices import Outage
from bilag.web.templatetags.bilag import oslo, problem


@dataclass(frozen=True, slots=True)
class ToDo:
    """A step to complete before the integration is switched on."""

    text: str
    done: bool
    url: str


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline. `level` is good, info, warn or bad; `pill` is a CSS class and its text."""

    level: str
    pill: tuple[str, str]
    title: str
    text: str = ""
    remedy: str = ""
    since: datetime | None = None
    to_do: tuple[ToDo, ...] = ()
    link: tuple[str, str] = ("", "")
    """The address and the text of a link."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the headline judges: the causes that need attention, the systems that do not answer, and manual work that is left."""

    causes: int
    outages: list[Outage]
    failed: Event | None
    """The last sync with Moment, if it failed."""
    to_post_manually: int


def headline(access: Access, setup: Setup, figures: Figures, standing: Standing) -> Headline:
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
            link=link_of_pause(access.company, setup.paused),
        )
    live = ("live", _("Switched on"))
    if not health.worker_alive():
        text = _("Bilag's background service is not running. Bilag receives new invoices, but transfers nothing.")
        return Headline(
            "bad", live, _("Nothing is transferred now"), text, _("Ask your Bilag administrator to start it.")
        )
    failed = standing.failed
    if standing.outages:
        return _no_answer(standing.outages[0], live)
    if failed is not None:
        rendered = problem(failed.problem or {"code": "unknown"})
        return Headline(
            "warn", live, _("The sync with Moment failed"), rendered.message, rendered.remedy, since=failed.at
        )
    waiting = figures.states.get(State.NEEDS_ATTENTION, 0)
    if waiting:
        text = ngettext("%(count)s transfer needs attention", "%(count)s transfers need attention", waiting)
        return Headline("warn", live, text % {"count": waiting}, _("Everything else is transferred automatically."))
    expenses = lines.needing_a_person(setup.company_id) if setup.expenses.enabled and standing.causes else 0
    if expenses:
        text = ngettext("%(count)s expense needs attention", "%(count)s expenses need attention", expenses)
        return Headline(
            "warn",
            live,
            text % {"count": expenses},
            _("See the page Expenses. Invoices are transferred automatically."),
        )
    if standing.causes:
        text = ngettext("%(count)s problem needs attention", "%(count)s problems need attention", standing.causes)
        return Headline("warn", live, text % {"count": standing.causes}, _("Invoices are transferred automatically."))
    if standing.to_post_manually:
        return _excluded(access, standing.to_post_manually, live)
    return Headline("good", live, _("All is well"), _("Nothing needs attention."))


def _no_answer(outage: Outage, live: tuple[str, str]) -> Headline:
    """Say since when a system does not answer, and that Bilag retries automatically."""
    title = _("No answer from %(system)s since %(time)s")
    text = ngettext(
        "%(count)s transfer is waiting and goes automatically when %(system)s answers.",
        "%(count)s transfers are waiting and go automatically when %(system)s answers.",
        outage.waiting,
    )
    facts = {"system": outage.system, "time": oslo(outage.since, "short"), "count": outage.waiting}
    return Headline("warn", live, title % facts, text % facts)


def _excluded(access: Access, count: int, live: tuple[str, str]) -> Headline:
    """Name what a person excluded and somebody still has to post: without this, the headline would say that all is well."""
    title = ngettext("%(count)s excluded: post it manually", "%(count)s excluded: post them manually", count)
    text = _("Nothing else needs attention. Say on the page of each when it is posted.")
    address = reverse("transfers", args=[access.company.slug]) + "?reason=excluded"
    return Headline("info", live, title % {"count": count}, text, link=(address, _("Show excluded invoices")))


def _not_live(access: Access, setup: Setup) -> Headline:
    """Return the headline of a company that is switched off."""
    to_do: tuple[ToDo, ...] = ()
    if access.company.live_since is None:
        entries = progress_of(access.company, setup).entries if access.may_change else ()
        to_do = tuple(ToDo(one.title, one.finished, one.url) for one in entries if not one.optional)
        title = _("The setup is not finished")
        text = _("Nothing is transferred until the integration is switched on.")
        if to_do:
            text = _("Nothing is transferred until you switch on the integration. Remaining steps:")
    else:
        title = _("Nothing is transferred")
        text = _("Switch on the integration to start transferring again.")
    page, words = ("guide", _("Continue the guided setup")) if access.may_change else ("setup", _("Go to the setup"))
    link = (reverse(page, args=[access.company.slug]), words)
    return Headline("info", ("", _("Switched off")), title, text, to_do=to_do, link=link)


def poll_failed(company_id: int, polls: list[PollMark]) -> Event | None:
    """Return the last failed poll of Moment, if no poll has succeeded since."""
    polled = max((mark.polled_at for mark in polls if mark.polled_at), default=None)
    failures = Event.objects.filter(company_id=company_id, name="poll_failed")
    if polled is not None:
        failures = failures.filter(at__gt=polled)
    return failures.order_by("-at").first()
