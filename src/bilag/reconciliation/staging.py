"""Store the journal of the period in PostgreSQL during the comparison, so that memory stays constant."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import date

from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast
from pydantic import TypeAdapter

from bilag.posting.posted import Posted
from bilag.posting.voucher import INVOICE_KINDS
from bilag.reconciliation.chunks import chunks
from bilag.reconciliation.copying import copy_rows
from bilag.reconciliation.models import Finding, Reconciliation, StagedVoucher

TOGETHER = 500
_POSTED: TypeAdapter[Posted] = TypeAdapter(Posted)
AS_TEXT = Cast("posted", TextField())
"""Parsed once, by Posted's own parser."""


def stage(
    run: Reconciliation, journal: Iterable[Posted], progress: Callable[[int], None] = lambda _count: None
) -> None:
    """Store every invoice and credit note of the period's journal, and report the progress. Raises the platform's errors."""
    count = 0
    vouchers = (one for one in journal if one.kind in INVOICE_KINDS)
    with closing(chunks(vouchers, TOGETHER)) as each:
        for some in each:
            rows = [(run.pk, one.number, _POSTED.dump_json(one).decode()) for one in some]
            copy_rows(StagedVoucher, ("run_id", "number", "posted"), rows)
            count += len(rows)
            progress(count)


def staged(run: Reconciliation, numbers: Iterable[int]) -> dict[int, list[Posted]]:
    """Return the vouchers of these numbers, by number, in journal order."""
    rows = StagedVoucher.objects.filter(run=run, number__in=list(numbers)).order_by("id")
    found: dict[int, list[Posted]] = {}
    for number, text in rows.values_list("number", AS_TEXT):
        found.setdefault(number, []).append(_POSTED.validate_json(text))
    return found


def without_finding(run: Reconciliation) -> Iterator[Posted]:
    """Yield the vouchers of numbers without a finding, by number. The caller may store findings of complete numbers meanwhile.

    No cursor stays open between chunks, because requests to other systems return the database connection.
    """
    findings = Finding.objects.filter(run=run, number=OuterRef("number"))
    rows = StagedVoucher.objects.filter(~Exists(findings), run=run).order_by("number", "id")
    place = Q()
    while some := list(rows.filter(place).values_list("number", "pk", AS_TEXT)[:TOGETHER]):
        for *_, text in some:
            yield _POSTED.validate_json(text)
        number, pk, _ = some[-1]
        place = Q(number__gt=number) | Q(number=number, pk__gt=pk)


def dates_of(vouchers: Iterable[Posted]) -> date | None:
    """Return the earliest date of the vouchers."""
    return min((one.voucher_date for one in vouchers), default=None)
