"""Show the rehearsals, the result of one by cause, its proposals, and its print version."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bilag.events.exported import Exported
from bilag.jobs import health
from bilag.messages.rehearsal import RESULTS
from bilag.posting.selection import OSLO
from bilag.rehearsal import actions, queries
from bilag.rehearsal.compare import AS_POSTED, Result
from bilag.rehearsal.models import Rehearsal, RehearsedInvoice
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.rehearsal_pages import sheet
from bilag.web.spreadsheets import sheet_response
from bilag.web.templatetags.bilag import language
from bilag.web.whole_numbers import whole_number

PAGE = 100
MOST_LISTED = 20
MOST_PRINTED = 5000
ORDER = (
    Result.DIFFERS,
    Result.STOPPED,
    Result.MISSING,
    Result.DUPLICATE,
    Result.UNKNOWN,
    Result.OWN_WAY,
    Result.EQUAL,
    Result.NOTHING,
    Result.LEFT_OUT,
)
PILL = {**dict.fromkeys(AS_POSTED, "good"), Result.DIFFERS: "warn", Result.STOPPED: "bad"}


@company_page(methods=("GET", "HEAD"))
def rehearsals(request: CompanyRequest) -> HttpResponse:
    """List the rehearsals, newest first, and a form to start another one."""
    rows = list(Rehearsal.objects.filter(company=request.access.company).order_by("-id")[:MOST_LISTED])
    first, last = year_before(timezone.now().astimezone(OSLO).date())
    done = [run for run in rows if run.ended_at is not None]
    context = {
        "runs": [(run, queries.headline(run, language()), actions.signed_for(run)) for run in done],
        "unfinished": [(run, queries.stopped_by(run)) for run in rows if run.ended_at is None],
        "worker_alive": health.worker_alive(),
        "first": first,
        "last": last,
    }
    return render(request, "bilag/rehearsal.html", context)


def year_before(today: date) -> tuple[date, date]:
    """Return the first and the last day of the twelve whole months before this one."""
    last = today.replace(day=1) - timedelta(days=1)
    return (last - timedelta(days=340)).replace(day=1), last


@company_page(methods=("GET", "HEAD"))
def one(request: CompanyRequest, pk: int) -> HttpResponse:
    """Show a rehearsal: its progress, or its result by cause, the proposals and the numbers of one result."""
    run = run_of(request, pk)
    result, number = request.GET.get("result", ""), whole_number(request.GET.get("number", ""))
    rows = run.results.order_by("number", "id")
    if number is not None:
        rows = rows.filter(number=number)
    else:
        result = result if result in set(Result) else _first_of_interest(run)
        rows = rows.filter(result=result)
        after = whole_number(request.GET.get("after", ""))
        rows = rows.filter(number__gt=after) if after is not None else rows
    shown = list(rows[: PAGE + 1])
    context = {
        **_about(run),
        "result": result if number is None else "",
        "number": number,
        "tabs": [
            (one, RESULTS[one][language() == "nb"], PILL.get(one, "bad"), run.counts.get(one, 0)) for one in ORDER
        ],
        "rows": _rendered(shown[:PAGE]),
        "older": urlencode({"result": result, "after": str(shown[PAGE - 1].number)}) if len(shown) > PAGE else "",
    }
    return render(request, "bilag/rehearsal_one.html", context)


@company_page(methods=("GET", "HEAD"))
def printable(request: CompanyRequest, pk: int) -> HttpResponse:
    """Show the print version: the result by cause, the proposals, every number that differs, and a place for a signature."""
    run = run_of(request, pk)
    rows = list(run.results.exclude(result__in=AS_POSTED).order_by("number", "id")[: MOST_PRINTED + 1])
    context = {**_about(run), "rows": _rendered(rows[:MOST_PRINTED]), "more": len(rows) > MOST_PRINTED, "printed": True}
    return render(request, "bilag/rehearsal_print.html", context)


@company_page(methods=("GET", "HEAD"))
def export(request: CompanyRequest, pk: int, form: str) -> StreamingHttpResponse:
    """Download the results as `csv` or `xlsx`; `result` selects one kind."""
    run = run_of(request, pk)
    result = request.GET.get("result", "")
    rows = sheet.rows(run, result if result in set(Result) else "")
    name = f"{request.access.company.slug}-rehearsal-{run.first}-{run.last}"
    try:
        return sheet_response(
            request, Exported.REHEARSAL, form, name, _("Rehearsal"), sheet.head(), lambda: rows, widths=sheet.WIDTHS
        )
    except ValueError:
        raise Http404 from None


def run_of(request: CompanyRequest, pk: int) -> Rehearsal:
    """Return a rehearsal of this company. Raise `Http404` if there is none."""
    run = Rehearsal.objects.filter(company=request.access.company, pk=pk).first()
    if run is None:
        raise Http404
    return run


def _about(run: Rehearsal) -> dict[str, Any]:
    """Return the template context that both pages of a rehearsal share."""
    shown = queries.shown_proposals(run, language())
    return {
        "run": run,
        "stopped": queries.stopped_by(run),
        "headline": queries.headline(run, language()) if run.ended_at else "",
        "wrong": actions.is_wrong(run),
        "stale": run.ended_at is not None and actions.is_stale(run),
        "sums": sorted(run.sums.items()),
        "causes": queries.shown_causes(run, language()),
        "proposals": shown,
        "acceptable": any(one.proposal.acceptable for one in shown),
        "signed": actions.signed_for(run),
    }


def _first_of_interest(run: Rehearsal) -> str:
    return next((str(result) for result in ORDER if run.counts.get(result)), str(Result.EQUAL))


def _rendered(rows: list[RehearsedInvoice]) -> list[dict[str, Any]]:
    norwegian = language() == "nb"
    return [
        {
            "row": row,
            "word": RESULTS[row.result][norwegian],
            "pill": PILL.get(Result(row.result), "bad"),
            "why": queries.why(row, language()),
        }
        for row in rows
    ]
