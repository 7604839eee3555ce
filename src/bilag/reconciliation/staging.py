"""Keep the journal of the period in PostgreSQL during the comparison: constant memory, whatever its length."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from django.db.models import TextField
from django.db.models.functions import Cast
from pydantic import TypeAdapter

from bilag.posting.posted import Posted
from bilag.posting.voucher import INVOICE_KINDS
from bilag.reconciliation.copying import copy_rows
from bilag.reconciliation.models import Reconciliation, StagedVoucher

TOGETHER = 500
_POSTED: TypeAdapter[Posted] = TypeAdapter(Posted)
AS_TEXT = Cast("posted", TextField())
"""Parsed once, by Posted's own parser."""


def stage(run: Reconciliation, journal: Iterable[Posted]) -> None:
    """Store every invoice and credit note of the journal of the period. Raises the platform's errors."""
    vouchers = (one for one in journal if one.kind in INVOICE_KINDS)
    while some := list(islice(vouchers, TOGETHER)):
        rows = [(run.pk, one.number, _POSTED.dump_json(one).decode(), False) for one in some]
        copy_rows(StagedVoucher, ("run_id", "number", "posted", "met"), rows)


def staged(run: Reconciliation, numbers: Iterable[int]) -> dict[int, list[Posted]]:
    """The vouchers of these numbers, by number, in journal order; mark their invoices as read."""
    rows = StagedVoucher.objects.filter(run=run, number__in=list(numbers)).order_by("id")
    found: dict[int, list[Posted]] = {}
    for number, text in rows.values_list("number", AS_TEXT):
        found.setdefault(number, []).append(_POSTED.validate_json(text))
    StagedVoucher.objects.filter(run=run, number__in=list(found)).update(met=True)
    return found


def not_met(run: Reconciliation) -> Iterator[Posted]:
    """The vouchers whose invoice was not read, by number."""
    rows = StagedVoucher.objects.filter(run=run, met=False).order_by("number", "id").values_list(AS_TEXT, flat=True)
    return map(_POSTED.validate_json, rows.iterator(chunk_size=TOGETHER))


def dates_of(vouchers: Iterable[Posted]) -> date | None:
    """The earliest date of the vouchers."""
    return min((one.voucher_date for one in vouchers), default=None)
