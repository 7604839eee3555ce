"""Decide what is transferred to accounting, and why the rest is not (DESIGN, rule 10).

Each `reason_to_skip_*` returns None to transfer, else a `SkipReason`. A manual transfer overrides state filters, the
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
    """Why an object is not transferred. `bilag.messages.reasons` has a sentence for each."""

    SWITCH_OFF = "switch_off"
    STATE_FILTERED = "state_filtered"
    NOT_FINALIZED = "not_finalized"
    DO_NOT_TRANSFER = "do_not_transfer"
    ALREADY_TRANSFERRED = "already_transferred"
    EXPORT_STATUS_UNKNOWN = "export_status_unknown"
    BEFORE_INVOICES_FROM = "before_invoices_from"
    EXCLUDED = "excluded"
    """A user excluded the object from transfer."""
    CANCELLED_BEFORE_POSTING = "cancelled_before_posting"
    """A user closed an invoice that was never posted together with the credit notes that cancel it."""
    NOTHING_TO_POST = "nothing_to_post"
    NOT_IN_MOMENT = "not_in_moment"
    OTHER_NUMBER = "other_number"
    """Moment has the object under another number than the hint gave."""
    SUPERSEDED = "superseded"
    """A newer amount of accrued income for the same month and project replaces it."""
    POSTED_ALREADY = "posted_already"
    """Earlier amounts of accrued income have already posted the whole sum."""
    NO_PROJECT_DIMENSION = "no_project_dimension"
    LEDGER_CHANGED = "ledger_changed"
    """An amount of accrued income was entered for a ledger that the company has left."""
    SOURCE_CHANGED = "source_changed"
    """It belongs to a company of Moment that the company has left."""


class ExcludedAs(StrEnum):
    """What a person stated when excluding an invoice from transfer."""

    POSTED_MANUALLY = "posted_manually"
    TO_POST_MANUALLY = "to_post_manually"
    """It belongs in the books, and somebody still has to post it."""
    NOT_FOR_THE_BOOKS = "not_for_the_books"


DECIDED = frozenset({SkipReason.EXCLUDED, SkipReason.CANCELLED_BEFORE_POSTING})
"""Reasons that a person gave: only a person takes them back."""
SETUP_REASONS = frozenset(
    {
        SkipReason.SWITCH_OFF,
        SkipReason.STATE_FILTERED,
        SkipReason.BEFORE_INVOICES_FROM,
        SkipReason.NO_PROJECT_DIMENSION,
    }
)
"""Reasons that a setting gave: another setting may take them away."""


def reason_to_skip_invoice(
    invoice: Invoice, *, switched_on: bool, manual: bool, invoices_from: date | None
) -> SkipReason | None:
    """Return why the invoice is not transferred, or None."""
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


def reason_to_skip_customer(
    customer: Customer, *, switched_on: bool, states: Set[str], manual: bool
) -> SkipReason | None:
    """Return why the customer is not transferred, or None. Empty `states` means all states."""
    return _reason_to_skip(customer.state, switched_on, states, manual)


def reason_to_skip_project(project: Project, *, switched_on: bool, states: Set[str], manual: bool) -> SkipReason | None:
    """Return why the project is not transferred, or None. Empty `states` means all states."""
    return _reason_to_skip(project.state, switched_on, states, manual)


def finalised_on(invoice: Invoice) -> date | None:
    """Return the day in Oslo the invoice was finalised, or the invoice date if Moment gives no time."""
    return oslo_date(invoice.finalized_at) if invoice.finalized_at is not None else invoice.invoice_date


def oslo_date(moment: datetime) -> date:
    """Return the calendar day in Oslo. A time without zone is taken as Oslo time."""
    return moment.date() if moment.tzinfo is None else moment.astimezone(OSLO).date()


def _reason_to_skip(state: str, switched_on: bool, states: Set[str], manual: bool) -> SkipReason | None:
    if not switched_on:
        return SkipReason.SWITCH_OFF
    if states and state not in states and not manual:
        return SkipReason.STATE_FILTERED
    return None
