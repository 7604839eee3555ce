"""The four links that an invoice needs: Moment, its webhook, the accounting system, and email."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.events.models import Event
from bilag.transfers.models import PollMark
from bilag.transfers.queries.transfers import last_done
from bilag.web import labels
from bilag.web.frame_figures import FrameFigures
from bilag.web.inbox_pages.rows import link_of_pause
from bilag.web.overview_pages.open_invoices import Outage
from bilag.web.templatetags.bilag import oslo


@dataclass(frozen=True, slots=True)
class Link:
    """One link: its name, its state in words, and the page that says more. `level` is good, warn, bad or empty."""

    name: str
    level: str
    text: str
    url: str


def links(
    company: Company,
    setup: Setup,
    frame: FrameFigures,
    polls: Sequence[PollMark],
    failed: Event | None,
    without_answer: Sequence[Outage],
) -> list[Link]:
    """Return the four, in the order that an invoice takes. `failed`: the last sync with Moment, if it failed."""
    since = {one.system: one.since for one in without_answer}
    return [
        _moment(company, polls, failed),
        _webhook(company),
        _accounting(company, setup, since),
        _email(company, frame),
    ]


def _moment(company: Company, polls: Sequence[PollMark], failed: Event | None) -> Link:
    url = reverse("log", args=[company.slug]) + "?sort=polls"
    last = max((mark.polled_at for mark in polls if mark.polled_at), default=None)
    if failed is not None:
        return Link("Moment", "bad", _("The last sync failed"), url)
    if last is None:
        return Link("Moment", "", _("Not synced yet"), url)
    return Link("Moment", "good", _("Last sync %(time)s") % {"time": oslo(last, "short")}, url)


def _webhook(company: Company) -> Link:
    url = reverse("company", args=[company.slug]) + "#webhook"
    if company.last_hint_at is None:
        return Link(_("Webhook"), "warn" if company.live else "", _("No call from Moment yet"), url)
    return Link(_("Webhook"), "good", _("Last call %(time)s") % {"time": oslo(company.last_hint_at, "short")}, url)


def _accounting(company: Company, setup: Setup, since: Mapping[str, datetime]) -> Link:
    name = labels.system_name(setup.platform_kind)
    url = reverse("transfers", args=[company.slug]) + "?sort=done"
    if name in since:
        return Link(name, "bad", _("No answer since %(time)s") % {"time": oslo(since[name], "short")}, url)
    if setup.paused is not None:
        return Link(name, "bad", _("Paused"), link_of_pause(company, setup.paused)[0])
    last = last_done(company.pk)
    if last is None:
        return Link(name, "", _("Nothing transferred yet"), url)
    return Link(name, "good", _("Last transfer %(time)s") % {"time": oslo(last, "short")}, url)


def _email(company: Company, frame: FrameFigures) -> Link:
    recipients = len(frame.settings.notify.recipients)
    if frame.rejecting:
        text = ngettext("%(count)s address is rejected", "%(count)s addresses are rejected", len(frame.rejecting))
        url = reverse("company", args=[company.slug]) + "#emails"
        return Link(_("Email"), "bad", text % {"count": len(frame.rejecting)}, url)
    url = reverse("setup", args=[company.slug]) + "#notify"
    if not recipients:
        return Link(_("Email"), "warn", _("Nobody is notified"), url)
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return Link(_("Email"), "warn", _("Written to files, not sent"), url)
    text = ngettext("%(count)s recipient", "%(count)s recipients", recipients)
    return Link(_("Email"), "good", text % {"count": recipients}, url)
