"""A voucher that only serves to look another one up: number and kind, and no amounts."""

from datetime import date

from bilag.posting.invoice import Invoice
from bilag.posting.voucher import ZERO, Entry, Side, Voucher, VoucherKind


def lookup_voucher(invoice: Invoice) -> Voucher:
    """Return a voucher with the number and the kind of a finalised invoice. It is looked up, and never posted."""
    if invoice.number is None:
        raise ValueError("the invoice has no number")
    kind = VoucherKind.CREDIT_NOTE if invoice.is_credit_note else VoucherKind.INVOICE
    nothing = (Entry("0", Side.DEBIT, ZERO),)
    return Voucher(invoice.number, kind, invoice.invoice_date or date.min, "", invoice.currency, nothing)
