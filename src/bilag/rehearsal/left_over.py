"""The vouchers of the period that no invoice of the period met: dated otherwise than their invoice, or unknown to Moment."""

from collections.abc import Iterator

from django.db.models import Exists, Max, Min, OuterRef

from bilag.companies.setup import Setup
from bilag.posting.posted import Posted
from bilag.posting.standing import still_standing
from bilag.posting.voucher import VoucherKind
from bilag.rehearsal import staging
from bilag.rehearsal.causes import Cause, CauseKind
from bilag.rehearsal.compare import Compared, Comparer, Result
from bilag.rehearsal.models import Rehearsal, RehearsedInvoice, StagedInvoice
from bilag.rehearsal.read_only import ReadingMoment
from bilag.rehearsal.results import result_row
from bilag.transfers.external_ids import external_id
from bilag.wire.errors import Refused

MOST_LOOKED_UP = 500
"""So many vouchers without an invoice are looked up in Moment one by one."""
CHUNK = 200


def forget_results(run: Rehearsal) -> None:
    """Remove the results that an interrupted process stored here: those of vouchers whose invoice was not read."""
    read = StagedInvoice.objects.filter(run=run, number=OuterRef("number"))
    run.results.filter(~Exists(read), voucher_number__isnull=False).delete()


def vouchers_without_invoice(run: Rehearsal, setup: Setup) -> Iterator[tuple[int, list[Posted]]]:
    """Yield the number an invoice would have, and the vouchers, of each number in the series of the period's invoices."""
    series = StagedInvoice.objects.filter(run=run).aggregate(lowest=Min("number"), highest=Max("number"))
    lowest, highest = series["lowest"], series["highest"]
    unread = set(
        run.results.exclude(number=None).filter(posted_total=None, total=None).values_list("number", flat=True)
    )
    numbers = staging.unmet_numbers(run)
    for place in range(0, len(numbers), CHUNK):
        for voucher_number, same in staging.unmet(run, numbers[place : place + CHUNK]).items():
            credit_note = same[0].kind == VoucherKind.CREDIT_NOTE
            number = run.numbering.invoice_number(voucher_number, credit_note=credit_note)
            vouchers = [one for one in same if run.first <= one.voucher_date <= run.last]
            claimed = any(one.external_id == external_id(setup, number) for one in vouchers)
            in_series = lowest is not None and lowest <= number <= highest
            if vouchers and number not in unread and (claimed or in_series):
                yield number, vouchers


def results(
    left: Iterator[tuple[int, list[Posted]]], run: Rehearsal, moment: ReadingMoment, comparer: Comparer
) -> Iterator[RehearsedInvoice]:
    """Yield a result for each: compared with the invoice that Moment has of the number, or unknown.

    A voucher without an invoice that was reversed is nobody's question any more. Raises Moment's errors.
    """
    for count, (number, vouchers) in enumerate(left):
        try:
            invoice = moment.invoice_by_number(number) if count < MOST_LOOKED_UP else None
        except Refused as refused:
            yield result_row(run, number, None, vouchers, Compared(Result.STOPPED, problems=tuple(refused.problems)))
            continue
        if invoice is not None and invoice.finalized:
            yield result_row(run, number, invoice, vouchers, comparer.compare(invoice, vouchers))
        elif still_standing(vouchers):
            yield result_row(run, number, None, vouchers, Compared(Result.UNKNOWN, (Cause(CauseKind.UNKNOWN),)))
