"""Check connection, and the switch "live" that stands behind it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilag.companies.check import CheckReport, check_company
from bilag.companies.gateways import open_moment, open_platform
from bilag.members.models import Role
from bilag.transfers.activation import switch
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.setup_pages.choices import Choices
from bilag.web.setup_pages.loading import load, proposed

STEPS = {
    "moment": gettext_lazy("Moment answers and takes the key"),
    "signed_in": gettext_lazy("Signed in to accounting"),
    "client_found": gettext_lazy("Client found under its parent"),
    "chart": gettext_lazy("Accounts and VAT codes could be read"),
    "units": gettext_lazy("Chosen dimensions exist"),
    "periods": gettext_lazy("Periods are open"),
    "accounts": gettext_lazy("Accounts and VAT codes are equal in Moment and accounting"),
    "numbers": gettext_lazy("Project numbers in use fit their dimension"),
    "notified": gettext_lazy("Somebody is told when something stops"),
}


@company_page(Role.MEMBER, methods=("POST",))
def check(request: CompanyRequest) -> HttpResponse:
    """Check the setup as it stands in the form, saved or not. Nothing is changed."""
    form = load(request.access, request.POST, choices=Choices() if "version" not in request.POST else None).form
    if not form.is_valid():
        return render(request, "bilag/setup_check.html", {"form": form, "faulty": [f for f in form if f.errors]})
    setup = proposed(form, request.access.company)
    moment = open_moment(setup)
    try:
        report = check_company(setup, moment, open_platform(setup))
    finally:
        moment.close()
    return render(request, "bilag/setup_check.html", {"report": report, "steps": told_steps(report)})


@company_page(Role.MEMBER, methods=("POST",))
def live(request: CompanyRequest) -> HttpResponse:
    """Switch the company on, behind the same check, or off."""
    company = request.access.company
    if request.POST.get("live") != "on":
        switch.deactivate(company.pk, origin=origin_of(request))
        messages.success(request, _("Switched off. Nothing is transferred until you switch it on again."))
        return redirect("setup", company.slug)
    switched = switch.activate(company.pk, origin=origin_of(request))
    if switched.refusal is not None:
        text = _("Not switched on: see what the check found, mend it, and try again.")
        messages.error(request, text, extra_tags="bad")
        context = {"report": switched.report, "steps": told_steps(switched.report)}
        return render(request, "bilag/setup_live.html", context, status=409)
    text = _("Live. Invoices finalised from now on are posted by themselves.")
    messages.success(request, text, extra_tags="good")
    return redirect("overview", company.slug)


def check_saved(request: CompanyRequest) -> None:
    """After saving: a company that is live goes on if its setup works, or is paused with the reason."""
    standing = switch.recheck(request.access.company.pk)
    if standing == "paused":
        text = _("But it does not work: the company is paused until it does. Press Check connection to see why.")
        messages.error(request, text, extra_tags="bad")
    elif standing == "resumed":
        messages.success(request, _("The setup works again: transfers go on."), extra_tags="good")


def told_steps(report: CheckReport) -> list[dict[str, object]]:
    """The steps with their titles in the page's language."""
    return [{"title": STEPS.get(step.name, step.name), "step": step} for step in report.steps]
