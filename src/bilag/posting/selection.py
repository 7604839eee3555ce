"""What goes to accounting and what stays, and why (DESIGN, rule 10).

Each function gives None for what goes, else a reason code that `catalogue.reason_told` turns into a sentence. A person
who transfers by hand overrides state filters, the first day and an earlier transfer, but no switch.
"""

from collections.abc import Set
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bilag.posting.invoice import Invoice
from bilag.posting.master import Customer, Project

OSLO = ZoneInfo("Europe/Oslo")
TO_TRANSFER = "toTransfer"
TRANSFERRED = "transferred"
DO_NOT_TRANSFER = "doNotTransfer"


def invoice_stays(invoice: Invoice, *, switched_on: bool, manual: bool, invoices_from: date | None) -> str | None:
    """Why the invoice stays: switch_off, not_finalized, do_not_transfer, already_transferred, export_status_unknown or
    before_invoices_from. None: it goes."""
    if not switched_on:
        return "switch_off"
    if not invoice.finalized or invoice.number is None:
        return "not_finalized"
    if invoice.export_status == DO_NOT_TRANSFER:
        return "do_not_transfer"
    if manual:
        return None
    if invoice.export_status == TRANSFERRED:
        return "already_transferred"
    if invoice.export_status != TO_TRANSFER:
        return "export_status_unknown"
    day = finalised_on(invoice)
    if invoices_from is not None and day is not None and day < invoices_from:
        return "before_invoices_from"
    return None


def customer_stays(customer: Customer, *, switched_on: bool, states: Set[str], manual: bool) -> str | None:
    """Why the customer stays: switch_off or state_filtered. None: it goes. No `states` means all of them."""
    return _master_stays(customer.state, switched_on, states, manual)


def project_stays(project: Project, *, switched_on: bool, states: Set[str], manual: bool) -> str | None:
    """Why the project stays: switch_off or state_filtered. None: it goes. No `states` means all of them."""
    return _master_stays(project.state, switched_on, states, manual)


def finalised_on(invoice: Invoice) -> date | None:
    """The day, in Oslo, on which the invoice was finalised; the invoice date where Moment does not say."""
    return oslo_date(invoice.finalized_at) if invoice.finalized_at is not None else invoice.invoice_date


def oslo_date(moment: datetime) -> date:
    """The calendar day in Oslo of a point in time. A time without zone is taken as Oslo's own."""
    return moment.date() if moment.tzinfo is None else moment.astimezone(OSLO).date()


def _master_stays(state: str, switched_on: bool, states: Set[str], manual: bool) -> str | None:
    if not switched_on:
        return "switch_off"
    if states and state not in states and not manual:
        return "state_filtered"
    return None
