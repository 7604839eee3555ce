"""Recover after a restored backup: record what the ledger has and Bilag's database lacks.

It reads the journal, and stores invoices (`intake.recover`) and amounts of accrued income (`accrued_income.recover`) as found.
Each is then looked up and compared like one whose answer was lost, and nothing is posted again. Customers and projects are sent
again, because accounting may have other names than the database. Expenses need no recovery: each import looks an expense up by
its key in Moment before creating it.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle, store
from bilag.companies.gateways import platform_for
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record, record_numbers
from bilag.jobs.lease import LONGEST_WAIT, held
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.selection import OSLO
from bilag.posting.voucher import INVOICE_KINDS
from bilag.transfers import enqueue
from bilag.transfers.accrued_income import recover as amounts
from bilag.transfers.accrued_income.recover import FoundAmount
from bilag.transfers.activation import concerned
from bilag.transfers.intake import ahead
from bilag.transfers.intake import recover as invoices
from bilag.transfers.intake.recover import Found
from bilag.transfers.models import Kind
from bilag.wire.errors import EdgeError

DAYS_BACK, DAYS_AHEAD = timedelta(days=400), timedelta(days=62)
"""The default range of voucher dates. An invoice may be dated ahead."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found, or recovered."""

    invoices: tuple[Found, ...] = ()
    amounts: tuple[FoundAmount, ...] = ()
    left_out: tuple[Problem, ...] = ()
    """What Bilag posted and cannot recover."""

    @property
    def nothing(self) -> bool:
        """Whether the database lacks nothing."""
        return not (self.invoices or self.amounts or self.left_out)


def usual_days() -> tuple[date, date]:
    """Return the first and last voucher date of the default range."""
    today = timezone.now().astimezone(OSLO).date()
    return today - DAYS_BACK, today + DAYS_AHEAD


def unknown(setup: Setup, first: date, last: date) -> Recovery:
    """Return what the ledger has from `first` to `last` and is not done in Bilag. Raises the errors of the platform."""
    ours = [_without_entries(one) for one in platform_for(setup).list_vouchers(first, last) if one.external_id]
    found, left_out = amounts.unknown_amounts(setup, ours)
    return Recovery(tuple(invoices.unknown_invoices(setup, ours)), tuple(found), tuple(left_out))


def _without_entries(posted: Posted) -> Posted:
    """Keep little of an invoice: a year of them may be read. An amount is read from its entries."""
    return replace(posted, entries=()) if posted.kind in INVOICE_KINDS else posted


def recover(company_id: int, first: date, last: date, *, origin: str) -> Recovery:
    """Store everything that `unknown` finds, and enqueue its look-up. `origin` is the person who requested it.

    It ends the warning about unknown vouchers. Raises the errors of the platform, and `Busy`; then nothing was stored.
    """
    setup = store.load_setup(company_id)
    found = unknown(setup, first, last)
    with held("accrued", company_id, wait=LONGEST_WAIT), transaction.atomic():
        rows = invoices.write_down(setup, found.invoices)
        rows_of_amounts = amounts.write_down(setup, found.amounts, origin=origin)
        for kind, written in ((Kind.INVOICE, rows), (Kind.ACCRUED, rows_of_amounts)):
            record_numbers(company_id, EventName.RECOVERED, [row.number for row in written], origin=origin, kind=kind)
        for problem in found.left_out:
            record(company_id, EventName.NOT_RECOVERED, origin=origin, good=False, problem=problem)
        amounts.leave_to_a_person(setup, found.left_out)
        usual = usual_days()
        ahead.settle(setup, complete=first <= usual[0] and last >= usual[1])
        assert setup.source_id is not None  # noqa: S101 - the setup is a saved one
        master_data = concerned.queue_master_data(setup.source_id)
        if lifecycle.is_open(company_id):
            enqueue.wake_all([*(row.pk for row in (*rows, *rows_of_amounts)), *master_data])
    return found


def recover_quietly(company_id: int, *, origin: str) -> None:
    """Recover the default range in the background. A failure is written into the company's log."""
    try:
        recover(company_id, *usual_days(), origin=origin)
    except EdgeError as error:
        record(company_id, EventName.NOT_RECOVERED, origin=origin, good=False, problem=error.problems[0])
