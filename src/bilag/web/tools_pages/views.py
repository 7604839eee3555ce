"""Transfer by number."""

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
from bilag.transfers.models import ACTIVE, MOMENT_KINDS, Kind, Transfer
from bilag.web import labels
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.tools_pages.numbers import MOST_NUMBERS, typed_numbers
from bilag.web.tools_pages.poll_now import asked_poll

MOST_RUBBISH_NAMED = 10
LONGEST_NAMED = 60
LONGEST_ID = 18


@company_page(change=Role.MEMBER)
def tools(request: CompanyRequest) -> HttpResponse:
    """The page; POST asks for transfers by number."""
    if request.method == "POST":
        return _ask(request)
    return _page(request)


@company_page(methods=("GET", "HEAD"))
def followed(request: CompanyRequest) -> HttpResponse:
    """How the numbers that were asked for stand."""
    return HttpResponse(render_to_string("bilag/tools_followed.html", _followed(request)))


def _ask(request: CompanyRequest) -> HttpResponse:
    kind, text = request.POST.get("kind", ""), request.POST.get("numbers", "")
    fault = _fault(kind, text)
    if fault:
        return _page(request, kind, text, fault=fault, status=422)
    numbers = typed_numbers(kind, text).numbers
    setup = store.load_setup(request.access.company.pk)
    ids = by_request.by_number(setup, kind, list(numbers), origin=origin_of(request))
    asked = "-".join(map(str, ids))
    return redirect(f"{reverse('tools', args=[request.access.company.slug])}?asked={asked}#followed")


def _fault(kind: str, text: str) -> str:
    """Why nothing is done with what was typed; empty when it is good."""
    if kind not in MOMENT_KINDS:
        return _("Choose customers, projects or invoices.")
    typed = typed_numbers(kind, text)
    if typed.rubbish:
        named = ", ".join(f"“{number[:LONGEST_NAMED]}”" for number in typed.rubbish[:MOST_RUBBISH_NAMED])
        more = len(typed.rubbish) - MOST_RUBBISH_NAMED
        if more > 0:
            named += " " + _("and %(count)s more") % {"count": more}
        if kind == Kind.INVOICE:
            return _("Nothing was done: %(numbers)s cannot be invoice numbers. They are whole numbers.") % {
                "numbers": named
            }
        return _("Nothing was done: %(numbers)s cannot be numbers in Moment.") % {"numbers": named}
    if not typed.numbers:
        return _("Nothing was done: type at least one number.")
    if len(typed.numbers) > MOST_NUMBERS:
        return _("Nothing was done: %(count)s numbers are too many at once. At most %(most)s go.") % {
            "count": len(typed.numbers),
            "most": MOST_NUMBERS,
        }
    return ""


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
        "asked_poll": asked_poll(request.access.company.pk, request.GET),
        **followed_now,
    }
    return render(request, "bilag/tools.html", context, status=status)


def _followed(request: CompanyRequest) -> dict[str, Any]:
    """The transfers that an address names by their ids, in the order that they were asked for."""
    parts = request.GET.get("asked", "").split("-")[:MOST_NUMBERS]
    ids = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) <= LONGEST_ID]
    company = request.access.company
    found = Transfer.objects.filter(company_id=company.pk).in_bulk(ids) if ids else {}
    rows = [found[pk] for pk in ids if pk in found]
    going = any(row.state in ACTIVE for row in rows)
    return {
        "access": request.access,
        "rows": rows,
        "asked": "-".join(str(row.pk) for row in rows),
        "going": going,
        "held_back": _held_back(store.load_setup(company.pk)) if going else "",
    }


def _held_back(setup: Setup) -> str:
    """Why what was asked for does not go now; empty when it goes."""
    if not setup.live:
        return _("The company is not live: what you asked for is queued, and goes when it is switched on.")
    if setup.paused is not None:
        return _("The company is paused: what you asked for is queued, and goes when the setup works again.")
    if not health.worker_alive():
        return _("Bilag's worker does not run: what you asked for is queued. Ask who runs Bilag to start it.")
    return ""
