"""Show the overview, and refresh the part of it that changes."""

import hashlib
import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.expenses.queries import imports
from bilag.inbox.handling import inbox
from bilag.transfers.queries.excluded import to_post_manually
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.frame_figures import frame_of
from bilag.web.inbox_pages.rows import shown_cause
from bilag.web.overview_pages.chart import Series, chart
from bilag.web.overview_pages.day_rows import NONE, DayRow
from bilag.web.overview_pages.figures import Figures, figures
from bilag.web.overview_pages.headline import Standing, headline, poll_failed
from bilag.web.overview_pages.links import links
from bilag.web.overview_pages.open_invoices import open_by_day, outages
from bilag.web.templatetags.bilag import norwegian, short_day
from bilag.web.templatetags.overview_words import lasting

MOST_CAUSES = 5
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


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
    company = request.access.company
    setup = store.load_setup(company.pk)
    found = figures(company.pk, timezone.now())
    rows = inbox(setup)
    standing = Standing(
        len(rows),
        outages(setup) if setup.live else [],
        poll_failed(company.pk, found.polls),
        to_post_manually(company.pk),
    )
    frame = frame_of(request)
    context = {
        "access": request.access,
        "setup": setup,
        "headline": headline(request.access, setup, found, standing),
        "figures": found,
        "waiting": found.states.get("needs_attention", 0),
        "last_import": imports(setup.company_id).first() if setup.expenses.enabled else None,
        "skipped": found.states.get("skipped", 0),
        "causes": [shown_cause(row) for row in rows[:MOST_CAUSES]],
        "more_causes": len(rows) - MOST_CAUSES,
        "here": reverse("inbox", args=[company.slug]),
        "periods": [(_("Today"), found.today), (_("This month"), found.month)],
        "links": links(company, setup, frame, found.polls, standing.failed, standing.outages),
        **_charts(company.pk, found),
    }
    text = render_to_string("bilag/overview_now.html", context, request)
    return mark_safe(text), hashlib.sha256(_without_tokens(text).encode()).hexdigest()[:16]  # noqa: S308 - rendered just above


def _without_tokens(text: str) -> str:
    """Return the text without the parts that differ each time a form is rendered."""
    return TOKEN.sub("", text)


def _charts(company_id: int, found: Figures) -> dict[str, Any]:
    """Return both charts, and the rows of the table that says the same."""
    days = [one.day for one in found.days]
    under_way, attention = open_by_day(company_id, days[0])
    rows = [DayRow(one, under_way.get(one.day, NONE), attention.get(one.day, NONE)) for one in found.days]
    seconds = [one.seconds for one in found.days]
    size, unit = _unit(max((one for one in seconds if one is not None), default=0))
    shown = [
        Series([row.day.invoices for row in rows], [row.posted_text for row in rows]),
        Series([row.under_way.count for row in rows], [row.waiting_text for row in rows], "wait"),
        Series([row.attention.count for row in rows], [row.attention_text for row in rows], "bad"),
    ]
    times = Series(
        [one / size if one is not None else None for one in seconds],
        [f"{short_day(one.day)}: {lasting(one.seconds)}" for one in found.days],
    )
    return {
        "rows": rows,
        "invoice_chart": chart(days, shown),
        "time_chart": chart(days, [times], unit),
        "posted_in_all": sum(one.invoices for one in found.days),
        "measured": any(one is not None for one in seconds),
    }


def _unit(seconds: float) -> tuple[int, str]:
    """Return the unit for the longest time, in seconds, and its symbol."""
    if seconds < 180:
        return 1, " s"
    return (60, " min") if seconds < 3 * 3600 else (3600, " t" if norwegian() else " h")
