"""Invoices of the sample year, planned and posted on a platform, and what stands in its journal afterwards."""

import os
from dataclasses import replace
from datetime import date
from itertools import count

from bilag.exports.entries import JournalVoucher, KnownElsewhere, of_posted
from bilag.moment.client import MomentClient
from bilag.platforms.azets import PLATFORM as AZETS
from bilag.platforms.base import AccountingPlatform, Connection
from bilag.posting.accrual import AccrualRules
from bilag.posting.dimensions import Dimensions
from bilag.posting.invoice import Invoice
from bilag.posting.master import Department
from bilag.posting.plan import plan_invoice
from bilag.posting.posted import Posted
from bilag.posting.rules import Rules
from bilag.posting.voucher import Voucher, VoucherKind
from bilag_sandbox import hub
from bilag_sandbox.sample import INVOICES

WHOLE_YEAR = os.environ.get("BILAG_TEST_WHOLE_YEAR") == "1"
TAKEN = INVOICES if WHOLE_YEAR else 30
"""How many of the sample year, spread over all of it: a real ledger takes a third of a second for each."""
FIRST_NUMBER = 70001
UNITS = Dimensions(project=2, department=1)
YEAR = (date(2025, 11, 1), date(2027, 12, 31))
ACCRUAL = AccrualRules("3910", "2965")


class Year:
    """Invoices of the sample year, in Moment."""

    def __init__(self, client: MomentClient) -> None:
        self.client = client
        found = [one for one in client.finalised_invoices(None) if isinstance(one, Invoice)]
        chosen = found[:: max(1, len(found) // TAKEN)]
        chosen += [one for one in found if one.is_credit_note or one.currency != "NOK"][:8]
        numbers = count(FIRST_NUMBER)
        self.invoices = [replace(one, number=next(numbers)) for one in {one.moment_id: one for one in chosen}.values()]

    def put_master_data(self, platform: AccountingPlatform) -> None:
        """What the invoices name."""
        lines = [line for one in self.invoices for line in one.lines]
        departments = [one.department for one in self.invoices] + [one.department for one in lines]
        for number in sorted({one for one in departments if one}):
            platform.put_department(Department(number, f"Avdeling {number}"))
        for number in sorted({one.customer for one in self.invoices if one.customer}):
            customer = self.client.customer_by_number(number)
            assert customer is not None
            platform.put_customer(customer)
        projects = [one.project for one in self.invoices] + [one.project for one in lines]
        for number in sorted({one for one in projects if one}):
            project = self.client.project_by_number(number)
            assert project is not None
            platform.put_project(project)


def key(invoice: Invoice) -> str:
    return f"judge-{invoice.number}"


def planned(invoice: Invoice, platform: AccountingPlatform) -> tuple[Voucher, ...]:
    plan = plan_invoice(invoice, Rules("nb", platform.chart(), UNITS, accrual=ACCRUAL))
    assert not plan.problems, (invoice.number, plan.problems)
    return plan.vouchers


def posted(year: Year, platform: AccountingPlatform) -> list[JournalVoucher]:
    """Post the year there, and read back what stands in the journal afterwards."""
    year.put_master_data(platform)
    rates = {one.number: one.exchange_rate for one in year.invoices}
    for invoice in year.invoices:
        vouchers = planned(invoice, platform)
        if vouchers:
            assert platform.post_voucher(vouchers, key(invoice)).state == "posted", invoice.number
    numbers = {one.number for one in year.invoices}
    found = [one for one in platform.list_vouchers(*YEAR) if invoice_of(one) in numbers]
    return [
        of_posted(one, "NOK", UNITS, platform.chart(), KnownElsewhere(rate=rates[invoice_of(one)])) for one in found
    ]


def invoice_of(voucher: Posted) -> int:
    """The invoice that it belongs to; 0 for what others posted."""
    if voucher.kind == VoucherKind.JOURNAL:
        return voucher.related_number or 0
    return voucher.number if voucher.kind in (VoucherKind.INVOICE, VoucherKind.CREDIT_NOTE) else 0


def at_the_hub(address: str) -> AccountingPlatform:
    """Azets in front of a hub of one's own."""
    values = {
        "base_url": f"{address}/v1",
        "username": hub.USERNAME,
        "password": hub.PASSWORD,
        "source_client_id": hub.VISMA_CLIENT,
        "parent_client_id": hub.PARENT,
    }
    return AZETS.open(Connection(values, UNITS))
