"""Keep the invoices and vouchers of a rehearsal in PostgreSQL while it runs: constant memory, and nothing is read twice."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db import connection, transaction
from pydantic import TypeAdapter

from bilag.posting.invoice import Invoice
from bilag.posting.posted import Posted
from bilag.posting.voucher import INVOICE_KINDS, ZERO
from bilag.reconciliation.compare_invoice import total_of
from bilag.reconciliation.staging import posted_of, stored_posted
from bilag.rehearsal.models import Rehearsal, StagedInvoice, StagedPosting

TOGETHER = 200
LARGEST = 10**15
LONGEST_CURRENCY = 10
LARGEST_NUMBER = 2**62
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
    StagedInvoice.objects.bulk_create(
        StagedInvoice(
            run=run,
            number=one.number,
            total=one.total.quantize(ZERO) if one.total.is_finite() and abs(one.total) < LARGEST else ZERO,
            currency=one.currency[:LONGEST_CURRENCY],
            invoice=_INVOICE.dump_python(one, mode="json"),
        )
        for one in invoices
        if one.number is not None
    )


def invoice_of(stored: Any) -> Invoice:
    """A stored invoice."""
    return _INVOICE.validate_python(stored)


def stage_journal(run: Rehearsal, journal: Iterable[Posted], confirm: Callable[[], None]) -> int:
    """Store the vouchers of invoices, and those that may spread an invoice's income, while the journal is read; return the count
    of the former. `confirm` is called in each transaction that stores some. Raises the platform's errors.
    """
    count = 0
    vouchers = iter(journal)
    while some := list(islice(vouchers, TOGETHER)):
        with transaction.atomic():
            confirm()
            count += store_postings(run, some)
    return count


def store_postings(run: Rehearsal, some: Sequence[Posted]) -> int:
    """Store some of the journal; return the count of vouchers of invoices."""
    rows = list(_rows(run, some))
    StagedPosting.objects.bulk_create(rows)
    return sum(1 for row in rows if row.sale)


def forget_journal(run: Rehearsal, first: date) -> None:
    """Remove the vouchers dated from this day on: of a month that was not read to its end."""
    StagedPosting.objects.filter(run=run, posted__voucher_date__gte=first.isoformat()).delete()


def _rows(run: Rehearsal, some: Sequence[Posted]) -> Iterator[StagedPosting]:
    named = _named_invoices(run, [one for one in some if _may_be_accrual(one) and one.related_number is None])
    for place, one in enumerate(some):
        sale = one.kind in INVOICE_KINDS
        number = one.number if sale else one.related_number or 0
        about = named.get(id(some[place]), 0)
        if sale or (_may_be_accrual(one) and (number or about)):
            yield StagedPosting(
                run=run,
                sale=sale,
                number=number,
                about=about,
                total=total_of(one) if sale else ZERO,
                currency=one.currency[:LONGEST_CURRENCY],
                posted=stored_posted(one),
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
    for row in by_number.order_by("id"):
        (vouchers if row.sale else accruals).setdefault(row.number - run.offset, []).append(posted_of(row.posted))
    for row in by_text.order_by("id"):
        accruals.setdefault(row.about, []).append(posted_of(row.posted))
    by_number.filter(sale=True).update(met=True)
    return {
        number: Staged(tuple(vouchers.get(number, ())), tuple(accruals.get(number, ())))
        for number in {*vouchers, *accruals}
    }


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
