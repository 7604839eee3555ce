"""What every page has around it: the places of the company, warnings, whose session it is."""

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
from bilag.transfers.queries import transfers

REFUSED_LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the navigation."""

    title: str
    url: str
    here: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Warning:
    """Something about the company that is wrong on every page."""

    text: str
    url: str
    action: str


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor of all pages."""
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
    slug = access.company.slug
    waiting = {
        "transfers": transfers.needing_attention(access.company.pk),
        "expenses": needing_a_person(access.company.pk),
    }
    titles = {
        "overview": _("Overview"),
        "transfers": _("Transfers"),
        "expenses": _("Expenses"),
        "reconciliation": _("Reconciliation"),
        "setup": _("Integration setup"),
        "tools": _("Tools"),
        "log": _("Log"),
        "company": _("Company"),
    }
    here = (request.resolver_match.url_name or "").split("-")[0] if request.resolver_match else ""
    if store.posts_accrued_income(access.company.pk):
        titles = {key: title for name, words in titles.items() for key, title in _with_accruals(name, words)}
    return [
        Place(title, reverse(name, args=[slug]), here == name.split("-")[0], waiting.get(name, 0))
        for name, title in titles.items()
    ]


def _with_accruals(name: str, title: str) -> list[tuple[str, str]]:
    """The place of accrued income stands behind that of expenses, where it is switched on."""
    return [(name, title), *([("accruals", _("Accrued income"))] if name == "expenses" else [])]


def _warnings(access: Access) -> list[Warning]:
    if not access.company.live:
        return []
    if store.has_recipients(access.company.pk):
        return _refused_letters(access)
    url = reverse("setup", args=[access.company.slug]) + "#notify"
    return [Warning(_("Nobody is told when something stops."), url, _("Choose who is told"))]


def _refused_letters(access: Access) -> list[Warning]:
    """The addresses that mail servers refuse for good: whoever counts on them is told nothing."""
    newest = Letter.objects.filter(company_id=access.company.pk).order_by("to", "-id").distinct("to")
    since = timezone.now() - REFUSED_LATELY
    refused = [letter.to for letter in newest if letter.refused and letter.written_at > since]
    if not refused:
        return []
    url = reverse("company", args=[access.company.slug]) + "#letters"
    text = _("E-mails to %(addresses)s are refused, so nobody there is told when something stops.")
    return [Warning(text % {"addresses": ", ".join(refused)}, url, _("See what was refused"))]
