"""Sums as a billing system computes them: each line's net to the øre, VAT half up, the header as the sum.

Amounts are Decimal in NOK with two decimals, negative on credit notes. Rounding is symmetrical, so a credit note is
exactly the negative of its invoice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from stdnum import luhn

ORE = Decimal("0.01")
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Sums:
    """An invoice's net, VAT and total including VAT."""

    net: Decimal
    vat: Decimal

    @property
    def total(self) -> Decimal:
        """Net plus VAT."""
        return self.net + self.vat


def rounded(amount: Decimal) -> Decimal:
    """Round to the øre, half away from zero; never a negative zero."""
    return amount.quantize(ORE, ROUND_HALF_UP) + ZERO


def line_net(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal = ZERO) -> Decimal:
    """Compute a line's amount without VAT, after discount."""
    return rounded(quantity * unit_price * (100 - discount_percent) / 100)


def line_vat(net: Decimal, rate: Decimal) -> Decimal:
    """Compute a line's VAT; `rate` is percent."""
    return rounded(net * rate / 100)


def sums_of(lines: Iterable[Mapping[str, Any]], *, vat_by_total: bool = False) -> Sums:
    """Compute the header's sums. With `vat_by_total`, VAT is computed once for each rate, on that rate's net.

    The header may then differ from its lines by less than 0.01 for each line, as in many billing systems.
    """
    lines = list(lines)
    net = sum((line["netAmount"] for line in lines), ZERO)
    if not vat_by_total:
        return Sums(net, sum((line["vatAmount"] for line in lines), ZERO))
    by_rate: dict[Decimal, Decimal] = {}
    for line in lines:
        rate = Decimal(line["vatRate"])
        by_rate[rate] = by_rate.get(rate, ZERO) + line["netAmount"]
    return Sums(net, sum((line_vat(amount, rate) for rate, amount in by_rate.items()), ZERO))


def kid_of(invoice_number: int) -> str:
    """Return the payment id (KID) the firm prints: the number in six digits and a MOD10 check digit."""
    body = f"{invoice_number:06d}"
    return body + luhn.calc_check_digit(body)
