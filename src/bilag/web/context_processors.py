"""Template context for every page: navigation, warnings and the current company."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from bilag import __version__
from bilag.members.access import Access
from bilag.members.models import Role
from bilag.web.frame_figures import FrameFigures, frame_of
from bilag.web.required_role import page_needs


@dataclass(frozen=True, slots=True)
class Place:
    """An entry in the navigation."""

    title: str
    url: str
    here: bool
    icon: str
    """The name of its drawing in `icons.svg`."""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Warning:
    """A warning that every page of the company shows."""

    text: str
    url: str
    action: str


NEEDED = {
    **dict.fromkeys(
        ("overview", "inbox", "transfers", "expenses", "accruals", "reconciliation", "rehearsal", "tools"),
        Role.ACCOUNTANT,
    ),
    **dict.fromkeys(("setup", "recover"), Role.MEMBER),
    "company": Role.OWNER,
}
"""The role that does everything on the pages of a place. The log has nothing to do."""


class Frame:
    """What surrounds a page of a company. It is read when a template first names it: a part of a page has no frame."""

    def __init__(self, request: HttpRequest, access: Access) -> None:
        self._request, self._access = request, access

    @cached_property
    def _figures(self) -> FrameFigures:
        return frame_of(self._request)

    def places(self) -> list[Place]:
        """Return the navigation, with the number of items that need attention."""
        return _places(self._request, self._access, self._figures)

    def attention(self) -> int:
        """Return how many items need attention."""
        return self._figures.attention

    def warnings(self) -> list[Warning]:
        """Return the warnings of a company that is switched on."""
        return _warnings(self._access, self._figures)

    def role_note(self) -> str:
        """Return the actions on this page that the user's role does not allow, and who may do them; empty if it allows all."""
        needed = NEEDED.get(_here(self._request))
        return page_needs(self._access, needed) if needed is not None else ""

    def many_companies(self) -> bool:
        """Return whether the user has access to several companies."""
        return self._figures.many_companies or getattr(self._request.user, "is_operator", False)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Add the context that all pages need. Templates call the functions in it."""
    access: Access | None = getattr(request, "access", None)
    context: dict[str, Any] = {"bilag_version": __version__, "access": access}
    if access is None:
        return context
    shown = Frame(request, access)
    return context | {
        "places": shown.places,
        "warnings": shown.warnings,
        "many_companies": shown.many_companies,
        "attention": shown.attention,
        "role_note": shown.role_note,
    }


def _here(request: HttpRequest) -> str:
    """Return the name of the place that the page belongs to."""
    return (request.resolver_match.url_name or "").split("-")[0] if request.resolver_match else ""


def _places(request: HttpRequest, access: Access, figures: FrameFigures) -> list[Place]:
    """Return the navigation, with the number of items that need attention."""
    slug = access.company.slug
    counts = {"inbox": figures.attention}
    titles = {
        **_getting_started(access),
        "overview": _("Overview"),
        "inbox": _("Needs attention"),
        "transfers": _("Transfers"),
        "expenses": _("Expenses"),
        "reconciliation": _("Reconciliation"),
        "rehearsal": _("Rehearsal"),
        "setup": _("Integration setup"),
        "tools": _("Tools"),
        "log": _("Log"),
        "company": _("Company"),
    }
    here = _here(request)
    if figures.settings.accrued_income.enabled:
        titles = {key: title for name, text in titles.items() for key, title in _with_accruals(name, text)}
    return [
        Place(title, reverse(name, args=[slug]), here == name.split("-")[0], name, counts.get(name, 0))
        for name, title in titles.items()
    ]


def _getting_started(access: Access) -> dict[str, str]:
    """Offer the guided setup first, until the company has been switched on."""
    return {"guide": _("Guided setup")} if access.may_change and access.company.live_since is None else {}


def _with_accruals(name: str, title: str) -> list[tuple[str, str]]:
    """Insert accrued income after expenses."""
    return [(name, title), *([("accruals", _("Accrued income"))] if name == "expenses" else [])]


def _warnings(access: Access, figures: FrameFigures) -> list[Warning]:
    """Return the warnings of a company that is switched on."""
    if not access.company.live:
        return []
    forgotten = _forgotten(access) if figures.ledger_ahead else []
    notified = bool(figures.settings.notify.recipients)
    return [*forgotten, *(_rejected_emails(access, figures.rejecting) if notified else _nobody_notified(access))]


def _forgotten(access: Access) -> list[Warning]:
    """Warn that accounting has vouchers that Bilag lacks, because its database was restored from a backup."""
    url = reverse("recover", args=[access.company.slug])
    return [Warning(_("Accounting has vouchers that Bilag posted and no longer knows."), url, _("Take them in"))]


def _nobody_notified(access: Access) -> list[Warning]:
    """Warn that no recipient of notifications is set."""
    url = reverse("setup", args=[access.company.slug]) + "#notify"
    return [Warning(_("Nobody is notified when something stops."), url, _("Choose who to notify"))]


def _rejected_emails(access: Access, addresses: list[str]) -> list[Warning]:
    """Warn about addresses that mail servers reject permanently: their owners receive no notifications."""
    if not addresses:
        return []
    url = reverse("company", args=[access.company.slug]) + "#emails"
    text = _("The mail server rejects emails to %(addresses)s, so they are not notified when something stops.")
    return [Warning(text % {"addresses": ", ".join(addresses)}, url, _("Show rejected emails"))]
