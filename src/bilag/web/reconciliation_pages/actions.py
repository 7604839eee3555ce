"""Actions on reconciliations: start one, transfer missing invoices, explain an unused number, sign a month."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bilag.events.record import EventName, record
from bilag.members.models import Role
from bilag.posting.periods import NotAPeriod, Period, parsed_month, parsed_period
from bilag.reconciliation import actions, enqueue, number_gaps
from bilag.reconciliation.models import Found, Reconciliation
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.reconciliation_pages import choice
from bilag.web.reconciliation_pages.views import of_run
from bilag.web.reconciliation_pages.words import NOT_SIGNED
from bilag.web.whole_numbers import whole_number


@company_page(Role.ACCOUNTANT, methods=("POST",))
def start(request: CompanyRequest) -> HttpResponse:
    """Start the reconciliation of a month or another period."""
    company = request.access.company
    period = _period(request.POST.get("month", ""), request.POST.get("from", ""), request.POST.get("to", ""))
    if period is None:
        fault = _("Nothing was reconciled. Choose a month, or a first and a last day at most ten years apart.")
        messages.error(request, fault, extra_tags="bad")
    else:
        enqueue.ask(company.pk, *period, origin=origin_of(request))
        choice.remember(request, *period)
        return redirect("reconciliation-period", company.slug, *period)
    return redirect("reconciliation", company.slug)


@company_page(Role.ACCOUNTANT, methods=("POST",))
@of_run
def send(request: CompanyRequest, run: Reconciliation) -> HttpResponse:
    """Transfer all missing invoices, or one of them."""
    number = request.POST.get("number", "").strip()
    sent = actions.send_missing(run, origin=origin_of(request), numbers=[number] if number else None)
    if sent:
        text = ngettext("Transferring %(count)s invoice.", "Transferring %(count)s invoices.", len(sent))
        messages.success(request, text % {"count": len(sent)}, extra_tags="good")
    else:
        messages.error(
            request,
            _(
                "Nothing was transferred. The invoice is not missing, its transfer is already in progress, or its voucher was "
                "reversed."
            ),
            extra_tags="bad",
        )
    return redirect("reconciliation-one", request.access.company.slug, run.pk)


@company_page(Role.ACCOUNTANT, methods=("POST",))
@of_run
def explain_gap(request: CompanyRequest, run: Reconciliation) -> HttpResponse:
    """Save the reason why a number was not used."""
    number = whole_number(request.POST.get("number", ""))
    try:
        if number is None or not run.findings.filter(found=Found.GAP, number=number).exists():
            raise ValueError(number)
        row = number_gaps.record_reason(run.company_id, number, request.POST.get("reason", ""), by=origin_of(request))
    except ValueError:
        fault = _("Nothing was saved. Write in a few words why the number was not used.")
        messages.error(request, fault, extra_tags="bad")
    else:
        origin = origin_of(request)
        record(run.company_id, EventName.GAP_EXPLAINED, origin=origin, number=str(number), reason=row.reason)
        messages.success(request, _("The reason is saved."), extra_tags="good")
    response = redirect("reconciliation-one", request.access.company.slug, run.pk)
    response["Location"] += "?found=gap"
    return response


@company_page(Role.ACCOUNTANT, methods=("POST",))
@of_run
def sign(request: CompanyRequest, run: Reconciliation) -> HttpResponse:
    """Sign the month with the findings that the user saw."""
    if request.POST.get("digest", "") != run.digest:
        messages.error(
            request,
            _("Not signed. The month has been reconciled again since you opened it. Review it first."),
            extra_tags="bad",
        )
    else:
        try:
            actions.sign_off(run, by=origin_of(request), remark=request.POST.get("remark", ""))
        except actions.NotToBeSigned as error:
            messages.error(request, str(NOT_SIGNED[str(error)]), extra_tags="bad")
        else:
            messages.success(request, _("Signed. Bilag shows it if the month changes later."), extra_tags="good")
    return redirect("reconciliation-one", request.access.company.slug, run.pk)


def _period(month: str, first: str, last: str) -> Period | None:
    """Parse a month or two days, both included. Return None if they are not a period."""
    try:
        return parsed_month(month) if month else parsed_period(first, last)
    except NotAPeriod:
        return None
