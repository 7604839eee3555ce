"""Handle a cause: assign it, snooze it, comment on it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.inbox import handling
from bilag.inbox.open_problems import OpenProblem, find_open_problem
from bilag.members.models import Role
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.templatetags.bilag import oslo
from bilag.web.whole_numbers import whole_number


@company_page(Role.ACCOUNTANT, methods=("POST",))
def assign(request: CompanyRequest, cause: str) -> HttpResponse:
    """Assign the cause to a member (`user`), or to nobody."""
    one = _open(request, cause)
    if one is not None:
        user = request.POST.get("user", "")
        number = whole_number(user)
        try:
            if user and number is None:
                raise handling.NoSuchMember
            handling.assign(request.access.company.pk, one, number, by=origin_of(request))
        except handling.NoSuchMember:
            messages.error(request, _("Choose a member of the company."), extra_tags="bad")
        else:
            messages.success(request, _("Assigned.") if number else _("Assigned to nobody."), extra_tags="good")
    return redirect("inbox-one", request.access.company.slug, cause)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def snooze(request: CompanyRequest, cause: str) -> HttpResponse:
    """Snooze the cause for `days`; 0 ends the snooze."""
    one = _open(request, cause)
    if one is not None:
        days = request.POST.get("days", "")
        if days == "0":
            handling.wake(request.access.company.pk, one, by=origin_of(request))
            messages.success(request, _("The snooze has ended."), extra_tags="good")
        else:
            try:
                until = handling.snooze(request.access.company.pk, one, whole_number(days) or 0, by=origin_of(request))
            except handling.NotForSoLong:
                messages.error(request, _("Choose for how many days."), extra_tags="bad")
            else:
                text = _("Snoozed until %(time)s, or until more documents have the same cause.")
                messages.success(request, text % {"time": oslo(until)}, extra_tags="good")
    return redirect("inbox-one", request.access.company.slug, cause)


@company_page(Role.ACCOUNTANT, methods=("POST",))
def comment(request: CompanyRequest, cause: str) -> HttpResponse:
    """Add a comment (`text`)."""
    one = _open(request, cause)
    if one is not None:
        try:
            handling.comment(request.access.company.pk, one, request.POST.get("text", ""), by=origin_of(request))
        except handling.NothingSaid:
            messages.error(request, _("Write a comment first."), extra_tags="bad")
    return redirect("inbox-one", request.access.company.slug, cause)


def _open(request: CompanyRequest, cause: str) -> OpenProblem | None:
    """Return the open cause, or None with a message that it is resolved."""
    one = find_open_problem(store.load_setup(request.access.company.pk), cause)
    if one is None:
        messages.info(request, _("Nothing with this cause needs attention any more."), extra_tags="info")
    return one
