"""Preview the voucher of an invoice, and compare how invoices would be posted before and after a change of setup."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.companies.gateways import moment_for, open_platform, platform_for
from bilag.companies.setup import Setup
from bilag.events.models import Event
from bilag.events.record import EventName, record
from bilag.jobs.threads import giving_back
from bilag.members.models import Role
from bilag.messages import render_notes
from bilag.moment.client import MomentClient
from bilag.posting.exchange_rates import ConfirmedRate
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.selection import oslo_date
from bilag.transfers.confirmed_rates import rules_of_invoice
from bilag.transfers.rules import rules_for
from bilag.web.decorators import CompanyRequest, company_page, origin_of
from bilag.web.labels import VOUCHER_FIELDS, VOUCHER_KINDS
from bilag.web.setup_pages.comparing import Difference, difference
from bilag.web.setup_pages.loading import language, load, proposed
from bilag.web.templatetags.bilag import readable
from bilag.web.whole_numbers import whole_number
from bilag.wire.errors import EdgeError, Refused

OFFERED = 20
COMPARED = 50
AT_ONCE = 6


@company_page(methods=("GET", "HEAD"))
def try_it(request: CompanyRequest) -> HttpResponse:
    """Show the voucher of a chosen invoice, entry by entry. Nothing is sent."""
    number = request.GET.get("invoice", "").strip()
    setup = store.load_setup(request.access.company.pk)
    context: dict[str, object] = {"number": number, "setup": setup}
    try:
        moment = moment_for(setup)
        known = whole_number(number)
        if number and known is None:
            context["fault"] = _("%(number)s is not an invoice number. An invoice number has digits only.") % {
                "number": number[:40]
            }
        elif known is not None:
            context |= _planned(setup, moment, known)
            if "plan" in context and not setup.live:
                _keep_previewed(request, number)
        context["recent"] = moment.recent_invoices(oslo_date(datetime.now(UTC)), OFFERED)
    except EdgeError as error:
        context["problems"] = error.problems
    return render(request, "bilag/setup_try.html", context)


def _keep_previewed(request: CompanyRequest, number: str) -> None:
    """Record the first preview of an invoice before the company is switched on: a step of its guided setup."""
    company = request.access.company
    if not Event.objects.filter(company=company, name=EventName.INVOICE_PREVIEWED).exists():
        record(company.pk, EventName.INVOICE_PREVIEWED, origin=origin_of(request), number=number)


def _planned(setup: Setup, moment: MomentClient, number: int) -> dict[str, object]:
    """Return the template context for the invoice with this number: its plan, problems and notes."""
    invoice = moment.invoice_by_number(number)
    if invoice is None:
        return {"problems": [Problem("not_in_moment", f"invoice {number}", {"number": str(number)})]}
    plan = plan_invoice(invoice, rules_of_invoice(setup, platform_for(setup).chart(), invoice))
    return {"invoice": invoice, "plan": plan, "problems": plan.problems, "notes": render_notes(plan.notes, language())}


@dataclass(frozen=True, slots=True)
class Compared:
    """The differences for one invoice. `header` has labels and formatted values."""

    invoice: Invoice
    difference: Difference

    @property
    def header(self) -> list[tuple[str, str, str]]:
        """Return the header fields that differ: label, old value and new value."""
        return [
            (str(VOUCHER_FIELDS[name]), _shown(name, old), _shown(name, new))
            for name, old, new in self.difference.header
        ]


@company_page(Role.MEMBER, methods=("POST",))
def compare(request: CompanyRequest) -> HttpResponse:
    """Plan the last invoices with the stored setup and with the setup in the form, and show the differences."""
    form = load(request.access, request.POST).form
    if not form.is_valid():
        return render(request, "bilag/setup_check.html", {"form": form, "faulty": [one for one in form if one.errors]})
    before, after = store.load_setup(request.access.company.pk), proposed(form, request.access.company)
    try:
        moment = moment_for(before)
        old_rules = rules_for(before, platform_for(before).chart())
        same_place = before.platform == after.platform and before.platform_kind == after.platform_kind
        new_rules = rules_for(after, (platform_for(before) if same_place else open_platform(after)).chart())
        recent = moment.recent_invoices(oslo_date(datetime.now(UTC)), COMPARED)
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            read = list(pool.map(giving_back(partial(_read, moment)), [one.moment_id for one in recent]))
    except EdgeError as error:
        return render(request, "bilag/setup_compare.html", {"problems": error.problems})
    invoices = [invoice for invoice in read if invoice is not None]

    def both(invoice: Invoice) -> tuple[PostingPlan, PostingPlan]:
        rate = ConfirmedRate.as_given(invoice)  # the setups are compared, not the rates
        old, new = old_rules.with_confirmed_rate(rate), new_rules.with_confirmed_rate(rate)
        return plan_invoice(invoice, old), plan_invoice(invoice, new)

    found = [Compared(invoice, difference(*both(invoice))) for invoice in invoices]
    context = {"compared": [one for one in found if one.difference], "count": len(found)}
    return render(request, "bilag/setup_compare.html", context)


def _read(moment: MomentClient, moment_id: int) -> Invoice | None:
    """Return the invoice; None if Moment refuses it, which the invoice's own transfer reports."""
    try:
        return moment.invoice(moment_id)
    except Refused:
        return None


def _shown(name: str, value: Any) -> str:
    """Format the value of a voucher's header field."""
    if value is None or value == "":
        return "–"
    return str(VOUCHER_KINDS[value]) if name == "kind" else readable(value)
