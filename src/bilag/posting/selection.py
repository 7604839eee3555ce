"""Decide whether a customer, project or invoice is transferred, and if not, why (DESIGN, rule 10).

Each function returns None for an object that is transferred, else a `SkipReason`. A manual request overrides state filters, the
first day and an earlier transfer, but no switch.
"""

from collections.abc import Set
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bilag.posting.invoice import Invoice
from bilag.posting.master import Customer, Project

OSLO = ZoneInfo("Europe/Oslo")
TO_TRANSFER = "toTransfer"
TRANSFERRED = "transferred"
DO_NOT_TRANSFER = "doNotTransfer"


class SkipReason(StrEnum):
    """Why an object is not transferred. `messages` has a sentence for each."""

    SWITCH_OFF = "switch_off"
    STATE_FILTERED = "state_filtered"
    NOT_FINALIZED = "not_finalized"
    DO_NOT_TRANSFER = "do_not_transfer"
    ALREADY_TRANSFERRED = "already_transferred"
    EXPORT_STATUS_UNKNOWN = "export_status_unknown"
    BEFORE_INVOICES_FROM = "before_invoices_from"
    EXCLUDED = "excluded"
    """A person decided that it is not to be transferred."""
    NOTHING_TO_POST = "nothing_to_post"
    NOT_IN_MOMENT = "not_in_moment"
    OTHER_NUMBER = "other_number"
    """Moment has it under another number than the hint named."""
    SUPERSEDED = "superseded"
    """A newer amount of accrued income for the same month and project takes its place."""
    POSTED_ALREADY = "posted_already"
    """Earlier amounts of accrued income have posted the whole sum."""
    NO_PROJECT_DIMENSION = "no_project_dimension"


def invoice_stays(
    invoice: Invoice, *, switched_on: bool, manual: bool, invoices_from: date | None
) -> SkipReason | None:
    """Why the invoice stays in Moment; None: it is transferred."""
    if not switched_on:
        return SkipReason.SWITCH_OFF
    if not invoice.finalized or invoice.number is None:
        return SkipReason.NOT_FINALIZED
    if invoice.export_status == DO_NOT_TRANSFER:
        return SkipReason.DO_NOT_TRANSFER
    if manual:
        return None
    if invoice.export_status == TRANSFERRED:
        return SkipReason.ALREADY_TRANSFERRED
    if invoice.export_status != TO_TRANSFER:
        return SkipReason.EXPORT_STATUS_UNKNOWN
    day = finalised_on(invoice)
    if invoices_from is not None and day is not None and day < invoices_from:
        return SkipReason.BEFORE_INVOICES_FROM
    return None


def customer_stays(customer: Customer, *, switched_on: bool, states: Set[str], manual: bool) -> SkipReason | None:
    """Why the customer stays in Moment; None: it is transferred. Empty `states` means all states."""
    return _master_stays(customer.state, switched_on, states, manual)


def project_stays(project: Project, *, switched_on: bool, states: Set[str], manual: bool) -> SkipReason | None:
    """Why the project stays in Moment; None: it is transferred. Empty `states` means all states."""
    return _master_stays(project.state, switched_on, states, manual)


def finalised_on(invoice: Invoice) -> date | None:
    """The day, in Oslo, on which the invoice was finalised; the invoice date where Moment does not say."""
    return oslo_date(invoice.finalized_at) if invoice.finalized_at is not None else invoice.invoice_date


def oslo_date(moment: datetime) -> date:
    """The calendar day in Oslo of a point in time. A time without zone is taken as Oslo's own."""
    return moment.date() if moment.tzinfo is None else moment.astimezone(OSLO).date()


def _master_stays(state: str, switched_on: bool, states: Set[str], manual: bool) -> SkipReason | None:
    if not switched_on:
        return SkipReason.SWITCH_OFF
    if states and state not in states and not manual:
        return SkipReason.STATE_FILTERED
    return None
