"""Show the months, the findings of one reconciliation, and its print version."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bilag.events.exported import Exported
from bilag.jobs import health
from bilag.posting.selection import OSLO
from bilag.reconciliation import actions, number_gaps
from bilag.reconciliation.models import Finding, Found, Reconciliation, SignOff, Why
from bilag.reconciliation.queries import months_before, why
from bilag.transfers.models import Kind, Transfer
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.reconciliation_pages import sheet
from bilag.web.reconciliation_pages.words import FOUND, PILL
from bilag.web.spreadsheets import sheet_response
from bilag.web.templatetags.bilag import language

PAGE = 100
MOST_PRINTED = 5000
LONGEST_ID = 18
ORDER = (
    Found.MISSING,
    Found.DIFFERING,
    Found.DUPLICATE,
    Found.UNKNOWN,
    Found.UNDATED,
    Found.GAP,
    Found.EXPLAINED,
    Found.MATCHED,
)


@company_page(methods=("GET", "HEAD"))
def months(request: CompanyRequest) -> HttpResponse:
    """List the months with their newest reconciliation, and a form to start another one."""
    company_id = request.access.company.pk
    signed: dict[date, SignOff] = {}
    for row in SignOff.objects.filter(company_id=company_id).order_by("-id"):
        signed.setdefault(row.month, row)
    newest = Reconciliation.objects.filter(company_id=company_id).order_by("-id").first()
    today = timezone.now().astimezone(OSLO).date()
    context = {
        "runs": [(run, _status(run), signed.get(run.first)) for run in actions.newest_by_month(company_id)],
        "newest": newest,
        "under_way": newest is not None and newest.ended_at is None,
        "worker_alive": health.worker_alive(),
        "month": f"{months_before(today)[0][0]:%Y-%m}",
    }
    return render(request, "bilag/reconciliation.html", context)


@company_page(methods=("GET", "HEAD"))
def of_month(request: CompanyRequest, month: str) -> HttpResponse:
    """Redirect to the newest reconciliation of a month (2026-10). Emails link here, as every night makes a new one."""
    slug = request.access.company.slug
    for run in actions.newest_by_month(request.access.company.pk):
        if f"{run.first:%Y-%m}" == month:
            response = redirect("reconciliation-one", slug, run.pk)
            if request.GET.get("found", "") in set(Found):
                response["Location"] += f"?found={request.GET['found']}"
            return response
    return redirect("reconciliation", slug)


@company_page(methods=("GET", "HEAD"))
def one(request: CompanyRequest, pk: int) -> HttpResponse:
    """Show the findings of a period, deviations first."""
    run = run_of(request, pk)
    found = request.GET.get("found", "")
    found = found if found in set(Found) else _first_of_interest(run)
    after = request.GET.get("after", "")
    rows = run.findings.filter(found=found).order_by("number", "id")
    if after.isascii() and after.isdigit() and len(after) <= LONGEST_ID:
        rows = rows.filter(Q(number__gt=int(after)) | Q(number=None))
    shown = list(rows[: PAGE + 1])
    context = {
        **_about(run),
        "found": found,
        "tabs": [(one, FOUND[one], run.counts.get(one, 0)) for one in ORDER],
        "rows": _rendered(run, shown[:PAGE]),
        "older": urlencode({"found": str(found), "after": str(shown[PAGE - 1].number)}) if len(shown) > PAGE else "",
        "sendable": run.findings.filter(found=Found.MISSING).exclude(reason=Why.UNDER_WAY).exists(),
    }
    return render(request, "bilag/reconciliation_one.html", context)


@company_page(methods=("GET", "HEAD"))
def printable(request: CompanyRequest, pk: int) -> HttpResponse:
    """Show the print version: totals, all findings, and a place for a signature."""
    run = run_of(request, pk)
    parts = []
    for found in ORDER:
        rows = list(run.findings.filter(found=found).order_by("number", "id")[: MOST_PRINTED + 1])
        if rows:
            parts.append(
                (FOUND[found], run.counts.get(found, 0), _rendered(run, rows[:MOST_PRINTED]), len(rows) > MOST_PRINTED)
            )
    return render(request, "bilag/reconciliation_print.html", {**_about(run), "parts": parts})


@company_page(methods=("GET", "HEAD"))
def export(request: CompanyRequest, pk: int, form: str) -> StreamingHttpResponse:
    """Download the findings as `csv` or `xlsx`; `found` selects one kind."""
    run = run_of(request, pk)
    found = request.GET.get("found", "")
    rows = sheet.rows(run, found if found in set(Found) else "")
    name = f"{request.access.company.slug}-reconciliation-{run.first}-{run.last}"
    try:
        return sheet_response(
            request,
            Exported.RECONCILIATION,
            form,
            name,
            _("Reconciliation"),
            sheet.head(),
            lambda: rows,
            widths=sheet.WIDTHS,
        )
    except ValueError:
        raise Http404 from None


def run_of(request: CompanyRequest, pk: int) -> Reconciliation:
    """Return a reconciliation of this company. Raise `Http404` if there is none."""
    run = Reconciliation.objects.filter(company=request.access.company, pk=pk).first()
    if run is None:
        raise Http404
    return run


def _about(run: Reconciliation) -> dict[str, Any]:
    """Return the template context that both pages of a reconciliation share."""
    signed = actions.signed_for(run)
    month = actions.month_of(run)
    return {
        "run": run,
        "month": month,
        "sums": sorted(run.sums.items()),
        "not_in_sums": run.counts.get("unread", 0),
        "status": _status(run),
        "wrong": actions.is_wrong(run),
        "signed": signed,
        "changed_since": signed is not None and signed.digest != run.digest,
        "over": run.last < timezone.now().astimezone(OSLO).date(),
    }


def _status(run: Reconciliation) -> str:
    """Return good, warn or bad."""
    if actions.is_wrong(run):
        return "bad"
    return "warn" if run.counts.get(Found.GAP) or run.counts.get(Found.UNDATED) else "good"


def _first_of_interest(run: Reconciliation) -> str:
    """Return the most serious kind of finding that occurs."""
    return next((str(found) for found in ORDER if run.counts.get(found)), str(Found.MATCHED))


def _rendered(run: Reconciliation, rows: list[Finding]) -> list[dict[str, Any]]:
    """Return the findings with their explanation, their transfer and, for an unused number, its recorded reason."""
    numbers = [row.number for row in rows if row.number is not None]
    transfers = dict(
        Transfer.objects.filter(
            company_id=run.company_id,
            source__left_at=None,
            kind=Kind.INVOICE,
            number__in=[str(number) for number in numbers],
        ).values_list("number", "pk")
    )
    recorded = number_gaps.reasons(run.company_id, numbers)
    return [
        {
            "row": row,
            "why": why(row, language()),
            "pill": PILL.get(row.found, "bad"),
            "word": FOUND[row.found],
            "transfer": transfers.get(str(row.number)),
            "gap": recorded.get(row.number or 0),
            "differences": [stored for stored in row.problems if "expected" in stored.get("facts", {})],
            "others": [stored for stored in row.problems if "expected" not in stored.get("facts", {})],
        }
        for row in rows
    ]
