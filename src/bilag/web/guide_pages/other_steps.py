"""The steps without a form: the webhook, the rehearsal or preview, and switching on."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.companies.setup import Setup
from bilag.jobs import health
from bilag.members.models import Role
from bilag.posting.selection import OSLO, oslo_date
from bilag.rehearsal import queries
from bilag.rehearsal.models import Rehearsal
from bilag.transfers.activation import switch
from bilag.transfers.activation.switch import Refusal
from bilag.transfers.models import Kind, State, Transfer
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.guide_pages.progress import keep_checked, progress_of
from bilag.web.guide_pages.steps import GuideStep, StepKey, in_guide
from bilag.web.rehearsal_pages.views import year_before
from bilag.web.setup_pages.check_rows import shown_steps
from bilag.web.templatetags.bilag import language

STOP_POLLING = 286
"""The status at which htmx stops polling."""
MOST_RUNS = 3
SHOWN_WHY = (State.NEEDS_ATTENTION, State.WAITING, State.IN_DOUBT)


def context_of(request: CompanyRequest, one: GuideStep) -> dict[str, Any]:
    """Return the context of the step's template."""
    if one.key is StepKey.WEBHOOK:
        return {"webhook_url": store.webhook_url(request.access.company), **_calls(request)}
    if one.key is StepKey.REHEARSE:
        return _rehearsals(request)
    if one.key is StepKey.ON:
        return {**_what_happens(request), **_first_invoice(request)}
    return {}


@company_page(Role.MEMBER, methods=("GET", "HEAD"))
def webhook_seen(request: CompanyRequest) -> HttpResponse:
    """Say whether Moment has used the webhook address, and when."""
    return render(request, "bilag/guide_webhook_seen.html", {**_calls(request), "polled": True})


@company_page(Role.MEMBER, methods=("GET", "HEAD"))
def first_invoice(request: CompanyRequest) -> HttpResponse:
    """Show the first invoice on its way to accounting, until it is posted."""
    context = _first_invoice(request)
    done = context["first"] is not None and context["first"].state == State.DONE
    return render(request, "bilag/guide_first.html", context, status=STOP_POLLING if done else 200)


def switch_on(request: CompanyRequest, page: Callable[..., HttpResponse]) -> HttpResponse:
    """Switch the company on, if the same check as always finds nothing wrong; otherwise show the steps that are missing."""
    company = request.access.company
    setup = store.load_setup(company.pk)
    switched = switch.activate(company.pk, origin=origin_of(request))
    keep_checked(setup, switched.report, origin=origin_of(request))
    if switched.refusal is None:
        messages.success(request, _("The integration is switched on."), extra_tags="good")
        return redirect("guide-step", company.slug, StepKey.ON.value)
    text = {
        Refusal.PARTIES_UNCONFIRMED: _("Not switched on: first confirm that the parties are one company."),
        Refusal.NO_RECIPIENTS: _("Not switched on: choose who is notified when something stops."),
        Refusal.UNREACHABLE: _("Not switched on: one of the systems does not answer. Try again later."),
        Refusal.CHECK_FAILED: _("Not switched on: correct what the check found."),
    }[switched.refusal]
    steps = shown_steps(switched.report, setup, in_guide(company.slug))
    wrong = [step for step in steps if step.status != "ok"]
    return page(status=409, refused=text, steps=wrong, **_what_happens(request))


def _calls(request: CompanyRequest) -> dict[str, Any]:
    company = request.access.company
    facts = progress_of(company, store.load_setup(company.pk)).facts
    return {"first_call": facts.first_call, "last_call": facts.last_call}


def _rehearsals(request: CompanyRequest) -> dict[str, Any]:
    company = request.access.company
    runs = list(Rehearsal.objects.filter(company=company).order_by("-id")[:MOST_RUNS])
    first, last = year_before(timezone.now().astimezone(OSLO).date())
    started = request.GET.get("started", "")
    awaited = (
        started.isdigit() and len(started) < 19 and not any(run.ended_at and run.pk > int(started) for run in runs)
    )
    return {
        "awaited": awaited or any(run.ended_at is None for run in runs),
        "done": [(run, queries.headline(run, language())) for run in runs if run.ended_at is not None],
        "unfinished": [(run, queries.stopped_by(run)) for run in runs if run.ended_at is None],
        "worker_alive": health.worker_alive(),
        "first": first,
        "last": last,
    }


def _what_happens(request: CompanyRequest) -> dict[str, Any]:
    """Return what will be transferred, from which day, and who is notified."""
    setup = store.load_setup(request.access.company.pk)
    return {
        "setup": setup,
        "first_day": setup.export.invoices_from or oslo_date(datetime.now(UTC)),
        "kinds": _kinds(setup),
        "in_the_way": progress_of(request.access.company, setup).in_the_way,
    }


def _kinds(setup: Setup) -> list[str]:
    chosen = (
        (setup.export.invoices, _("Invoices")),
        (setup.export.customers, _("Customers")),
        (setup.export.projects and setup.dimensions.project is not None, _("Projects")),
        (setup.expenses.enabled, _("Expenses")),
    )
    words = [word for on, word in chosen if on]
    return [*words[:1], *(word.lower() for word in words[1:])]


def _first_invoice(request: CompanyRequest) -> dict[str, Any]:
    """Return the invoice that was posted first; until there is one, the newest on its way."""
    rows = Transfer.objects.filter(company=request.access.company, kind=Kind.INVOICE)
    posted = rows.filter(state=State.DONE).order_by("id").first()
    first = posted or rows.exclude(state=State.SKIPPED).order_by("-id").first()
    return {"first": first, "explained": first is not None and first.state in SHOWN_WHY}
