"""Judge an invoice's exchange rate by a reference rate of its currency on its date (contracts/decisions.md).

A rate is company currency for one unit. The reference is an argument: this package knows no rates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bilag.posting.amounts import ledger_rate
from bilag.posting.findings import Findings
from bilag.posting.invoice import Invoice

BAND, WIDE_BAND = Decimal("0.25"), Decimal("0.60")
"""The tolerated deviation from the reference, as a share of it: for a recent reference, and for one older than a year."""
OLD = timedelta(days=365)
NO_RATE = (Decimal(1), Decimal("0.01"))
"""Rates that systems fill in when nobody entered one: 1, and 0.01, which is that 1 read as a rate for 100 units."""
CODES = ("exchange_rate_default", "exchange_rate_implausible", "exchange_rate_unverified")
"""The problems that a person resolves by confirming the rate."""


@dataclass(frozen=True, slots=True)
class ReferenceRate:
    """A published rate: base currency for one unit. `day` is the day it was published for."""

    rate: Decimal
    day: date


ReferenceRates = Callable[[str, str, date], ReferenceRate | None]
"""Takes currency, base currency and day; returns the newest reference rate on or before the day, None if there is none."""


@dataclass(frozen=True, slots=True)
class ConfirmedRate:
    """A rate that a person confirmed for one invoice. It covers this currency and this rate, and no other."""

    currency: str
    rate: Decimal

    @classmethod
    def as_given(cls, invoice: Invoice) -> "ConfirmedRate | None":
        """Return the invoice's own rate as if confirmed, for a plan that does not judge it; None if it has no rate."""
        return None if invoice.exchange_rate is None else cls(invoice.currency, invoice.exchange_rate)

    def covers(self, invoice: Invoice) -> bool:
        """Return whether the invoice still has the confirmed rate."""
        return invoice.currency == self.currency and invoice.exchange_rate == self.rate


def check_rate(invoice: Invoice, base_currency: str, references: ReferenceRates | None, findings: Findings) -> None:
    """Report a rate of a foreign currency that a person must confirm. `references` None: only a default rate is reported.

    The caller has checked that the ledger accepts the rate, and that nobody has confirmed it.
    """
    rate = ledger_rate(invoice.exchange_rate)
    if rate is None:
        return
    facts = {"currency": invoice.currency, "rate": invoice.exchange_rate, "base": base_currency}
    if rate in NO_RATE:
        findings.of_invoice("exchange_rate_default", **facts)
        return
    day = invoice.invoice_date
    if references is None or day is None:
        return
    reference = references(invoice.currency, base_currency, day)
    if reference is None:
        findings.of_invoice("exchange_rate_unverified", **facts)
    elif not is_plausible(rate, reference, day):
        shown = {"reference": shown_rate(reference.rate), "reference_date": reference.day}
        findings.of_invoice("exchange_rate_implausible", **facts, **shown)


def is_plausible(rate: Decimal, reference: ReferenceRate, day: date) -> bool:
    """Return whether the rate is within the band around the reference; the band is wide if the reference is old."""
    share = WIDE_BAND if day - reference.day > OLD else BAND
    return abs(rate - reference.rate) <= share * reference.rate


def shown_rate(rate: Decimal) -> str:
    """Return a rate with six significant digits, without an exponent."""
    return f"{Decimal(f'{rate:.6g}'):f}"
