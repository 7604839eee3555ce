"""Decide which vouchers of the journal came through Bilag: those that it sent, and those of expenses that it imported."""

from collections.abc import Sequence

from bilag.companies.setup import Setup
from bilag.expenses.models import ExpenseLine, LineState
from bilag.expenses.route import route_of
from bilag.posting.posted import Posted
from bilag.transfers.external_ids import accrued_external_id, external_id
from bilag.transfers.models import AccruedAmount

CHUNK = 1000


class BilagVouchers:
    """Knows a company's vouchers by their external ids, which are computed and never used twice."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        rows = AccruedAmount.objects.filter(company_id=setup.company_id).values_list("month", "project", "sequence")
        self._accrued = {accrued_external_id(setup, *row) for row in rows.iterator(chunk_size=CHUNK)}

    def contains(self, vouchers: Sequence[Posted]) -> list[bool]:
        """Return for each voucher whether it came through Bilag."""
        journals = {
            one.journal_number for one in vouchers if one.external_id is None and one.journal_number is not None
        }
        rows = ExpenseLine.objects.filter(
            company_id=self._setup.company_id,
            ledger_key=route_of(self._setup).ledger_key,
            state=LineState.DONE,
            journal__in=journals,
        ).values_list("journal", "voucher_number")
        expenses = set(rows) if journals else set()
        return [self._sent(one) or (one.journal_number, one.number) in expenses for one in vouchers]

    def _sent(self, one: Posted) -> bool:
        """Return whether Bilag sent it: an invoice, a voucher of its batch, or accrued income."""
        if one.external_id is None:
            return False
        numbers = {one.number, one.related_number} - {None}
        keys = {external_id(self._setup, number) for number in numbers if number is not None}
        return one.external_id in keys or one.external_id in self._accrued
