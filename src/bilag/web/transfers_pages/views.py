"""Show the list of transfers."""

from django.http import HttpResponse
from django.shortcuts import render

from bilag.transfers.models import Kind, State
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.labels import KINDS, SORT_WORDS, STATES
from bilag.web.transfers_pages.causes import causes
from bilag.web.transfers_pages.filters import SORTS, parse_filters
from bilag.web.transfers_pages.search import page


@company_page(methods=("GET", "HEAD"))
def transfers(request: CompanyRequest) -> HttpResponse:
    """Show the list; for htmx, only its table."""
    filters = parse_filters(request.GET)
    company_id = request.access.company.pk
    shown = page(company_id, filters, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "filters": filters,
        "page": shown,
        "here": request.get_full_path(),
        "older": filters.address(after=shown.after) if shown.after else None,
        "newer": filters.address(before=shown.before) if shown.before else None,
        "whole": filters.address(),
    }
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "found":
        return render(request, "bilag/transfers_found.html", context)
    context |= {
        "causes": causes(company_id),
        "kinds": [(kind.value, KINDS[kind.value]) for kind in Kind],
        "states": [(state.value, STATES[state.value]) for state in State],
        "sorts": [(sort, SORT_WORDS[sort]) for sort in SORTS],
    }
    return render(request, "bilag/transfers.html", context)
