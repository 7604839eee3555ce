"""Check that an invoice adds up: at most 0.01 a line is rounding, more is a problem (DESIGN, rule 4)."""

from decimal import Decimal

from bilag.posting.findings import Findings
from bilag.posting.grouping import Grouping
from bilag.posting.invoice import Invoice
from bilag.posting.voucher import ZERO

TOLERANCE_PER_LINE = Decimal("0.01")


def rounding_difference(invoice: Invoice, grouping: Grouping, findings: Findings) -> Decimal:
    """Return the amount for the rounding account: the invoice's total less its lines, in Moment's sign.

    Reports `total_mismatch` and returns zero if the total differs by more than 0.01 for each line with an amount. The
    header's net and VAT are checked the same way, because otherwise the VAT posted would not be the VAT on the invoice.
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
