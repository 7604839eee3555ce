"""The button "Check connection", and the live switch, which needs a good check."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilag.companies.check import CheckReport, StepName, check_company
from bilag.companies.gateways import open_moment, open_platform
from bilag.members.models import Role
from bilag.platforms.base import PlatformStep
from bilag.transfers.activation import switch
from bilag.transfers.activation.save_setup import SavedCheck
from bilag.transfers.activation.switch import Rechecked, Refusal
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.setup_pages.choices import Choices
from bilag.web.setup_pages.loading import load, proposed

STEPS = {
    StepName.MOMENT: gettext_lazy("Connected to Moment"),
    PlatformStep.SIGNED_IN: gettext_lazy("Signed in to accounting"),
    PlatformStep.CLIENT_FOUND: gettext_lazy("The client belongs to the parent client"),
    PlatformStep.CHART: gettext_lazy("Bilag can read accounts and VAT codes"),
    PlatformStep.UNITS: gettext_lazy("The dimensions exist"),
    PlatformStep.PERIODS: gettext_lazy("At least one period is open"),
    StepName.ACCOUNTS: gettext_lazy("Accounts and VAT codes are the same in Moment and accounting"),
    StepName.NUMBERS: gettext_lazy("The project numbers can be used in the dimension"),
    StepName.WHO: gettext_lazy("Moment, Bilag and the client are one company"),
    StepName.NOTIFIED: gettext_lazy("At least one person is notified"),
}
"""The title of each step."""


@company_page(Role.MEMBER, methods=("POST",))
def check(request: CompanyRequest) -> HttpResponse:
    """Check the setup in the form, saved or not. Changes nothing."""
    form = load(request.access, request.POST, choices=Choices() if "version" not in request.POST else None).form
    if not form.is_valid():
        return render(request, "bilag/setup_check.html", {"form": form, "faulty": [f for f in form if f.errors]})
    setup = proposed(form, request.access.company)
    moment = open_moment(setup)
    try:
        report = check_company(setup, moment, open_platform(setup))
    finally:
        moment.close()
    return render(request, "bilag/setup_check.html", {"report": report, "steps": titled_steps(report)})


@company_page(Role.MEMBER, methods=("POST",))
def live(request: CompanyRequest) -> HttpResponse:
    """Switch the company off, or on if the same check finds nothing wrong."""
    company = request.access.company
    if request.POST.get("live") != "on":
        switch.deactivate(company.pk, origin=origin_of(request))
        messages.success(
            request, _("The integration is switched off. Nothing is transferred until you switch it on again.")
        )
        return redirect("setup", company.slug)
    switched = switch.activate(company.pk, origin=origin_of(request))
    if switched.refusal is not None:
        text = (
            _("The integration was not switched on. First confirm that the parties are one company.")
            if switched.refusal is Refusal.PARTIES_UNCONFIRMED
            else _("The integration was not switched on. Fix what the check found, and try again.")
        )
        messages.error(request, text, extra_tags="bad")
        context = {"report": switched.report, "steps": titled_steps(switched.report)}
        return render(request, "bilag/setup_live.html", context, status=409)
    text = _("The integration is switched on. Invoices finalised from now on are posted automatically.")
    messages.success(request, text, extra_tags="good")
    return redirect("overview", company.slug)


def report_check(request: CompanyRequest, check: SavedCheck) -> None:
    """Tell the person when the check after saving paused or resumed the company."""
    if check.outcome is Rechecked.PAUSED:
        text = _("The setup does not work, so the integration is paused. Press Check connection to see why.")
        messages.error(request, text, extra_tags="bad")
    elif check.outcome is Rechecked.RESUMED:
        messages.success(request, _("The setup works again. Transfers continue."), extra_tags="good")


def titled_steps(report: CheckReport) -> list[dict[str, object]]:
    """Return the steps with their titles in the page's language."""
    return [{"title": STEPS[step.name], "step": step} for step in report.steps]
