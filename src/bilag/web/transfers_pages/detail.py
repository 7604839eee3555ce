"""Show one transfer: the invoice beside its voucher, its problems with their remedies, and its attempts."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from pydantic import TypeAdapter, ValidationError

from bilag.companies import store
from bilag.companies.gateways import platform_for
from bilag.companies.setup import Setup
from bilag.messages import render_notes
from bilag.messages.fact_values import render_facts
from bilag.posting.chart import Chart
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.selection import SkipReason
from bilag.transfers.confirmed_rates import rules_of_invoice
from bilag.transfers.intake import close_pair, confirm_rate, exclude
from bilag.transfers.models import ACTIVE, Attempt, Kind, State, Transfer, VoucherDocument
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.templatetags.bilag import language
from bilag.web.transfers_pages.exclusion import exclusion_form, words_of
from bilag.web.transfers_pages.source import source_facts
from bilag.wire.errors import EdgeError

MOST_ATTEMPTS = 30
INVOICES = TypeAdapter(Invoice)
MAY_BE_RETRIED = (*ACTIVE, State.NEEDS_ATTENTION, State.SKIPPED)


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """An attempt and its level on the timeline: good, warn, bad or empty."""

    attempt: Attempt
    level: str


LEVELS = {"done": "good", "unchanged": "good", "unavailable": "warn", "in_doubt": "warn", "interrupted": "warn"}


@company_page(methods=("GET", "HEAD"))
def one(request: CompanyRequest, pk: int) -> HttpResponse:
    """Show the page."""
    row = Transfer.objects.filter(company_id=request.access.company.pk, pk=pk).first()
    if row is None:
        raise Http404
    attempts = list(Attempt.objects.of([row]).order_by("-id")[: MOST_ATTEMPTS + 1])
    setup = store.load_setup(request.access.company.pk)
    context: dict[str, Any] = {
        "transfer": row,
        "attempts": [
            ShownAttempt(one, LEVELS.get(one.verdict or "", "bad" if one.ended_at else ""))
            for one in attempts[:MOST_ATTEMPTS]
        ],
        "more_attempts": len(attempts) > MOST_ATTEMPTS,
        "may_retry": row.state in MAY_BE_RETRIED,
        "may_exclude": exclude.may_exclude(row) and row.reason != SkipReason.CANCELLED_BEFORE_POSTING,
        "exclusion": exclusion_form(row),
        "excluded_because": words_of(row) if row.reason == SkipReason.EXCLUDED else "",
        "may_close_pair": close_pair.is_offered(row),
        "rate_in_question": _rate_in_question(row),
        "moment_address": setup.moment.base_url,
        "under_way": row.state in ACTIVE,
        "document": VoucherDocument.objects.filter(transfer=row).first(),
        "attachments_off": not setup.export.attachments,
        "here": request.path,
    }
    source = next((one.source for one in attempts if one.source), None)
    context |= {"source": source, "source_facts": source_facts(source or {})}
    if row.kind == Kind.INVOICE and source is not None:
        context |= _planned(setup, source)
    return render(request, "bilag/transfer.html", context)


def _rate_in_question(row: Transfer) -> dict[str, str] | None:
    """Return the exchange rate that a person may confirm: as the form sends it, as it is shown, and its currency."""
    asked = confirm_rate.rate_in_question(row)
    if asked is None:
        return None
    value = f"{asked.rate:f}"
    shown = render_facts({"rate": value}, language())["rate"]
    return {"value": value, "shown": shown, "currency": asked.currency}


def _planned(setup: Setup, source: dict[str, Any]) -> dict[str, Any]:
    """Return the invoice as last read from Moment, and its voucher according to the current setup."""
    try:
        invoice = INVOICES.validate_python(source)
    except ValidationError:  # stored by an earlier version of Bilag, with other fields
        return {}
    plan: PostingPlan = plan_invoice(invoice, rules_of_invoice(setup, _chart(setup), invoice))
    return {"invoice": invoice, "plan": plan, "notes": render_notes(plan.notes, language())}


def _chart(setup: Setup) -> Chart | None:
    """Return the chart of accounts if accounting answers. The voucher can be shown without it."""
    try:
        return platform_for(setup).chart()
    except EdgeError:
        return None
