"""Show the months, the findings of one reconciliation, and its print version."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from bilag.events.exported import Exported
from bilag.jobs import health
from bilag.posting.selection import OSLO
from bilag.reconciliation import actions, number_gaps, queries
from bilag.reconciliation.models import Finding, Found, Reconciliation, SignOff
from bilag.reconciliation.queries import why
from bilag.transfers.models import Kind, Transfer
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.reconciliation_pages import choice, sheet
from bilag.web.reconciliation_pages.groups import ORDER, shown_causes
from bilag.web.reconciliation_pages.running import progress
from bilag.web.reconciliation_pages.words import FOUND, PILL
from bilag.web.spreadsheets import sheet_response
from bilag.web.templatetags.bilag import language
from bilag.web.whole_numbers import whole_number

PAGE = 100
MOST_PRINTED = 5000
LONGEST_CAUSE = 200
GROUPS = frozenset(map(str, ORDER))
NO_NUMBER = "x"
"""Stands for the missing number of a finding in a page's cursor."""


def of_run(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give the view the reconciliation of the id in the address, of this company. Raises `Http404` if there is none.

    The address of a replaced one leads to its replacement.
    """

    @wraps(view)
    def found(request: CompanyRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        run = queries.run_at(request.access.company.pk, pk)
        if run is None:
            raise Http404
        if run.pk == pk:
            return view(request, run, *args, **kwargs)
        match = request.resolver_match
        name = match.url_name if match is not None and request.method in ("GET", "HEAD") else "reconciliation-one"
        address = reverse(name, kwargs={"slug": request.access.company.slug, "pk": run.pk, **kwargs})
        if request.method not in ("GET", "HEAD"):
            messages.error(
                request,
                _("Nothing was done. The period has been reconciled again since you opened it. Review it first."),
                extra_tags="bad",
            )
            return redirect(address)
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address)

    return found


@company_page(methods=("GET", "HEAD"))
def months(request: CompanyRequest) -> HttpResponse:
    """List the months with their newest reconciliation, and a form to start another one."""
    company_id = request.access.company.pk
    signed: dict[date, SignOff] = {}
    for row in SignOff.objects.filter(company_id=company_id).order_by("-id"):
        signed.setdefault(row.month, row)
    newest = Reconciliation.objects.filter(company_id=company_id).order_by("-id").first()
    first, last = choice.chosen(request)
    context: dict[str, Any] = {
        "runs": [
            (run, queries.group_counts(run), _status(run), signed.get(run.first))
            for run in actions.newest_by_month(company_id)
        ],
        "newest": newest,
        "under_way": newest is not None and newest.ended_at is None,
        "worker_alive": health.worker_alive(),
        "first": first,
        "last": last,
        "whole_month": choice.is_month((first, last)),
    }
    if newest is not None and newest.ended_at is None:
        context |= {"running": newest, **progress(company_id, newest)}
    return render(request, "bilag/reconciliation.html", context)


@company_page(methods=("GET", "HEAD"))
def of_month(request: CompanyRequest, month: str) -> HttpResponse:
    """Redirect to the newest reconciliation of a month (2026-10). Emails link here, as every night makes a new one."""
    slug = request.access.company.slug
    for run in actions.newest_by_month(request.access.company.pk):
        if f"{run.first:%Y-%m}" == month:
            response = redirect("reconciliation-one", slug, run.pk)
            if request.GET.get("found", "") in GROUPS:
                response["Location"] += f"?found={request.GET['found']}"
            return response
    return redirect("reconciliation", slug)


@company_page(methods=("GET", "HEAD"))
@of_run
def one(request: CompanyRequest, run: Reconciliation) -> HttpResponse:
    """Show the findings of a period, deviations first: by cause, then by invoice."""
    if run.ended_at is None:
        return redirect("reconciliation-period", request.access.company.slug, run.first, run.last)
    counts = queries.group_counts(run)
    group = request.GET.get("found", "")
    if group not in GROUPS or (not counts[group] and group != Found.MATCHED):
        group = next((str(one) for one in ORDER if counts[one]), str(Found.MATCHED))
    causes = shown_causes(run, group) if counts[group] > 1 else []
    cause = next((one for one in causes if one.key == request.GET.get("cause", "")[:LONGEST_CAUSE]), None)
    rows = queries.in_group(run, group)
    shown = list(_behind(rows.filter(cause=cause.key) if cause else rows, request.GET.get("after", ""))[: PAGE + 1])
    query = {"found": group, **({"cause": cause.key} if cause else {})}
    context = {
        **_about(run),
        "found": group,
        "tabs": [(one, FOUND[one], PILL.get(one, "bad"), counts[one]) for one in ORDER],
        "causes": [] if cause else causes,
        "cause": cause,
        "rows": _rendered(run, shown[:PAGE]),
        "older": urlencode({**query, "after": _place(shown[PAGE - 1])}) if len(shown) > PAGE else "",
        "sendable": queries.in_group(run, Found.MISSING).filter(reason__in=actions.SENDABLE).exists(),
    }
    return render(request, "bilag/reconciliation_one.html", context)


@company_page(methods=("GET", "HEAD"))
@of_run
def printable(request: CompanyRequest, run: Reconciliation) -> HttpResponse:
    """Show the print version: totals, all findings, and a place for a signature."""
    counts = queries.group_counts(run)
    parts = []
    for group in ORDER:
        rows = list(queries.in_group(run, group).order_by("number", "id")[: MOST_PRINTED + 1])
        if rows:
            causes = shown_causes(run, group) if counts[group] > 1 else []
            more = len(rows) > MOST_PRINTED
            parts.append((FOUND[group], counts[group], causes, _rendered(run, rows[:MOST_PRINTED]), more))
    return render(request, "bilag/reconciliation_print.html", {**_about(run), "parts": parts})


@company_page(methods=("GET", "HEAD"))
@of_run
def export(request: CompanyRequest, run: Reconciliation, form: str) -> StreamingHttpResponse:
    """Download the findings as `csv` or `xlsx`; `found` selects one kind."""
    found = request.GET.get("found", "")
    rows = sheet.rows(run, found if found in GROUPS else "")
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


def _behind(rows: QuerySet[Finding], after: str) -> QuerySet[Finding]:
    """Return the rows behind a place, in order of number, those without a number last."""
    rows = rows.order_by(F("number").asc(nulls_last=True), "id")
    given, _dot, place = after.partition(".")
    number, pk = whole_number(given), whole_number(place)
    if pk is None:
        return rows
    if given == NO_NUMBER:
        return rows.filter(number=None, pk__gt=pk)
    if number is not None:
        return rows.filter(Q(number__gt=number) | Q(number=number, pk__gt=pk) | Q(number=None))
    return rows


def _place(row: Finding) -> str:
    return f"{NO_NUMBER if row.number is None else row.number}.{row.pk}"


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
            "sendable": row.found == Found.MISSING and row.number is not None and row.reason in actions.SENDABLE,
            "pill": PILL.get(row.found, "bad"),
            "word": FOUND[row.found],
            "transfer": transfers.get(str(row.number)),
            "gap": recorded.get(row.number or 0),
            "differences": [stored for stored in row.problems if "expected" in stored.get("facts", {})],
            "others": [stored for stored in row.problems if "expected" not in stored.get("facts", {})],
        }
        for row in rows
    ]
