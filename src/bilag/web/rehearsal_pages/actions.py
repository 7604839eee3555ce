"""Actions on rehearsals: start one, accept proposals, sign one off."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilag.companies.file import CompanyFileError
from bilag.companies.refusals import SetupRefused
from bilag.companies.store import SetupChanged
from bilag.members.models import Role
from bilag.posting.periods import NotAPeriod, Period, parsed_period
from bilag.rehearsal import actions, enqueue
from bilag.rehearsal.models import Rehearsal
from bilag.transfers.activation.save_setup import check_saved
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.rehearsal_pages.views import run_of
from bilag.web.setup_pages.checking import report_check

NOT_SIGNED = {
    "running": gettext_lazy("The rehearsal is not done. Sign when it is done."),
    "remark_needed": gettext_lazy("There are differences. Write a remark about what you decided, then sign."),
}


@company_page(Role.ACCOUNTANT, methods=("POST",))
def start(request: CompanyRequest) -> HttpResponse:
    """Start the rehearsal of a period, or continue one that stopped."""
    company = request.access.company
    period = _period(request.POST.get("from", ""), request.POST.get("to", ""))
    if period is None:
        fault = _("Nothing was started. Enter a first and a last day at most ten years apart.")
        messages.error(request, fault, extra_tags="bad")
    else:
        enqueue.ask(company.pk, *period, origin=origin_of(request))
        messages.success(request, _("The rehearsal has started. The result is shown here."), extra_tags="good")
    if request.POST.get("guide"):
        newest = Rehearsal.objects.filter(company=company).order_by("-id").first()
        address = reverse("guide-step", args=[company.slug, "rehearse"])
        return redirect(f"{address}?started={newest.pk if newest else 0}")
    return redirect("rehearsal", company.slug)


@company_page(Role.MEMBER, methods=("POST",))
def accept(request: CompanyRequest, pk: int) -> HttpResponse:
    """Save the chosen proposals, or all, in the setup, and rehearse again."""
    run = run_of(request, pk)
    names = None if request.POST.get("all") else request.POST.getlist("name")
    try:
        saved = actions.accept(run, names, origin=origin_of(request))
    except actions.NotProposed:
        messages.error(request, _("Nothing was saved. Select at least one proposal."), extra_tags="bad")
    except SetupChanged:
        fault = _("Nothing was saved. The setup has been changed since the rehearsal. Rehearse again.")
        messages.error(request, fault, extra_tags="bad")
    except (CompanyFileError, SetupRefused):
        fault = _("Nothing was saved. The setup does not allow this. Change it in the integration setup.")
        messages.error(request, fault, extra_tags="bad")
    else:
        report_check(request, check_saved(saved))
        enqueue.ask(run.company_id, run.first, run.last, origin=origin_of(request))
        messages.success(request, _("Saved in the setup. Bilag rehearses the period again."), extra_tags="good")
        return redirect("rehearsal", request.access.company.slug)
    return redirect("rehearsal-one", request.access.company.slug, pk)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def sign(request: CompanyRequest, pk: int) -> HttpResponse:
    """Sign the rehearsal with the results that the user saw."""
    run = run_of(request, pk)
    try:
        actions.sign_off(run, by=origin_of(request), remark=request.POST.get("remark", ""))
    except actions.NotToBeSigned as error:
        messages.error(request, str(NOT_SIGNED[str(error)]), extra_tags="bad")
    else:
        messages.success(request, _("Signed. The sign-off is kept in the control trail."), extra_tags="good")
    return redirect("rehearsal-one", request.access.company.slug, pk)


def _period(first: str, last: str) -> Period | None:
    """Parse two days, both included. Return None if they are not a period."""
    try:
        return parsed_period(first, last)
    except NotAPeriod:
        return None
