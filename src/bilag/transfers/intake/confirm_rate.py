"""Confirm the exchange rate of one invoice: a person says that a rate which Bilag questioned is right."""

from decimal import Decimal, InvalidOperation

from django.db import transaction

from bilag.events.record import EventName, record
from bilag.posting.exchange_rates import CODES, ConfirmedRate
from bilag.transfers.intake import accept
from bilag.transfers.models import Kind, State, Transfer


class NothingToConfirm(Exception):
    """The invoice has not stopped at this rate."""


def rate_in_question(row: Transfer) -> ConfirmedRate | None:
    """Return the rate that the invoice has stopped at and that a person may confirm, None if there is none."""
    if row.kind != Kind.INVOICE or row.state != State.NEEDS_ATTENTION:
        return None
    facts = next((problem.get("facts") or {} for problem in row.problems if problem.get("code") in CODES), None)
    try:
        return ConfirmedRate(str(facts["currency"]), Decimal(facts["rate"])) if facts else None
    except (KeyError, InvalidOperation):
        return None


def confirm_rate(company_id: int, number: str, rate: Decimal, *, origin: str) -> int:
    """Keep the confirmation in the event log and try the invoice again; return the transfer's id.

    `rate` is the rate that the person saw, company currency for one unit. The confirmation covers it and no other: if the
    invoice has another rate by then, it stops again. Raises `Transfer.DoesNotExist`, and `NothingToConfirm` if the
    invoice has not stopped at this rate.
    """
    with transaction.atomic():
        rows = Transfer.objects.select_for_update(of=("self",)).filter(company_id=company_id, source__left_at=None)
        row = rows.get(kind=Kind.INVOICE, number=number)
        asked = rate_in_question(row)
        if asked is None or asked.rate != rate:
            raise NothingToConfirm
        record(
            company_id,
            EventName.RATE_CONFIRMED,
            origin=origin,
            kind=str(Kind.INVOICE),
            source=str(row.source_id),
            number=row.number,
            currency=asked.currency,
            rate=f"{asked.rate:f}",
        )
        accept.retry(company_id, Kind.INVOICE, [row.number], origin=origin)
        return row.pk
