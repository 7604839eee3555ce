"""Is all well? The page, and the part of it that changes."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.expenses.queries import imports
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.overview_pages.chart import chart
from bilag.web.overview_pages.figures import Figures, figures
from bilag.web.overview_pages.headline import headline
from bilag.web.overview_pages.waits import MOST_LOOKED_AT, causes


@company_page(methods=("GET", "HEAD"))
def overview(request: CompanyRequest) -> HttpResponse:
    """The page."""
    text, digest = _now(request)
    return render(request, "bilag/overview.html", {"now": text, "digest": digest})


@company_page(methods=("GET", "HEAD"))
def now(request: CompanyRequest) -> HttpResponse:
    """The part that changes; nothing (204) to one who has seen it as it is."""
    text, digest = _now(request)
    if request.GET.get("seen") == digest:
        return HttpResponse(status=204)
    return HttpResponse(render_to_string("bilag/overview_refresh.html", _context(request, text, digest)))


def _context(request: CompanyRequest, text: str, digest: str) -> dict[str, Any]:
    return {"access": request.access, "now": text, "digest": digest}


def _now(request: CompanyRequest) -> tuple[str, str]:
    """The part that changes, and a short name of its content. It is rendered without what pages have around them."""
    setup = store.load_setup(request.access.company.pk)
    found = figures(setup.company_id, timezone.now())
    waiting = found.states.get("needs_attention", 0)
    context = {
        "access": request.access,
        "setup": setup,
        "headline": headline(request.access, setup, found),
        "figures": found,
        "waiting": waiting,
        "last_import": imports(setup.company_id).first() if setup.expenses.enabled else None,
        "skipped": found.states.get("skipped", 0),
        "causes": causes(setup.company_id) if waiting else [],
        "most_looked_at": MOST_LOOKED_AT,
        "periods": [(_("Today"), found.today), (_("This month"), found.month)],
        **_charts(found),
    }
    text = render_to_string("bilag/overview_now.html", context)
    return mark_safe(text), hashlib.sha256(text.encode()).hexdigest()[:16]  # noqa: S308 - rendered just above


def _charts(found: Figures) -> dict[str, Any]:
    days = [one.day for one in found.days]
    seconds = [one.seconds for one in found.days]
    size, unit = _unit(max((one for one in seconds if one is not None), default=0))
    return {
        "done_chart": chart(days, [one.done for one in found.days]),
        "time_chart": chart(days, [one / size if one is not None else None for one in seconds], unit),
        "done_in_all": sum(one.done for one in found.days),
        "measured": any(one is not None for one in seconds),
    }


def _unit(seconds: float) -> tuple[int, str]:
    """The unit in which the longest time is told, and its sign."""
    if seconds < 180:
        return 1, " s"
    return (60, " min") if seconds < 3 * 3600 else (3600, " h")
