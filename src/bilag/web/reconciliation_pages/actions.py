"""What a person does: compare, send what is missing, say why a number was not used, sign for a month."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.events.record import EventName, record
from bilag.members.models import Role
from bilag.reconciliation import actions, enqueue, number_gaps
from bilag.reconciliation.models import Found
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.reconciliation_pages.views import run_of
from bilag.web.reconciliation_pages.words import NOT_SIGNED

LONGEST_DAYS = 3660


@company_page(Role.MEMBER, methods=("POST",))
def start(request: CompanyRequest) -> HttpResponse:
    """Compare a month, or from one day to another."""
    company = request.access.company
    period = _period(request.POST.get("month", ""), request.POST.get("from", ""), request.POST.get("to", ""))
    if period is None:
        fault = _(
            "Nothing was done: choose a month, or two days of which the first comes first, at most ten years apart."
        )
        messages.error(request, fault, extra_tags="bad")
    else:
        enqueue.ask(company.pk, *period, origin=origin_of(request))
        messages.success(request, _("The reconciliation is on its way. What it finds is seen here."), extra_tags="good")
    return redirect("reconciliation", company.slug)


@company_page(Role.MEMBER, methods=("POST",))
def send(request: CompanyRequest, pk: int) -> HttpResponse:
    """Transfer what is missing: all of it, or one number."""
    run = run_of(request, pk)
    number = request.POST.get("number", "").strip()
    sent = actions.send_missing(run, origin=origin_of(request), numbers=[number] if number else None)
    if sent:
        text = ngettext("%(count)s invoice is on its way.", "%(count)s invoices are on their way.", len(sent))
        messages.success(request, text % {"count": len(sent)}, extra_tags="good")
    else:
        messages.error(request, _("Nothing was sent: it is not missing, or it is under way already."), extra_tags="bad")
    return redirect("reconciliation-one", request.access.company.slug, pk)


@company_page(Role.MEMBER, methods=("POST",))
def explain_gap(request: CompanyRequest, pk: int) -> HttpResponse:
    """Record why a number was never used."""
    run, number = run_of(request, pk), request.POST.get("number", "")
    known = number.isascii() and number.isdigit() and len(number) <= 18
    try:
        if not known or not run.findings.filter(found=Found.GAP, number=int(number)).exists():
            raise ValueError(number)
        row = number_gaps.record_reason(
            run.company_id, int(number), request.POST.get("reason", ""), by=origin_of(request)
        )
    except ValueError:
        fault = _("Nothing was recorded: write in a few words why the number was not used.")
        messages.error(request, fault, extra_tags="bad")
    else:
        origin = origin_of(request)
        record(run.company_id, EventName.GAP_EXPLAINED, origin=origin, number=number, reason=row.reason)
        messages.success(request, _("The reason is recorded."), extra_tags="good")
    response = redirect("reconciliation-one", request.access.company.slug, pk)
    response["Location"] += "?found=gap"
    return response


@company_page(Role.MEMBER, methods=("POST",))
def sign(request: CompanyRequest, pk: int) -> HttpResponse:
    """Sign for the month as it was found."""
    run = run_of(request, pk)
    if request.POST.get("digest", "") != run.digest:
        messages.error(request, _("Not signed: it was reconciled again meanwhile. Look at it first."), extra_tags="bad")
    else:
        try:
            actions.sign_off(run, by=origin_of(request), remark=request.POST.get("remark", ""))
        except actions.NotToBeSigned as error:
            messages.error(request, str(NOT_SIGNED[str(error)]), extra_tags="bad")
        else:
            messages.success(request, _("Signed. A later change of the month will be seen."), extra_tags="good")
    return redirect("reconciliation-one", request.access.company.slug, pk)


def _period(month: str, first: str, last: str) -> tuple[date, date] | None:
    """Both days included; None for what is no period."""
    try:
        if month:
            begin = date.fromisoformat(f"{month}-01")
            return begin, (begin + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
    except (ValueError, OverflowError):
        return None
    return (begin, end) if begin <= end and (end - begin).days <= LONGEST_DAYS else None
