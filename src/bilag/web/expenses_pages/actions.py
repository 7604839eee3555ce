"""Actions on expenses: import now, retry a line, exclude it, or mark it as resolved."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.expenses import actions, enqueue
from bilag.expenses.importer import LONGEST_DAYS_BACK
from bilag.expenses.models import ExpenseLine
from bilag.members.models import Role
from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.whole_numbers import whole_number


@company_page(Role.ACCOUNTANT, methods=("POST",))
def import_now(request: CompanyRequest) -> HttpResponse:
    """Start an import that reads the given number of days again."""
    company = request.access.company
    setup = store.load_setup(company.pk)
    typed = request.POST.get("days_back", "").strip()
    days_back = whole_number(typed, LONGEST_DAYS_BACK)
    if typed and days_back is None:
        fault = _("Nothing was imported. Days back must be a whole number from 0 to %(most)s.")
        messages.error(request, fault % {"most": LONGEST_DAYS_BACK}, extra_tags="bad")
    elif not setup.expenses.enabled:
        messages.error(request, _("Expense import is switched off in the setup."), extra_tags="bad")
    elif not setup.live or setup.paused is not None:
        fault = _("The integration is paused or switched off, so nothing is imported. The overview shows why.")
        messages.error(request, fault, extra_tags="bad")
    else:
        enqueue.ask_import(company.pk, origin=origin_of(request), days_back=days_back)
        messages.success(request, _("The import has started. The result is shown here."), extra_tags="good")
    return redirect("expenses", company.slug)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def retry(request: CompanyRequest, pk: int) -> HttpResponse:
    """Retry the line."""
    return _done(request, pk, actions.retry, _("Bilag is retrying the line."))


@company_page(Role.ACCOUNTANT, methods=("POST",))
def mark_reviewed(request: CompanyRequest, pk: int) -> HttpResponse:
    """Mark the line as resolved."""
    return _done(request, pk, actions.mark_reviewed, _("The line is marked as resolved."))


@company_page(Role.ACCOUNTANT, methods=("POST",))
def exclude(request: CompanyRequest, pk: int) -> HttpResponse:
    """Exclude the line from the import."""
    try:
        return _done(
            request, pk, actions.exclude, _("Bilag will not import the line. Press Retry to import it after all.")
        )
    except AlreadyPostedOrInFlight:
        text = _("The line is in Moment, or may be, so you cannot exclude it. Delete the expense in Moment instead.")
        messages.error(request, text, extra_tags="bad")
        return redirect("expenses-one", request.access.company.slug, pk)


def _done(request: CompanyRequest, pk: int, act: Callable[..., ExpenseLine], text: str) -> HttpResponse:
    """Do it, show `text`, and return to the page of the line."""
    try:
        act(request.access.company.pk, pk, origin=origin_of(request))
    except ExpenseLine.DoesNotExist:
        raise Http404 from None
    messages.success(request, text, extra_tags="good")
    return redirect("expenses-one", request.access.company.slug, pk)
