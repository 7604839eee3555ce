"""The vouchers sent to accounting for an invoice, from the attempt that posted it: the journal is compared with these.

Today's setup says nothing about vouchers posted under an earlier one. The attempt also has the invoice as Moment had it then,
so that a change in Moment is not reported as one in accounting.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from bilag.posting.invoice import Invoice
from bilag.posting.problem import Problem
from bilag.posting.voucher import Voucher
from bilag.transfers import plan_json
from bilag.transfers.delivery.changed_after_posting import change_since
from bilag.transfers.models import Attempt, Transfer, Verdict


@dataclass(frozen=True, slots=True)
class Sent:
    """The vouchers that one attempt sent, empty if it did not keep them; `source` is the invoice at that time, None if not kept."""

    vouchers: tuple[Voucher, ...] = ()
    source: Mapping[str, Any] | None = None

    def change_in_moment(self, invoice: Invoice) -> Problem | None:
        """Return the problem of an invoice that was changed in Moment after posting; None if it was not, or if this is unknown."""
        return change_since(self.source, invoice) if self.source is not None else None


NOTHING_KEPT = Sent()


def sent_for(transfers: Collection[Transfer]) -> dict[int, Sent]:
    """Return the sent vouchers by transfer id, for transfers whose attempt is kept."""
    attempts = Attempt.objects.of(transfers).order_by("transfer", "-pk")
    newest = attempts.distinct("transfer")
    sources = newest.filter(verdict=Verdict.DONE, source__isnull=False).values_list("transfer", "source")
    plans = newest.filter(plan__isnull=False, ledger=F("transfer__ledger")).values_list("transfer", "plan")
    vouchers = {transfer: plan_json.from_json(plan) for transfer, plan in plans}
    source = dict(sources)
    return {pk: Sent(vouchers.get(pk, ()), source.get(pk)) for pk in vouchers.keys() | source.keys()}
