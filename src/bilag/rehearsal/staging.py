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
from bilag.posting.voucher import INVOICE_KINDS, ZERO, VoucherKind
from bilag.reconciliation.compare_invoice import total_of
from bilag.reconciliation.copying import copy_rows
from bilag.rehearsal.models import Rehearsal, StagedInvoice, StagedPosting
from bilag.rehearsal.numbering import Numbering, Seen, is_credit, numbering_of, ranges_seen

TOGETHER = 200
LARGEST = 10**15
LONGEST_CURRENCY = 10
MOST_BETWEEN = 10_000
"""So many invoices between two ranges of numbers are looked at."""
LARGEST_NUMBER = 2**62
COLUMNS = ("run_id", "sale", "number", "about", "total", "currency", "posted", "met")
_POSTED: TypeAdapter[Posted] = TypeAdapter(Posted)
_INVOICE: TypeAdapter[Invoice] = TypeAdapter(Invoice)
_NUMBERS = re.compile(r"\d{1,18}")
SEEN = """
with invoice as (
    select total, currency, min(number) as number from rehearsal_stagedinvoice where run_id = %(run)s
    group by total, currency having count(*) = 1
), voucher as (
    select total, currency, min(number) as number from rehearsal_stagedposting where run_id = %(run)s and sale
    group by total, currency having count(*) = 1
)
select total < 0, voucher.number - invoice.number, count(*), min(invoice.number), max(invoice.number)
from invoice join voucher using (total, currency)
group by 1, 2 order by 3 desc, abs(voucher.number - invoice.number) limit 1000
"""
"""What the numbers of vouchers are above those of invoices, by totals that only one of each has."""


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


def staged(run: Rehearsal, invoices: Sequence[Invoice]) -> dict[int, Staged]:
    """The vouchers and accruals of these invoices, by invoice number, in journal order; mark them as met."""
    numbering, numbers = run.numbering, {one.number: is_credit(one.total) for one in invoices if one.number is not None}
    of_voucher: dict[int, list[int]] = {}
    for number, credit_note in numbers.items():
        of_voucher.setdefault(number + numbering.offset(number, credit_note=credit_note), []).append(number)
    by_number = StagedPosting.objects.filter(run=run, number__in=list(of_voucher))
    by_text = StagedPosting.objects.filter(run=run, sale=False, number=0, about__in=list(numbers))
    vouchers: dict[int, list[Posted]] = {}
    accruals: dict[int, list[Posted]] = {}
    met = []
    for pk, sale, voucher_number, posted in _read(by_number, "pk", "sale", "number"):
        number = _whose(of_voucher[voucher_number], numbers, posted)
        (vouchers if sale else accruals).setdefault(number, []).append(posted)
        met += [pk] if sale else []
    for about, posted in _read(by_text, "about"):
        accruals.setdefault(about, []).append(posted)
    StagedPosting.objects.filter(pk__in=met).update(met=True)
    return {
        number: Staged(tuple(vouchers.get(number, ())), tuple(accruals.get(number, ())))
        for number in {*vouchers, *accruals}
    }


def _whose(numbers: Sequence[int], credit_notes: dict[int, bool], posted: Posted) -> int:
    """Return the invoice of a voucher whose number could be that of several: the one that is a credit note as it is, if any."""
    same_kind = [one for one in numbers if credit_notes[one] is (posted.kind == VoucherKind.CREDIT_NOTE)]
    return next(iter(same_kind), numbers[0])


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


def number_vouchers(run: Rehearsal) -> Numbering:
    """Return how voucher numbers follow from invoice numbers, by the invoices and vouchers whose total only they have.

    They are the invoices' own unless most of these agree on others.
    """
    with connection.cursor() as cursor:
        cursor.execute(SEEN, {"run": run.pk})
        seen = [Seen(*row) for row in cursor.fetchall() if abs(row[1]) < LARGEST_NUMBER]
    chosen = ranges_seen([one for one in seen if not one.credit_notes])
    begins = [
        _begin(run, before, one) if before is not None else one.lowest
        for before, one in zip([None, *chosen], chosen, strict=False)
    ]
    general = list(zip(chosen, begins, strict=True))
    plain = numbering_of(general, ())
    credit_notes = [one for one in ranges_seen([one for one in seen if one.credit_notes]) if _is_sure(run, one, plain)]
    return numbering_of(general, credit_notes)


def _begin(run: Rehearsal, before: Seen, later: Seen) -> int:
    """Return the first invoice of the later range: those between the two belong to it as long as it has vouchers for them."""
    gap = range(later.lowest - 1, max(before.highest, later.lowest - MOST_BETWEEN), -1)
    numbers = [number + later.offset for number in gap]
    own = StagedPosting.objects.filter(run=run, sale=True, number__in=numbers).values_list("number", flat=True)
    there = set(own)
    begins = later.lowest
    for number in gap:
        if number + later.offset not in there:
            break
        begins = number
    return begins


def _is_sure(run: Rehearsal, seen: Seen, plain: Numbering) -> bool:
    """Tell whether credit notes have an offset of their own: one alone may have met another's voucher of the same total."""
    usual = seen.lowest + plain.offset(seen.lowest, credit_note=True)
    return seen.count > 1 or not StagedPosting.objects.filter(run=run, sale=True, number=usual).exists()


def forget(run: Rehearsal) -> None:
    """Remove what was staged."""
    StagedInvoice.objects.filter(run=run).delete()
    StagedPosting.objects.filter(run=run).delete()
