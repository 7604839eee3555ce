"""Show a comparison of a period while it waits and runs; then lead to its result, without a reload."""

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bilag.jobs import health
from bilag.posting.periods import NotAPeriod, parsed_period
from bilag.reconciliation import actions, enqueue, queries
from bilag.reconciliation.models import Phase, Reconciliation
from bilag.web.decorators import CompanyRequest, company_page


@company_page(methods=("GET", "HEAD"))
def of_period(request: CompanyRequest, first: str, last: str) -> HttpResponse:
    """Show the comparison of a period that waits or runs; for htmx only how far it is. Redirect to its result when it ended."""
    company = request.access.company
    try:
        days = parsed_period(first, last)
    except NotAPeriod:
        raise Http404 from None
    run = queries.newest_of(company.pk, *days)
    asked = enqueue.is_asked(company.pk, *days)
    ended = run is not None and run.ended_at is not None
    part = request.headers.get("HX-Request") and request.headers.get("HX-Target") == "running"
    if not asked and (run is None or ended):
        address = reverse("reconciliation", args=[company.slug])
        if run is not None:
            address = reverse("reconciliation-one", args=[company.slug, run.pk])
        if not part:
            return redirect(address)
        where = {"path": address, "target": "main", "select": "main", "swap": "outerHTML show:window:top"}
        return HttpResponse(status=204, headers={"HX-Location": json.dumps(where)})
    context = {"running": None if ended else run, "period_first": days[0], "period_last": days[1]}
    context |= progress(company.pk, None if ended else run)
    template = "bilag/reconciliation_progress.html" if part else "bilag/reconciliation_running.html"
    return render(request, template, context)


def progress(company_id: int, run: Reconciliation | None) -> dict[str, Any]:
    """Return the progress of a run; for a waiting one (None), what it waits for."""
    if run is None:
        other = Reconciliation.objects.filter(company_id=company_id, ended_at=None).order_by("-id").first()
        return {"waits_for": other, "worker_alive": health.worker_alive()}
    expected = queries.invoices_expected(run) if run.phase == Phase.INVOICES else None
    return {
        "phase": run.phase,
        "expected": expected if expected is not None and expected >= run.compared else None,
        "month": actions.month_of(run),
        "worker_alive": True,
    }
