"""Show the overview, and refresh the part of it that changes."""

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
from bilag.web.overview_pages.causes import MOST_EXAMINED, causes
from bilag.web.overview_pages.chart import chart
from bilag.web.overview_pages.figures import Figures, figures
from bilag.web.overview_pages.headline import headline
from bilag.web.templatetags.bilag import norwegian


@company_page(methods=("GET", "HEAD"))
def overview(request: CompanyRequest) -> HttpResponse:
    """Show the page."""
    text, digest = _now(request)
    return render(request, "bilag/overview.html", {"now": text, "digest": digest})


@company_page(methods=("GET", "HEAD"))
def now(request: CompanyRequest) -> HttpResponse:
    """Return the part that changes; 204 if the browser already shows it."""
    text, digest = _now(request)
    if request.GET.get("seen") == digest:
        return HttpResponse(status=204)
    return HttpResponse(render_to_string("bilag/overview_refresh.html", _context(request, text, digest)))


def _context(request: CompanyRequest, text: str, digest: str) -> dict[str, Any]:
    return {"access": request.access, "now": text, "digest": digest}


def _now(request: CompanyRequest) -> tuple[str, str]:
    """Render the part that changes, and return it with a digest of its content."""
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
        "most_examined": MOST_EXAMINED,
        "periods": [(_("Today"), found.today), (_("This month"), found.month)],
        **_charts(found),
    }
    text = render_to_string("bilag/overview_now.html", context)
    return mark_safe(text), hashlib.sha256(text.encode()).hexdigest()[:16]  # noqa: S308 - rendered just above


def _charts(found: Figures) -> dict[str, Any]:
    """Return both charts."""
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
    """Return the unit for the longest time, in seconds, and its symbol."""
    if seconds < 180:
        return 1, " s"
    return (60, " min") if seconds < 3 * 3600 else (3600, " t" if norwegian() else " h")
