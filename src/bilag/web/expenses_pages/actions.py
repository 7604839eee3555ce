"""What a person does: import now, try a line again, pass it over, or say that it was seen."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.expenses import actions, enqueue
from bilag.expenses.models import ExpenseLine
from bilag.members.models import Role
from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight
from bilag.web.decorators import CompanyRequest, company_page, origin_of

LONGEST_DAYS_BACK = 3660


@company_page(Role.MEMBER, methods=("POST",))
def import_now(request: CompanyRequest) -> HttpResponse:
    """Import now, looking at so many days again."""
    company = request.access.company
    setup = store.load_setup(company.pk)
    text = request.POST.get("days_back", "").strip()
    known = text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= LONGEST_DAYS_BACK
    if text and not known:
        fault = _("Nothing was done: the days back are a whole number from 0 to %(most)s.")
        messages.error(request, fault % {"most": LONGEST_DAYS_BACK}, extra_tags="bad")
    elif not setup.expenses.enabled:
        messages.error(request, _("Import of expenses is switched off in the setup."), extra_tags="bad")
    elif not setup.live or setup.paused is not None:
        fault = _("The company is paused or not live, so nothing is imported. The overview says why.")
        messages.error(request, fault, extra_tags="bad")
    else:
        enqueue.ask_import(company.pk, origin=origin_of(request), days_back=int(text) if text else None)
        messages.success(request, _("The import is on its way. What it finds is seen here."), extra_tags="good")
    return redirect("expenses", company.slug)


@company_page(Role.MEMBER, methods=("POST",))
def try_again(request: CompanyRequest, pk: int) -> HttpResponse:
    """Look at the line again."""
    return _done(request, pk, actions.retry, _("It is tried again at once."))


@company_page(Role.MEMBER, methods=("POST",))
def mark_reviewed(request: CompanyRequest, pk: int) -> HttpResponse:
    """Somebody has dealt with it."""
    return _done(request, pk, actions.mark_reviewed, _("It is not shown as waiting for a person any more."))


@company_page(Role.MEMBER, methods=("POST",))
def pass_over(request: CompanyRequest, pk: int) -> HttpResponse:
    """It stays in accounting."""
    try:
        return _done(request, pk, actions.exclude, _("It is not imported. Press Try again if it is to come after all."))
    except AlreadyPostedOrInFlight:
        text = _("It is in Moment, or may be, so it cannot be left out. Delete the expense in Moment instead.")
        messages.error(request, text, extra_tags="bad")
        return redirect("expenses-one", request.access.company.slug, pk)


def _done(request: CompanyRequest, pk: int, act: Callable[..., ExpenseLine], said: str) -> HttpResponse:
    try:
        act(request.access.company.pk, pk, origin=origin_of(request))
    except ExpenseLine.DoesNotExist:
        raise Http404 from None
    messages.success(request, said, extra_tags="good")
    return redirect("expenses-one", request.access.company.slug, pk)
