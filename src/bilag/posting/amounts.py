"""Check that amounts fit a ledger: finite, two decimals, at most thirteen digits before the decimal point."""

from decimal import ROUND_HALF_UP, Decimal

from bilag.posting.currency import WITHOUT_DECIMALS
from bilag.posting.findings import Findings
from bilag.posting.invoice import Invoice
from bilag.posting.voucher import ZERO

LARGEST = Decimal("9999999999999.99")
RATE_STEP = Decimal("0.00000001")
LARGEST_RATE = Decimal("999999.99999999")


def check_amounts(invoice: Invoice, findings: Findings) -> bool:
    """Report invalid amounts to `findings`.

    Returns False if any amount cannot be used in a calculation.
    """
    usable = True
    for amount in (invoice.net, invoice.vat, invoice.total):
        usable &= _is_usable(amount)
        _check(amount, invoice.currency, findings, None)
    for line in invoice.lines:
        for amount in (line.net, line.vat):
            usable &= _is_usable(amount)
            _check(amount, invoice.currency, findings, line.position)
    return usable


def to_ore(amount: Decimal) -> Decimal:
    """Return the absolute amount with two decimals. The caller has checked that it has no more."""
    return abs(amount).quantize(ZERO)


def ledger_rate(rate: Decimal | None) -> Decimal | None:
    """Round an exchange rate to the ledger's eight decimals; None if it is missing, not positive or too large."""
    if rate is None or not rate.is_finite() or not 0 < rate <= LARGEST_RATE:
        return None
    rounded = rate.quantize(RATE_STEP, rounding=ROUND_HALF_UP)
    return rounded if rounded > 0 else None


def _is_usable(amount: Decimal) -> bool:
    return amount.is_finite() and abs(amount) <= LARGEST


def _check(amount: Decimal, currency: str, findings: Findings, position: int | None) -> None:
    facts: dict[str, str] = {}
    if not _is_usable(amount):
        code = "amount_invalid"
    elif amount != amount.quantize(ZERO):
        code = "amount_decimals"
    elif currency in WITHOUT_DECIMALS and amount != amount.to_integral_value():
        code, facts = "currency_without_decimals", {"currency": currency}
    else:
        return
    if position is None:
        findings.of_invoice(code, amount=amount, **facts)
    else:
        findings.of_lines(code, [position], amount=amount, **facts)
