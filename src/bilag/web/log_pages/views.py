"""Show the log."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from bilag.transfers.queries.history import Sort, lines
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.log_pages.filters import parse_filters, place_text
from bilag.web.log_pages.rows import render_row

PAGE = 50
SORTS = {
    Sort.ALL: _("Everything"),
    Sort.TRANSFERS: _("Transfers"),
    Sort.SETUP: _("Setup, on and off"),
    Sort.POLLS: _("Sync with Moment"),
    Sort.PEOPLE: _("Members and API tokens"),
    Sort.BAD: _("Errors only"),
}


@company_page(methods=("GET", "HEAD"))
def log(request: CompanyRequest) -> HttpResponse:
    """Show a page of the log, newest first."""
    filters = parse_filters(request.GET)
    found = lines(request.access.company.pk, filters.selection, filters.before, PAGE + 1)
    shown = found[:PAGE]
    context = {
        "filters": filters,
        "sorts": [(sort.value, title, sort is filters.selection.sort) for sort, title in SORTS.items()],
        "lines": [render_row(line) for line in shown],
        "older": place_text(shown[-1].place) if len(found) > PAGE else "",
        "filtered": any(filters.typed[name] for name in ("begin", "end", "number"))
        or filters.selection.sort is not Sort.ALL,
    }
    return render(request, "bilag/log.html", context)
