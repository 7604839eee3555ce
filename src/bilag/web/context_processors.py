"""Template context for every page: navigation, warnings and the current company."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bilag import __version__
from bilag.companies import store
from bilag.expenses.queries import needing_a_person
from bilag.members.access import Access, companies_of
from bilag.notifications.models import Letter
from bilag.transfers import ledger_ahead
from bilag.transfers.queries import transfers

RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry in the navigation."""

    title: str
    url: str
    here: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Warning:
    """A warning that every page of the company shows."""

    text: str
    url: str
    action: str


def frame(request: HttpRequest) -> dict[str, Any]:
    """Add the context that all pages need."""
    access: Access | None = getattr(request, "access", None)
    context: dict[str, Any] = {"bilag_version": __version__, "access": access}
    if access is None:
        return context
    user = getattr(request, "user", None)
    return context | {
        "places": _places(request, access),
        "warnings": _warnings(access),
        "many_companies": companies_of(user)[:2].count() > 1 or getattr(user, "is_operator", False),
    }


def _places(request: HttpRequest, access: Access) -> list[Place]:
    """Return the navigation, with the number of items that need attention."""
    slug = access.company.slug
    counts = {
        "transfers": transfers.needing_attention(access.company.pk),
        "expenses": needing_a_person(access.company.pk),
    }
    titles = {
        "overview": _("Overview"),
        "transfers": _("Transfers"),
        "expenses": _("Expenses"),
        "reconciliation": _("Reconciliation"),
        "rehearsal": _("Rehearsal"),
        "setup": _("Integration setup"),
        "tools": _("Tools"),
        "log": _("Log"),
        "company": _("Company"),
    }
    here = (request.resolver_match.url_name or "").split("-")[0] if request.resolver_match else ""
    if store.posts_accrued_income(access.company.pk):
        titles = {key: title for name, text in titles.items() for key, title in _with_accruals(name, text)}
    return [
        Place(title, reverse(name, args=[slug]), here == name.split("-")[0], counts.get(name, 0))
        for name, title in titles.items()
    ]


def _with_accruals(name: str, title: str) -> list[tuple[str, str]]:
    """Insert accrued income after expenses."""
    return [(name, title), *([("accruals", _("Accrued income"))] if name == "expenses" else [])]


def _warnings(access: Access) -> list[Warning]:
    """Return the warnings of a company that is switched on."""
    if not access.company.live:
        return []
    return [*_forgotten(access), *_about_emails(access)]


def _forgotten(access: Access) -> list[Warning]:
    """Warn that accounting knows more than Bilag, whose database was restored from a backup."""
    if not ledger_ahead.is_ahead(access.company.pk):
        return []
    url = reverse("recover", args=[access.company.slug])
    return [Warning(_("Accounting has vouchers that Bilag posted and no longer knows."), url, _("Take them in"))]


def _about_emails(access: Access) -> list[Warning]:
    """Warn that nobody is notified, or that somebody's emails are rejected."""
    if store.has_recipients(access.company.pk):
        return _rejected_emails(access)
    url = reverse("setup", args=[access.company.slug]) + "#notify"
    return [Warning(_("Nobody is notified when something stops."), url, _("Choose who to notify"))]


def _rejected_emails(access: Access) -> list[Warning]:
    """Warn about addresses that mail servers reject permanently: their owners receive no notifications."""
    newest = Letter.objects.filter(company_id=access.company.pk).order_by("to", "-id").distinct("to")
    since = timezone.now() - RECENT
    rejected = [letter.to for letter in newest if letter.refused and letter.written_at > since]
    if not rejected:
        return []
    url = reverse("company", args=[access.company.slug]) + "#emails"
    text = _("The mail server rejects emails to %(addresses)s, so they are not notified when something stops.")
    return [Warning(text % {"addresses": ", ".join(rejected)}, url, _("Show rejected emails"))]
