"""Keep the invoices and vouchers of a rehearsal in PostgreSQL while it runs: constant memory, and nothing is read twice."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from pydantic import TypeAdapter

from bilag.jobs import lease
from bilag.posting.invoice import Invoice
from bilag.posting.posted import Posted
from bilag.posting.voucher import INVOICE_KINDS, ZERO
from bilag.reconciliation.compare_invoice import total_of
from bilag.reconciliation.copying import copy_rows
from bilag.rehearsal.models import Rehearsal, StagedInvoice, StagedPosting

TOGETHER = 200
LARGEST = 10**15
LONGEST_CURRENCY = 10
LARGEST_NUMBER = 2**62
COLUMNS = ("run_id", "sale", "number", "about", "total", "currency", "posted", "met")
_POSTED: TypeAdapter[Posted] = TypeAdapter(Posted)
_INVOICE: TypeAdapter[Invoice] = TypeAdapter(Invoice)
_NUMBERS = re.compile(r"\d{1,18}")
OFFSETS = """
with invoice as (
    select total, currency, min(number) as number from rehearsal_stagedinvoice where run_id = %(run)s
    group by total, currency having count(*) = 1
), voucher as (
    select total, currency, min(number) as number from rehearsal_stagedposting where run_id = %(run)s and sale
    group by total, currency having count(*) = 1
)
select voucher.number - invoice.number, count(*) from invoice join voucher using (total, currency)
group by 1 order by 2 desc, abs(voucher.number - invoice.number)
"""


@dataclass(frozen=True, slots=True)
class Staged:
    """The vouchers of one invoice, and the journals that spread its income."""

    vouchers: tuple[Posted, ...] = ()
    accruals: tuple[Posted, ...] = ()


def stage_invoices(run: Rehearsal, invoices: Sequence[Invoice]) -> None:
    """Store invoices that have a number."""
    rows = (
        (
            run.pk,
            one.number,
            one.total.quantize(ZERO) if one.total.is_finite() and abs(one.total) < LARGEST else ZERO,
            one.currency[:LONGEST_CURRENCY],
            _INVOICE.dump_json(one).decode(),
        )
        for one in invoices
        if one.number is not None
    )
    copy_rows(StagedInvoice, ("run_id", "number", "total", "currency", "invoice"), rows)


def next_invoices(run: Rehearsal, count: int) -> list[tuple[int, int, Invoice]]:
    """Return row, number and content of the next staged invoices after the run's cursor."""
    rows = StagedInvoice.objects.filter(run=run, pk__gt=run.cursor).order_by("pk")
    some = rows.values_list("pk", "number", Cast("invoice", TextField()))[:count]
    return [(pk, number, _INVOICE.validate_json(text)) for pk, number, text in some]


def stage_journal(run: Rehearsal, journal: Iterable[Posted]) -> int:
    """Store the vouchers of invoices, and those that may spread an invoice's income; return the count of the former.

    Raises `LeaseLost`, and the errors of whoever reads the journal.
    """
    count = 0
    vouchers = iter(journal)
    while some := list(islice(vouchers, TOGETHER)):
        rows = list(_rows(run, some))
        with transaction.atomic():
            lease.confirm()
            copy_rows(StagedPosting, COLUMNS, rows)
        count += sum(1 for row in rows if row[1])
    return count


def _rows(run: Rehearsal, some: Sequence[Posted]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of `COLUMNS`."""
    named = _named_invoices(run, [one for one in some if _may_be_accrual(one) and one.related_number is None])
    for one in some:
        sale = one.kind in INVOICE_KINDS
        number, about = one.number if sale else one.related_number or 0, named.get(id(one), 0)
        if sale or (_may_be_accrual(one) and (number or about)):
            total = total_of(one) if sale else ZERO
            yield (
                run.pk,
                sale,
                number,
                about,
                total,
                one.currency[:LONGEST_CURRENCY],
                _POSTED.dump_json(one).decode(),
                False,
            )


def _may_be_accrual(one: Posted) -> bool:
    """Tell whether the voucher can spread income: it is of no customer, as a payment is."""
    return one.kind not in INVOICE_KINDS and not any(entry.customer for entry in one.entries)


def _named_invoices(run: Rehearsal, some: Sequence[Posted]) -> dict[int, int]:
    """Return the first invoice of the rehearsal that each voucher's text names, by the voucher's `id`."""
    texts = {id(one): one.text if isinstance(one.text, str) else "" for one in some}
    numbers = {key: [int(number) for number in _NUMBERS.findall(text)] for key, text in texts.items()}
    wanted = {number for several in numbers.values() for number in several}
    known = (
        set(StagedInvoice.objects.filter(run=run, number__in=wanted).values_list("number", flat=True))
        if wanted
        else set()
    )
    return {key: next((number for number in several if number in known), 0) for key, several in numbers.items()}


def staged(run: Rehearsal, numbers: Sequence[int]) -> dict[int, Staged]:
    """The vouchers and accruals of these invoices, by invoice number, in journal order; mark them as met."""
    shifted = [number + run.offset for number in numbers]
    by_number = StagedPosting.objects.filter(run=run, number__in=shifted)
    by_text = StagedPosting.objects.filter(run=run, sale=False, number=0, about__in=numbers)
    vouchers: dict[int, list[Posted]] = {}
    accruals: dict[int, list[Posted]] = {}
    for sale, number, posted in _read(by_number, "sale", "number"):
        (vouchers if sale else accruals).setdefault(number - run.offset, []).append(posted)
    for about, posted in _read(by_text, "about"):
        accruals.setdefault(about, []).append(posted)
    by_number.filter(sale=True).update(met=True)
    return {
        number: Staged(tuple(vouchers.get(number, ())), tuple(accruals.get(number, ())))
        for number in {*vouchers, *accruals}
    }


def unmet_numbers(run: Rehearsal) -> list[int]:
    """Return the numbers of vouchers whose invoice was not read, in order."""
    rows = StagedPosting.objects.filter(run=run, sale=True, met=False)
    return list(rows.order_by("number").values_list("number", flat=True).distinct())


def unmet(run: Rehearsal, numbers: Sequence[int]) -> dict[int, list[Posted]]:
    """Return the vouchers of these numbers whose invoice was not read, by number, in journal order."""
    found: dict[int, list[Posted]] = {}
    for number, posted in _read(
        StagedPosting.objects.filter(run=run, sale=True, met=False, number__in=numbers), "number"
    ):
        found.setdefault(number, []).append(posted)
    return found


def _read(rows: QuerySet[StagedPosting], *names: str) -> Iterator[Any]:
    """Yield the named columns and the voucher of each row, in the order in which they were stored."""
    for *values, text in rows.order_by("id").values_list(*names, Cast("posted", TextField())):
        yield (*values, _POSTED.validate_json(text))


def number_offset(run: Rehearsal) -> int:
    """Return what the voucher numbers are above the invoice numbers, by the invoices and vouchers whose total only they have.

    0 unless most of these agree on another.
    """
    with connection.cursor() as cursor:
        cursor.execute(OFFSETS, {"run": run.pk})
        found: list[tuple[int, int]] = cursor.fetchall()
    whole = sum(count for _, count in found)
    if found and 2 * found[0][1] > whole and abs(found[0][0]) < LARGEST_NUMBER:
        return int(found[0][0])
    return 0


def forget(run: Rehearsal) -> None:
    """Remove what was staged."""
    StagedInvoice.objects.filter(run=run).delete()
    StagedPosting.objects.filter(run=run).delete()
