"""Try it: the exact voucher of a finalised invoice before anything is sent, and what a change of setup would change."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bilag.companies import store
from bilag.companies.gateways import moment_for, open_platform, platform_for
from bilag.companies.setup import Setup
from bilag.members.models import Role
from bilag.messages import render_notes
from bilag.moment.client import MomentClient
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.selection import oslo_date
from bilag.transfers.rules import rules_for
from bilag.web.decorators import CompanyRequest, company_page
from bilag.web.setup_pages.comparing import Difference, difference
from bilag.web.setup_pages.loading import language, load, proposed
from bilag.wire.errors import EdgeError, Refused

OFFERED = 20
COMPARED = 50
AT_ONCE = 6


@company_page(methods=("GET", "HEAD"))
def try_it(request: CompanyRequest) -> HttpResponse:
    """Choose an invoice and see its voucher, entry by entry. Nothing is sent."""
    asked = request.GET.get("invoice", "").strip()
    setup = store.load_setup(request.access.company.pk)
    context: dict[str, object] = {"asked": asked}
    try:
        moment = moment_for(setup)
        if asked and not (asked.isascii() and asked.isdigit() and len(asked) <= 18):
            context["fault"] = _("%(number)s is no invoice number: it has digits only.") % {"number": asked[:40]}
        elif asked:
            context |= _planned(setup, moment, int(asked))
        context["recent"] = moment.recent_invoices(oslo_date(datetime.now(UTC)), OFFERED)
    except EdgeError as error:
        context["problems"] = error.problems
    return render(request, "bilag/setup_try.html", context)


def _planned(setup: Setup, moment: MomentClient, number: int) -> dict[str, object]:
    invoice = moment.invoice_by_number(number)
    if invoice is None:
        return {"problems": [Problem("not_in_moment", f"invoice {number}", {"number": str(number)})]}
    plan = plan_invoice(invoice, rules_for(setup, platform_for(setup).chart()))
    return {"invoice": invoice, "plan": plan, "problems": plan.problems, "notes": render_notes(plan.notes, language())}


@dataclass(frozen=True, slots=True)
class Compared:
    """One invoice under both setups; only what differs."""

    invoice: Invoice
    difference: Difference


@company_page(Role.MEMBER, methods=("POST",))
def compare(request: CompanyRequest) -> HttpResponse:
    """The last invoices planned under the setup as it stands and as the form would have it, only differences shown."""
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
            read = list(pool.map(lambda seen: _read(moment, seen.moment_id), recent))
    except EdgeError as error:
        return render(request, "bilag/setup_compare.html", {"problems": error.problems})
    invoices = [invoice for invoice in read if invoice is not None]

    def both(invoice: Invoice) -> tuple[PostingPlan, PostingPlan]:
        return plan_invoice(invoice, old_rules), plan_invoice(invoice, new_rules)

    found = [Compared(invoice, difference(*both(invoice))) for invoice in invoices]
    context = {"compared": [one for one in found if one.difference], "count": len(found)}
    return render(request, "bilag/setup_compare.html", context)


def _read(moment: MomentClient, moment_id: int) -> Invoice | None:
    """The invoice; None for one that cannot be read, which its transfer tells of."""
    try:
        return moment.invoice(moment_id)
    except Refused:
        return None
