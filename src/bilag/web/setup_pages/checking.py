"""The button "Check connection", and the live switch, which needs a good check."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.companies.check import Check, CheckReport
from bilag.companies.gateways import open_moment, open_platform
from bilag.members.models import Role
from bilag.transfers.activation import switch
from bilag.transfers.activation.save_setup import SavedCheck
from bilag.transfers.activation.switch import Rechecked, Refusal
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.setup_pages.check_rows import Where, anchor, elsewhere, on_setup_page, shown_step, shown_steps
from bilag.web.setup_pages.choices import Choices
from bilag.web.setup_pages.loading import load, proposed
from bilag.web.setup_pages.streaming import streamed

MARK = "<!--piece-->"
"""Ends each piece of a check. The script that shows the pieces (`stream.js`) waits for it."""


@company_page(Role.MEMBER, methods=("POST",))
def check(request: CompanyRequest) -> HttpResponseBase:
    """Check the setup in the form, saved or not, and show each step when it is done. Changes nothing."""
    back = "" if is_part(request) else reverse("setup", args=[request.access.company.slug])
    form = load(request.access, request.POST, choices=Choices() if "version" not in request.POST else None).form
    if not form.is_valid():
        template = "setup_check" if is_part(request) else "setup_checking"
        return render(request, f"bilag/{template}.html", {"faulty": [f for f in form if f.errors], "back": back})
    setup, slug = proposed(form, request.access.company), request.access.company.slug
    moment = open_moment(setup)
    begun = Check(setup, moment, open_platform(setup))
    where = _on_this_page(slug) if is_part(request) else on_setup_page(slug)
    return stream_check(request, begun, where, at_end=moment.close, back=back)


def stream_check(
    request: CompanyRequest,
    check: Check,
    where: Where,
    *,
    at_end: Callable[[], None],
    at_result: Callable[[CheckReport], None] | None = None,
    **more: Any,
) -> HttpResponseBase:
    """Return the check as a page of its own, or as a part of one, in pieces.

    `at_end` runs when it is over, or given up; `at_result` gets the report when it is over.
    """
    head, tail = "", ""
    if not is_part(request):
        frame = render_to_string("bilag/setup_checking.html", {"mark": MARK, **more}, request)
        head, _mark, tail = frame.partition(MARK)
    context = {"access": request.access, "language": get_language(), **more}
    ended = _Ended(at_end, at_result or (lambda report: None))
    return streamed(request, _pieces(check, where, (head, tail), ended, context))


@dataclass(frozen=True, slots=True)
class _Ended:
    """What happens when a check is over."""

    always: Callable[[], None]
    with_result: Callable[[CheckReport], None]


def _pieces(
    check: Check, where: Where, frame: tuple[str, str], ended: _Ended, context: dict[str, Any]
) -> Iterator[str]:
    """Yield the beginning, each step, and the result, in the language of the page."""
    with override(context["language"]):
        try:
            yield frame[0] + render_to_string("bilag/setup_check_begin.html", context) + MARK
            for step in check.run():
                one = shown_step(step, check.setup, check.report.seen, where)
                yield render_to_string("bilag/setup_check_step.html", {**context, "one": one}) + MARK
        finally:
            ended.always()
        ended.with_result(check.report)
        end = render_to_string("bilag/setup_check_end.html", {**context, "report": check.report})
        yield end + MARK + frame[1]


def is_part(request: CompanyRequest) -> bool:
    """Return whether a script requests a fragment, to insert it in the present page."""
    return bool(request.headers.get("HX-Request"))


def _on_this_page(slug: str) -> Where:
    return lambda dotted: elsewhere(dotted, slug) or anchor(dotted)


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
        steps = shown_steps(switched.report, store.load_setup(company.pk), on_setup_page(company.slug))
        return render(request, "bilag/setup_live.html", {"report": switched.report, "steps": steps}, status=409)
    text = _("The integration is switched on. Invoices finalised from now on are posted automatically.")
    messages.success(request, text, extra_tags="good")
    return redirect("overview", company.slug)


def report_check(request: CompanyRequest, check: SavedCheck) -> None:
    """Tell the person if the check after saving paused or resumed the company."""
    if check.outcome is Rechecked.PAUSED:
        text = _("The setup does not work, so the integration is paused. Press Check connection to see why.")
        messages.error(request, text, extra_tags="bad")
    elif check.outcome is Rechecked.RESUMED:
        messages.success(request, _("The setup works again. Transfers continue."), extra_tags="good")
