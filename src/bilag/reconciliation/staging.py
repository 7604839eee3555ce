"""Keep the journal of the period in PostgreSQL during the comparison: constant memory, whatever its length."""

from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import Any

from pydantic import TypeAdapter

from bilag.posting.posted import Posted
from bilag.posting.voucher import INVOICE_KINDS
from bilag.reconciliation.models import Reconciliation, StagedVoucher

TOGETHER = 500
_POSTED: TypeAdapter[Posted] = TypeAdapter(Posted)


def stage(run: Reconciliation, journal: Iterable[Posted]) -> None:
    """Store every invoice and credit note of the journal of the period. Raises the platform's errors."""
    vouchers = (one for one in journal if one.kind in INVOICE_KINDS)
    while some := list(islice(vouchers, TOGETHER)):
        StagedVoucher.objects.bulk_create(
            StagedVoucher(run=run, number=one.number, posted=stored_posted(one)) for one in some
        )


def staged(run: Reconciliation, numbers: Iterable[int]) -> dict[int, list[Posted]]:
    """The vouchers of these numbers, by number, in journal order; mark their invoices as read."""
    rows = StagedVoucher.objects.filter(run=run, number__in=list(numbers)).order_by("id")
    found: dict[int, list[Posted]] = {}
    for row in rows:
        found.setdefault(row.number, []).append(posted_of(row.posted))
    StagedVoucher.objects.filter(run=run, number__in=list(found)).update(met=True)
    return found


def stored_posted(posted: Posted) -> Any:
    """A voucher as JSON to store; `posted_of` reads it."""
    return _POSTED.dump_python(posted, mode="json")


def posted_of(stored: Any) -> Posted:
    """A stored voucher."""
    return _POSTED.validate_python(stored)


def dates_of(vouchers: Iterable[Posted]) -> date | None:
    """The earliest date of the vouchers."""
    return min((one.voucher_date for one in vouchers), default=None)
