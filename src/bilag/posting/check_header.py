"""Check an invoice's header: finalised, type, customer, dates, currency and KID."""

import re
from datetime import date

from bilag.posting.amounts import ledger_rate
from bilag.posting.chart import Chart, NumberRule
from bilag.posting.dimensions import LARGEST_WHOLE_NUMBER
from bilag.posting.exchange_rates import check_rate
from bilag.posting.findings import Findings
from bilag.posting.grouping import strip_number
from bilag.posting.invoice import Invoice
from bilag.posting.kid import is_valid_payment_id
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules

_CURRENCY = re.compile(r"[A-Z]{3}")
_WHOLE_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_VOUCHER_NUMBERS = NumberRule(integer=True, minimum=1, maximum=LARGEST_WHOLE_NUMBER)


def check_header(invoice: Invoice, rules: Rules, findings: Findings) -> None:
    """Report everything wrong with the header to `findings`."""
    check_finalised(invoice, findings)
    _check_type(invoice, findings)
    _check_number(invoice, rules, findings)
    _check_customer(invoice, rules, findings)
    _check_dates(invoice, rules, findings)
    _check_payment_id(invoice, rules, findings)
    _check_currency(invoice, rules, findings)


def check_finalised(invoice: Invoice, findings: Findings) -> None:
    """Report a draft: it has no number and may still change."""
    if not invoice.finalized or invoice.number is None:
        findings.of_invoice("invoice_not_finalized")


def is_number_accepted(number: str, rule: NumberRule) -> bool:
    """Return whether `rule` accepts the number. A whole number must have no leading zeros."""
    if not rule.integer:
        return rule.max_length is None or len(number) <= rule.max_length
    if not _WHOLE_NUMBER.fullmatch(number):
        return False
    if rule.ranges and not any(first <= int(number) <= last for first, last in rule.ranges):
        return False
    smallest = rule.minimum if rule.minimum is not None else 1
    largest = rule.maximum if rule.maximum is not None else LARGEST_WHOLE_NUMBER
    return smallest <= int(number) <= largest


def _check_type(invoice: Invoice, findings: Findings) -> None:
    """Report a type that Bilag does not know, and a type that the total or the credited number contradicts.

    Three fields say whether a document is a credit note: its type, the sign of its total and the number it credits. They
    must agree (contracts/decisions.md). One difference is allowed: a negative invoice that credits no number is posted as
    a credit note, because a negative total can be nothing else. A total of zero agrees with either type.
    """
    credited = invoice.credited_number
    if invoice.unknown_type is not None:
        findings.of_invoice("invoice_type_unknown", document_type=invoice.unknown_type or None)
        return
    is_positive = invoice.total.is_finite() and invoice.total > 0  # check_amounts reports other totals
    contradicts = is_positive if invoice.is_credit_note else credited is not None
    if contradicts:
        stated = "credit_note" if invoice.is_credit_note else "invoice"
        findings.of_invoice("type_contradicts_total", moment_type=stated, total=invoice.total, credited=credited)
    elif credited is not None and (
        credited == invoice.number or not is_number_accepted(str(credited), _VOUCHER_NUMBERS)
    ):
        findings.of_invoice("credited_number_invalid", credited=credited)


def _check_number(invoice: Invoice, rules: Rules, findings: Findings) -> None:
    rule = rules.chart.voucher_number_rule if rules.chart is not None else _VOUCHER_NUMBERS
    if invoice.number is not None and not is_number_accepted(str(invoice.number), rule):
        findings.of_invoice("voucher_number_invalid", number=invoice.number, minimum=rule.minimum, maximum=rule.maximum)


def _check_customer(invoice: Invoice, rules: Rules, findings: Findings) -> None:
    customer = strip_number(invoice.customer)
    if customer is None:
        findings.of_invoice("customer_missing")
    elif rules.chart is not None and not is_number_accepted(customer, rules.chart.customer_number_rule):
        rule = rules.chart.customer_number_rule
        limits = {"minimum": rule.minimum, "maximum": rule.maximum, "max_length": rule.max_length}
        facts = {"customer": customer, **{name: str(limit) for name, limit in limits.items() if limit is not None}}
        if rule.ranges:
            facts["ranges"] = ", ".join(f"{first}-{last}" for first, last in rule.ranges)
        findings.of_other(Problem("customer_number_invalid", f"customer {customer}", facts))


def _check_dates(invoice: Invoice, rules: Rules, findings: Findings) -> None:
    day = invoice.invoice_date
    if day is None:
        findings.of_invoice("invoice_date_missing")
        return
    if invoice.due_date is not None and invoice.due_date < day:
        findings.of_invoice("due_before_invoice_date", date=day, due_date=invoice.due_date)
    if rules.chart is not None:
        _check_period(day, rules.chart, findings)


def _check_period(day: date, chart: Chart, findings: Findings) -> None:
    period = chart.period_of(day)
    if period is None and chart.periods:
        findings.of_invoice("period_unknown", date=day)
    if period is not None and not period.open:
        findings.of_invoice("period_closed", date=day, period=period.label)
    if chart.lock_date is not None and day <= chart.lock_date:
        findings.of_invoice("date_locked", date=day, lock_date=chart.lock_date)


def _check_payment_id(invoice: Invoice, rules: Rules, findings: Findings) -> None:
    rule = rules.payment_id_rule
    if invoice.payment_id and not is_valid_payment_id(invoice.payment_id, rule):
        method = rule.method.upper() if rule.method in ("mod10", "mod11") else None
        findings.of_invoice(
            "kid_invalid",
            payment_id=invoice.payment_id,
            method=method,
            min_length=rule.min_length,
            max_length=rule.max_length,
        )


def _check_currency(invoice: Invoice, rules: Rules, findings: Findings) -> None:
    rate = invoice.exchange_rate
    if not _CURRENCY.fullmatch(invoice.currency):
        findings.of_invoice("currency_unknown", currency=invoice.currency)
    elif invoice.currency == rules.base_currency:
        if rate is not None and not (rate.is_finite() and rate == 1):
            findings.of_invoice("exchange_rate_not_one", currency=invoice.currency, rate=rate)
    elif ledger_rate(rate) is None:
        findings.of_invoice("exchange_rate_required", currency=invoice.currency, rate=rate)
    elif rules.confirmed_rate is None or not rules.confirmed_rate.covers(invoice):
        check_rate(invoice, rules.base_currency, rules.references, findings)
