"""Make the row of a result."""

from collections.abc import Sequence

from bilag.moment.unreadable import UnreadableInvoice
from bilag.posting.invoice import Invoice
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import ZERO
from bilag.reconciliation.compare_invoice import total_of
from bilag.reconciliation.runner import fitting, storable
from bilag.reconciliation.staging import dates_of
from bilag.rehearsal.compare import Compared, Result
from bilag.rehearsal.models import Rehearsal, RehearsedInvoice

LONGEST_CURRENCY = 3
MOST_DIFFERENCES = 100


def result_row(
    run: Rehearsal, number: int, invoice: Invoice | None, vouchers: Sequence[Posted], compared: Compared
) -> RehearsedInvoice:
    """The row of an invoice, or of a voucher without one."""
    totals = [total_of(one) for one in vouchers]
    first = vouchers[0] if vouchers else None
    currency = invoice.currency if invoice else first.currency if first else ""
    customer = invoice.customer if invoice else first.customer if first else None
    return RehearsedInvoice(
        run=run,
        result=compared.result,
        number=number,
        invoice_date=invoice.invoice_date if invoice else None,
        customer=fitting(customer or "", 50),
        name=fitting((invoice.customer_name if invoice else None) or "", 200),
        currency=currency if len(currency) <= LONGEST_CURRENCY else "",
        total=storable(invoice.total) if invoice else None,
        posted_total=storable(sum(totals, ZERO)) if totals else None,
        voucher_date=dates_of(vouchers),
        voucher_number=first.number if first else None,
        journals=[one.journal_number for one in vouchers if one.journal_number is not None],
        causes=[cause.as_json() for cause in compared.causes],
        differences=[one.as_json() for one in compared.differences[:MOST_DIFFERENCES]],
        problems=[one.as_json() for one in compared.problems],
        evidence=compared.evidence,
    )


def unread_row(run: Rehearsal, one: Invoice | UnreadableInvoice, problem: Problem) -> RehearsedInvoice:
    """The row of an invoice that cannot be read, or has no number."""
    return RehearsedInvoice(
        run=run,
        result=Result.STOPPED,
        number=one.number,
        invoice_date=one.invoice_date,
        customer=fitting(one.customer or "", 50),
        name=fitting(one.customer_name or "", 200),
        problems=[problem.as_json()],
    )
