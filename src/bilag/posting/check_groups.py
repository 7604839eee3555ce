"""Checks of the groups against the chart: can each account and VAT code be posted to, together, on a sale?

Accounts and VAT codes are equal in Moment and the accounting system; nothing is mapped or guessed (DESIGN, rule 9).
What is known of a VAT code is what the accounting system says of it. Only of one that it calls a Norwegian standard code
is more known: its rate on the invoice date, and whether it is for sales (`vat_rates`).
"""

from decimal import Decimal

from bilag.posting.chart import Account, Chart, VatCode
from bilag.posting.findings import Findings
from bilag.posting.grouping import Group, Grouping, has_amount
from bilag.posting.invoice import Invoice
from bilag.posting.rules import Rules
from bilag.posting.vat_rates import STANDARD_CODES, StandardCode

VAT_TOLERANCE = Decimal("1.00")
"""How far VAT may be from net x rate, for each entry (contracts/azets-hub.md, section 4)."""
_HUNDREDTH = Decimal("0.01")


def check_groups(invoice: Invoice, grouping: Grouping, rules: Rules, findings: Findings) -> None:
    """Find all that is wrong with the groups of `invoice`."""
    if grouping.without_account:
        findings.of_lines("account_missing", grouping.without_account)
    for group in grouping.groups:
        if group.signs_differ:
            findings.of_lines("vat_sign", group.positions, account=group.key.account, net=group.net, vat=group.vat)
        account = _check_account(group.key.account, group.positions, rules.chart, findings)
        _check_vat(group, invoice, account, rules.chart, findings)


def _check_account(number: str, positions: tuple[int, ...], chart: Chart | None, findings: Findings) -> Account | None:
    """Find what is wrong with an account; returns it where the chart has it."""
    if chart is None or not chart.accounts:
        return None
    account = chart.accounts.get(number)
    fault = account_fault(account)
    if fault is not None:
        findings.of_lines(fault, positions, account=number, account_name=account.name if account is not None else None)
    return account


def standard_of(code: VatCode | None, chart: Chart | None) -> StandardCode | None:
    """The Norwegian standard code that the accounting system says it is; None for a code of the system's own, and for all
    codes of a company that keeps its books in another currency than NOK: that is not under Norwegian VAT.
    """
    if code is None or chart is None or not chart.norwegian:
        return None
    return STANDARD_CODES.get((code.standard_code or "").strip())


def is_for_purchases(code: VatCode | None, chart: Chart | None) -> bool:
    """Whether a code that the accounting system has cannot stand on a sale."""
    standard = standard_of(code, chart)
    return (code is not None and code.direction == "input") or (standard is not None and not standard.for_sales)


def account_fault(account: Account | None) -> str | None:
    """The code for an account that cannot be posted to; None is one that the chart does not have.

    For an account that the setup names, not Moment, the code has `setup_` before it: its cure lies there.
    """
    if account is None:
        return "account_unknown"
    if not account.active:
        return "account_inactive"
    return None if account.postable else "account_not_postable"


def _check_vat(
    group: Group, invoice: Invoice, account: Account | None, chart: Chart | None, findings: Findings
) -> None:
    code, number = group.key.vat_code, group.key.account
    allowed = account.vat_codes_allowed if account is not None else None
    if code is None:
        if allowed:
            findings.of_lines("vat_code_required", group.positions, account=number, allowed=_listed(allowed))
        elif group.vat != 0:
            findings.of_lines("vat_code_missing", group.positions, account=number, vat=group.vat)
        return
    known = chart.vat_codes.get(code) if chart is not None else None
    if chart is not None and chart.vat_codes and known is None:
        findings.of_lines("vat_code_unknown", group.positions, vat_code=code, account=number)
    standard = standard_of(known, chart)
    for_purchases = is_for_purchases(known, chart)
    if known is not None:
        _check_vat_code(group, known, for_purchases, findings)
        rates_fit = standard is None or _rates_fit(group, invoice, standard, findings)
        if rates_fit:  # otherwise the amount is wrong because the rate is: one cause is told once
            _check_vat_amount(group, known, findings)
    if allowed is not None and code not in allowed and not for_purchases:
        findings.of_lines(
            "vat_code_not_allowed_on_account",
            group.positions,
            vat_code=code,
            account=number,
            allowed=_listed(allowed) or None,
        )


def _check_vat_code(group: Group, code: VatCode, for_purchases: bool, findings: Findings) -> None:
    if not code.active:
        findings.of_lines("vat_code_inactive", group.positions, vat_code=code.code, vat_code_name=code.name)
    if for_purchases:
        findings.of_lines("vat_code_not_for_sales", group.positions, vat_code=code.code, vat_code_name=code.name)


def _rates_fit(group: Group, invoice: Invoice, standard: StandardCode, findings: Findings) -> bool:
    """Whether each line's rate is its code's on the invoice date. A line without a rate, and a day before the oldest rate
    that is known, fit.

    A credit note may also have a rate that was in force before: it takes back what an earlier invoice charged.
    """
    day = invoice.invoice_date
    expected = standard.rate_on(day) if day is not None else None
    if day is None or expected is None:
        return True
    allowed = standard.rates_until(day) if invoice.total < 0 or invoice.is_credit_note else (expected,)
    wrong = [line for line in group.lines if has_amount(line) and not is_rate(line.vat_rate, allowed)]
    for line in wrong:
        findings.of_lines(
            "vat_rate_mismatch",
            [line.position],
            vat_code=group.key.vat_code,
            account=group.key.account,
            standard_code=standard.code if standard.code != group.key.vat_code else None,
            rate=line.vat_rate,
            expected_rate=expected,
            date=day,
        )
    return not wrong


def is_rate(rate: Decimal | None, allowed: tuple[Decimal, ...]) -> bool:
    """Whether a rate is one of those allowed, or not told. To a hundredth of a percent: 11.11 is a ninth cut short."""
    if rate is None:
        return True
    return any(abs(rate - one) < _HUNDREDTH for one in allowed) if rate.is_finite() else False


def _check_vat_amount(group: Group, code: VatCode, findings: Findings) -> None:
    expected = group.net * code.rate / 100
    # The tolerance is for rounding; a rate of zero rounds nothing, and there is no VAT account to take the amount.
    tolerance = VAT_TOLERANCE if code.rate != 0 else Decimal(0)
    if abs(group.vat - expected) > tolerance:
        findings.of_lines(
            "vat_amount_mismatch",
            group.positions,
            vat_code=code.code,
            rate=f"{code.rate.normalize():f}",
            net=group.net,
            vat=group.vat,
            expected=f"{expected:.2f}",
        )


def _listed(codes: frozenset[str]) -> str:
    return ", ".join(sorted(codes, key=lambda code: (len(code), code)))
