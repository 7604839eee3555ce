"""Show the companies of the user: their state, what needs attention, and when something last happened."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from bilag.jobs import health
from bilag.notifications import console
from bilag.notifications.console import CompanyState
from bilag.web.home_pages.filters import AGES, ATTENTION, SORTS, STATES, Filters, parse
from bilag.web.home_pages.rows import headings, row

PAGE = 100


@never_cache
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """List the companies, for htmx only the table and the counts; redirect a member of a single company to it."""
    operator = bool(getattr(request.user, "is_operator", False))
    reader: dict[str, Any] = {"user_id": request.user.pk, "operator": operator}
    filters, page = parse(request.GET)
    shown = console.companies(filters.wanted, **reader, limit=PAGE, offset=(page - 1) * PAGE)
    if not shown and page > 1:
        return redirect(request.path + filters.address())
    if len(shown) == 1 and not operator and not filters.wanted.narrows:
        return redirect("overview", shown[0].slug)
    context = {
        "rows": [row(one, operator=operator) for one in shown],
        "headings": headings(filters),
        "filters": filters,
        "narrows": filters.wanted.narrows,
        **_place(filters, page, len(shown), shown[0].found if shown else 0),
    }
    totals = console.totals(**reader)
    context |= {"totals": totals, "figures": _figures(totals, filters)}
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "found":
        return render(request, "bilag/home_found.html", context | {"part": True})
    context |= {
        "operator": operator,
        "states": [(str(value), title) for value, title in STATES.items()],
        "attentions": ATTENTION.items(),
        "ages": [(value, title) for value, (_age, title) in AGES.items()],
        "sorts": [(str(value), title) for value, title in SORTS.items()],
        "worker_alive": health.worker_alive(),
    }
    return render(request, "bilag/home.html", context)


def _place(filters: Filters, page: int, count: int, found: int) -> dict[str, Any]:
    """Return which of the companies this page shows, and the addresses of the pages before and after it."""
    last = (page - 1) * PAGE + count
    return {
        "first": last - count + 1,
        "last": last,
        "found": found,
        "previous": filters.address(page - 1) if page > 1 else "",
        "next": filters.address(page + 1) if last < found else "",
    }


def _figures(totals: console.Totals, filters: Filters) -> list[dict[str, Any]]:
    """Return the counts above the list, each a link that filters by it. Counts of zero say nothing, but for attention."""
    figures = [
        {
            "title": ATTENTION["yes"],
            "count": totals.needing_attention,
            "url": Filters(attention="yes").address(),
            "here": filters.attention == "yes",
            "level": "bad" if totals.needing_attention else "",
        }
    ]
    for state in (CompanyState.PAUSED, CompanyState.LIVE, CompanyState.NEW, CompanyState.STOPPED):
        if count := totals.by_state.get(state, 0):
            url = Filters(state=state).address()
            figures.append(
                {"title": STATES[state], "count": count, "url": url, "here": filters.state == state, "level": ""}
            )
    return figures
