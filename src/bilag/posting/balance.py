"""Does the invoice add up? A difference of an øre a line is rounding; a larger one stops it (DESIGN, rule 4)."""

from decimal import Decimal

from bilag.posting.findings import Findings
from bilag.posting.grouping import Grouping
from bilag.posting.invoice import Invoice
from bilag.posting.voucher import ZERO

TOLERANCE_PER_LINE = Decimal("0.01")


def rounding_difference(invoice: Invoice, grouping: Grouping, findings: Findings) -> Decimal:
    """The invoice's total less its lines, in Moment's sign: what the rounding account takes. Zero where it is too much.

    Found wrong (`total_mismatch`) when it exceeds 0.01 for each line with an amount, and when the header's net or VAT
    is as far from the lines': then the VAT that the customer was shown is not the VAT that would be posted.
    """
    sums = (
        ("total", invoice.total, grouping.net + grouping.vat),
        ("net", invoice.net, grouping.net),
        ("vat", invoice.vat, grouping.vat),
    )
    allowed = TOLERANCE_PER_LINE * grouping.lines_with_amount
    for name, header, lines in sums:
        if abs(header - lines) > allowed:
            _mismatch(name, header, lines, findings)
            return ZERO
    return invoice.total - grouping.net - grouping.vat


def _mismatch(sum_name: str, header: Decimal, lines: Decimal, findings: Findings) -> None:
    findings.of_invoice(
        "total_mismatch",
        sum=sum_name,
        header=f"{header:.2f}",
        lines_sum=f"{lines:.2f}",
        difference=f"{header - lines:.2f}",
    )
