"""Decide what is transferred to accounting, and why the rest is not (DESIGN, rule 10).

Each `reason_to_skip_*` returns None to transfer, else a code of `bilag.messages.reasons`. A manual transfer overrides
state filters, the first day and an earlier transfer, but no switch.
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


def reason_to_skip_invoice(
    invoice: Invoice, *, switched_on: bool, manual: bool, invoices_from: date | None
) -> str | None:
    """Return why the invoice is not transferred, or None.

    The codes: switch_off, not_finalized, do_not_transfer, already_transferred, export_status_unknown and
    before_invoices_from.
    """
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


def reason_to_skip_customer(customer: Customer, *, switched_on: bool, states: Set[str], manual: bool) -> str | None:
    """Return why the customer is not transferred (switch_off or state_filtered), or None. Empty `states` means all."""
    return _reason_to_skip(customer.state, switched_on, states, manual)


def reason_to_skip_project(project: Project, *, switched_on: bool, states: Set[str], manual: bool) -> str | None:
    """Return why the project is not transferred (switch_off or state_filtered), or None. Empty `states` means all."""
    return _reason_to_skip(project.state, switched_on, states, manual)


def finalised_on(invoice: Invoice) -> date | None:
    """Return the day in Oslo the invoice was finalised, or the invoice date if Moment gives no time."""
    return oslo_date(invoice.finalized_at) if invoice.finalized_at is not None else invoice.invoice_date


def oslo_date(moment: datetime) -> date:
    """Return the calendar day in Oslo. A time without zone is taken as Oslo time."""
    return moment.date() if moment.tzinfo is None else moment.astimezone(OSLO).date()


def _reason_to_skip(state: str, switched_on: bool, states: Set[str], manual: bool) -> str | None:
    if not switched_on:
        return "switch_off"
    if states and state not in states and not manual:
        return "state_filtered"
    return None
