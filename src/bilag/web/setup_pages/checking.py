"""Check connection, and the switch "live" that stands behind it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilag.companies import store
from bilag.companies.check import CheckReport, check_company
from bilag.companies.gateways import moment_for, open_moment, open_platform, platform_for
from bilag.members.models import Role
from bilag.notices import events
from bilag.posting.selection import oslo_date
from bilag.transfers import pausing
from bilag.web.company_pages import CompanyRequest, company_page, origin_of
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
        store.set_not_live(company.pk, origin=origin_of(request))
        events.record(company.pk, "not_live", origin=origin_of(request))
        messages.success(request, _("Switched off. Nothing is transferred until you switch it on again."))
        return redirect("setup", company.slug)
    setup = store.load_setup(company.pk)
    report = check_company(setup, moment_for(setup), platform_for(setup))
    nobody = not store.somebody_is_told(company.pk)
    if not report.ok or nobody:
        text = _("Not switched on: see what the check found, mend it, and try again.")
        messages.error(request, text, extra_tags="bad")
        context = {"setup": setup, "report": report, "steps": told_steps(report)}
        return render(request, "bilag/setup_live.html", context, status=409)
    store.set_live(company.pk, oslo_date(datetime.now(UTC)), origin=origin_of(request))
    pausing.go_on(company.pk)
    events.record(company.pk, "live", origin=origin_of(request))
    text = _("Live. Invoices finalised from now on are posted by themselves.")
    messages.success(request, text, extra_tags="good")
    return redirect("overview", company.slug)


def check_saved(request: CompanyRequest) -> None:
    """After saving: a company that is live goes on if its setup works, or is paused with the reason."""
    setup = store.load_setup(request.access.company.pk)
    if not setup.live:
        return
    report = check_company(setup, moment_for(setup), platform_for(setup))
    if report.misconfigured is not None:
        store.resume(setup.company_id)  # so that the newest reason is the one that is told
        pausing.pause(store.load_setup(setup.company_id), report.misconfigured)
        text = _("But it does not work: the company is paused until it does. Press Check connection to see why.")
        messages.error(request, text, extra_tags="bad")
    elif setup.paused is not None and report.unavailable is None:
        pausing.go_on(setup.company_id)
        messages.success(request, _("The setup works again: transfers go on."), extra_tags="good")


def told_steps(report: CheckReport) -> list[dict[str, object]]:
    """The steps with their titles in the page's language."""
    return [{"title": STEPS.get(step.name, step.name), "step": step} for step in report.steps]
