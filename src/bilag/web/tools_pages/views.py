"""Transfer by number, and follow the transfers."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.companies.setup import Setup
from bilag.jobs import health
from bilag.members.models import Role
from bilag.transfers.intake import by_request
from bilag.transfers.intake.numbers import typed_numbers
from bilag.transfers.models import ACTIVE, MOMENT_KINDS, Kind, Transfer
from bilag.web import labels
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.tools_pages.poll_now import requested_poll
from bilag.web.whole_numbers import whole_number

MOST_NUMBERS = 500
MOST_NAMED = 10
LONGEST_NAMED = 60


@company_page(change=Role.ACCOUNTANT)
def tools(request: CompanyRequest) -> HttpResponse:
    """Show the page; POST requests transfers by number."""
    if request.method == "POST":
        return _request_transfers(request)
    return _page(request)


@company_page(methods=("GET", "HEAD"))
def followed(request: CompanyRequest) -> HttpResponse:
    """Show the state of the requested transfers."""
    return HttpResponse(render_to_string("bilag/tools_followed.html", _followed(request)))


def _request_transfers(request: CompanyRequest) -> HttpResponse:
    """Request the transfers, and redirect to the page that follows them."""
    kind, text = request.POST.get("kind", ""), request.POST.get("numbers", "")
    fault = _fault(kind, text)
    if fault:
        return _page(request, kind, text, fault=fault, status=422)
    numbers = typed_numbers(kind, text).numbers
    setup = store.load_setup(request.access.company.pk)
    try:
        ids = by_request.as_typed(setup, kind, list(numbers), origin=origin_of(request))
    except by_request.NotInMoment as error:
        fault = _("Nothing was transferred. Moment does not have: %(numbers)s.") % {"numbers": _named(error.numbers)}
        return _page(request, kind, text, fault=fault, status=422)
    requested = "-".join(map(str, ids))
    return redirect(f"{reverse('tools', args=[request.access.company.slug])}?requested={requested}#followed")


def _fault(kind: str, text: str) -> str:
    """Return why the typed numbers cannot be used; empty if they can."""
    if kind not in MOMENT_KINDS:
        return _("Choose customers, projects or invoices.")
    typed = typed_numbers(kind, text)
    if typed.invalid:
        named = _named([f"“{number[:LONGEST_NAMED]}”" for number in typed.invalid])
        if kind == Kind.INVOICE:
            return _(
                "Nothing was transferred. These are not invoice numbers: %(numbers)s. An invoice number has digits only."
            ) % {"numbers": named}
        return _("Nothing was transferred. These are not numbers in Moment: %(numbers)s.") % {"numbers": named}
    if not typed.numbers:
        return _("Nothing was transferred. Enter at least one number.")
    if len(typed.numbers) > MOST_NUMBERS:
        return _("Nothing was transferred. %(count)s numbers are too many at once. Enter at most %(most)s.") % {
            "count": len(typed.numbers),
            "most": MOST_NUMBERS,
        }
    return ""


def _named(numbers: list[str]) -> str:
    """Name the first of the numbers, and say how many more there are."""
    named = ", ".join(numbers[:MOST_NAMED])
    more = len(numbers) - MOST_NAMED
    return named + (" " + _("and %(count)s more") % {"count": more} if more > 0 else "")


def _page(
    request: CompanyRequest, kind: str = "", typed: str = "", *, fault: str = "", status: int = 200
) -> HttpResponse:
    followed_now = _followed(request)
    rows = followed_now["rows"]
    chosen = kind or (rows[0].kind if rows else Kind.INVOICE)
    context = {
        "kinds": [(one, labels.KINDS_MANY[one], one == chosen) for one in reversed(MOMENT_KINDS)],
        "typed": typed,
        "fault": fault,
        "setup": store.load_setup(request.access.company.pk),
        "requested_poll": requested_poll(request.access.company.pk, request.GET),
        **followed_now,
    }
    return render(request, "bilag/tools.html", context, status=status)


def _followed(request: CompanyRequest) -> dict[str, Any]:
    """Return the transfers that the query names by id, in that order."""
    parts = request.GET.get("requested", "").split("-")[:MOST_NUMBERS]
    ids = [pk for pk in map(whole_number, parts) if pk is not None]
    company = request.access.company
    found = Transfer.objects.filter(company_id=company.pk).in_bulk(ids) if ids else {}
    rows = [found[pk] for pk in ids if pk in found]
    in_progress = any(row.state in ACTIVE for row in rows)
    return {
        "access": request.access,
        "rows": rows,
        "requested": "-".join(str(row.pk) for row in rows),
        "in_progress": in_progress,
        "delay": _delay(store.load_setup(company.pk)) if in_progress else "",
    }


def _delay(setup: Setup) -> str:
    """Say why the transfers do not start now; empty if they do."""
    if not setup.live:
        return _("The integration is switched off. The transfers are queued and start when it is switched on.")
    if setup.paused is not None:
        return _("The integration is paused. The transfers are queued and start when the setup works again.")
    if not health.worker_alive():
        return _(
            "Bilag's background service is not running. The transfers are queued. "
            "Ask your Bilag administrator to start the service."
        )
    return ""
