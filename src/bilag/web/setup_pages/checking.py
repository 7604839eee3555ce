"""Check the connection, and switch the integration on (after a check) or off."""

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
    "moment": gettext_lazy("Connected to Moment"),
    "signed_in": gettext_lazy("Signed in to accounting"),
    "client_found": gettext_lazy("The client belongs to the parent client"),
    "chart": gettext_lazy("Bilag can read accounts and VAT codes"),
    "units": gettext_lazy("The dimensions exist"),
    "periods": gettext_lazy("At least one period is open"),
    "accounts": gettext_lazy("Accounts and VAT codes are the same in Moment and accounting"),
    "numbers": gettext_lazy("The project numbers can be used in the dimension"),
    "notified": gettext_lazy("At least one person is notified"),
}


@company_page(Role.MEMBER, methods=("POST",))
def check(request: CompanyRequest) -> HttpResponse:
    """Check the setup in the form, whether it is saved or not. Nothing is changed."""
    form = load(request.access, request.POST, choices=Choices() if "version" not in request.POST else None).form
    if not form.is_valid():
        return render(request, "bilag/setup_check.html", {"form": form, "faulty": [f for f in form if f.errors]})
    setup = proposed(form, request.access.company)
    moment = open_moment(setup)
    try:
        report = check_company(setup, moment, open_platform(setup))
    finally:
        moment.close()
    return render(request, "bilag/setup_check.html", {"report": report, "steps": steps_with_titles(report)})


@company_page(Role.MEMBER, methods=("POST",))
def live(request: CompanyRequest) -> HttpResponse:
    """Switch the integration on if the check finds no error, or switch it off."""
    company = request.access.company
    if request.POST.get("live") != "on":
        switch.deactivate(company.pk, origin=origin_of(request))
        messages.success(
            request, _("The integration is switched off. Nothing is transferred until you switch it on again.")
        )
        return redirect("setup", company.slug)
    switched = switch.activate(company.pk, origin=origin_of(request))
    if switched.refusal is not None:
        text = _("The integration was not switched on. Fix what the check found, and try again.")
        messages.error(request, text, extra_tags="bad")
        context = {"report": switched.report, "steps": steps_with_titles(switched.report)}
        return render(request, "bilag/setup_live.html", context, status=409)
    text = _("The integration is switched on. Invoices finalised from now on are posted automatically.")
    messages.success(request, text, extra_tags="good")
    return redirect("overview", company.slug)


def check_saved(request: CompanyRequest) -> None:
    """Check a saved setup: a company that is switched on resumes if the setup works, and pauses if it does not."""
    outcome = switch.recheck(request.access.company.pk)
    if outcome == "paused":
        text = _("The setup does not work, so the integration is paused. Press Check connection to see why.")
        messages.error(request, text, extra_tags="bad")
    elif outcome == "resumed":
        messages.success(request, _("The setup works again. Transfers continue."), extra_tags="good")


def steps_with_titles(report: CheckReport) -> list[dict[str, object]]:
    """Return the steps with their titles in the language of the page."""
    return [{"title": STEPS.get(step.name, step.name), "step": step} for step in report.steps]
