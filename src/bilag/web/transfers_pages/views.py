"""Show the list of transfers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bilag.transfers.models import Kind, State
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.headings import Heading
from bilag.web.labels import KINDS, SORT_WORDS, STATES
from bilag.web.transfers_pages.filters import SORTS, Filters, parse_filters
from bilag.web.transfers_pages.search import page

DENSITIES = ("comfortable", "compact")
DENSITY = "density"
"""The name of the cookie and of the parameter."""
A_YEAR = 365 * 24 * 3600


@company_page(methods=("GET", "HEAD"))
def transfers(request: CompanyRequest) -> HttpResponse:
    """Show the list; for htmx, only its table."""
    filters = parse_filters(request.GET)
    company_id = request.access.company.pk
    shown = page(company_id, filters, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    density = _density(request)
    context = {
        "filters": filters,
        "page": shown,
        "headings": headings(filters),
        "here": request.get_full_path(),
        "older": filters.address(after=shown.after) if shown.after else None,
        "newer": filters.address(before=shown.before) if shown.before else None,
        "whole": filters.address(),
        "density": density,
        "densities": [(DENSITIES[0], _("Comfortable")), (DENSITIES[1], _("Compact"))],
    }
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "found":
        return render(request, "bilag/transfers_found.html", context)
    context |= {
        "kinds": [(kind.value, KINDS[kind.value]) for kind in Kind],
        "states": [(state.value, STATES[state.value]) for state in State],
        "sorts": [(sort, SORT_WORDS[sort]) for sort in SORTS],
    }
    answer = render(request, "bilag/transfers.html", context)
    if request.GET.get(DENSITY) in DENSITIES:
        answer.set_cookie(DENSITY, density, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return answer


def headings(filters: Filters) -> list[Heading]:
    """Return the headings in the order of the columns."""
    return [
        Heading(_("Number"), shape="w-number"),
        Heading(_("Name")),
        _sorted_by(filters, _("Total"), "total", "total_least", "number w-total"),
        Heading(_("Status"), shape="w-status"),
        Heading(_("Journal no."), shape="number w-journal"),
        _sorted_by(filters, _("Received"), "newest", "oldest", "w-time"),
        _sorted_by(filters, _("Done"), "done", "done_first", "w-time wide-only"),
    ]


def _sorted_by(filters: Filters, text: str, descending: str, ascending: str, shape: str) -> Heading:
    order = {descending: "descending", ascending: "ascending"}.get(filters.sort, "")
    wanted = ascending if filters.sort == descending else descending
    return Heading(text, filters.address(sort=wanted), order, shape)


def _density(request: HttpRequest) -> str:
    """Return the requested density, or the last one."""
    asked = (request.GET.get(DENSITY), request.COOKIES.get(DENSITY))
    return next((one for one in asked if one in DENSITIES), DENSITIES[0])
