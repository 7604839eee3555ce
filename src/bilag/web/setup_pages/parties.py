"""Who the parties are: the companies in Moment, Bilag and accounting side by side, and a person's word that they are one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilag.companies import store
from bilag.companies.check import CheckReport
from bilag.companies.parties import Standing
from bilag.members.models import Role
from bilag.transfers.activation import switch
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.setup_pages.check_rows import on_setup_page, shown_steps, sides_of

TITLES = {
    Standing.AGREE: gettext_lazy("They are one company"),
    Standing.CONFIRMED: gettext_lazy("Confirmed as one company"),
    Standing.RENAMED: gettext_lazy("Action needed"),
    Standing.KEPT: gettext_lazy("Action needed"),
    Standing.UNSURE: gettext_lazy("Action needed"),
}
"""The heading of each standing; the last one is for all that stop a company."""
STOPPED = gettext_lazy("Nothing may be posted")


@company_page(Role.MEMBER)
def parties(request: CompanyRequest) -> HttpResponse:
    """Ask both systems and show the parties; POST confirms exactly those that the person saw."""
    company = request.access.company
    if request.method != "POST":
        return _page(request, switch.check(company.pk))
    try:
        switch.confirm_parties(company.pk, request.POST.get("seen", ""), origin=origin_of(request))
    except switch.PartiesChanged as changed:
        text = _("Nothing was confirmed: what the systems say has changed since you looked. Check it again.")
        messages.error(request, text, extra_tags="bad")
        return _page(request, changed.report, status=409)
    messages.success(request, _("Confirmed: they are one company."), extra_tags="good")
    return redirect("setup-parties", company.slug)


def _page(request: CompanyRequest, report: CheckReport, status: int = 200) -> HttpResponse:
    seen, company = report.seen, request.access.company
    context = {
        "seen": seen,
        "title": TITLES.get(seen.standing, STOPPED) if seen is not None else "",
        "sides": sides_of(seen) if seen is not None else (),
        "steps": shown_steps(report, store.load_setup(company.pk), on_setup_page(company.slug)) if seen is None else [],
    }
    return render(request, "bilag/setup_parties.html", context, status=status)
