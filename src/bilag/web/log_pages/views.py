"""The log: all that happened, good or bad."""

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
    Sort.SETUP: _("Setup and switch"),
    Sort.POLLS: _("Asking Moment"),
    Sort.PEOPLE: _("People and tokens"),
    Sort.BAD: _("Only what went wrong"),
}


@company_page(methods=("GET", "HEAD"))
def log(request: CompanyRequest) -> HttpResponse:
    """A page of the log, the newest first."""
    one = parse_filters(request.GET)
    found = lines(request.access.company.pk, one.wish, one.before, PAGE + 1)
    shown = found[:PAGE]
    context = {
        "asked": one,
        "sorts": [(sort.value, title, sort is one.wish.sort) for sort, title in SORTS.items()],
        "lines": [render_row(line) for line in shown],
        "older": place_text(shown[-1].place) if len(found) > PAGE else "",
        "filtered": any(one.typed[name] for name in ("begin", "end", "number")) or one.wish.sort is not Sort.ALL,
    }
    return render(request, "bilag/log.html", context)
