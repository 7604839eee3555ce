"""Check that each group's account and VAT code can be posted to, together, on a sale.

Accounts and VAT codes are the same in Moment and in the accounting system; nothing is mapped or guessed (DESIGN, rule
9). The accounting system describes its own VAT codes. For one it maps to a Norwegian standard code, `vat_rates` adds
the rate on the invoice date and whether the code is for sales.
"""

from decimal import Decimal

from bilag.posting.chart import Account, Chart, VatCode
from bilag.posting.findings import Findings
from bilag.posting.grouping import Group, Grouping, has_amount
from bilag.posting.invoice import Invoice
from bilag.posting.rules import Rules
from bilag.posting.vat_rates import STANDARD_CODES, StandardCode
from bilag.posting.vat_tolerance import is_within_tolerance

_HUNDREDTH = Decimal("0.01")


def check_groups(invoice: Invoice, grouping: Grouping, rules: Rules, findings: Findings) -> None:
    """Report everything wrong with the invoice's groups to `findings`."""
    if grouping.without_account:
        findings.of_lines("account_missing", grouping.without_account)
    for group in grouping.groups:
        if group.signs_differ:
            findings.of_lines("vat_sign", group.positions, account=group.key.account, net=group.net, vat=group.vat)
        account = _check_account(group.key.account, group.positions, rules.chart, findings)
        _check_vat(group, invoice, account, rules.chart, findings)


def _check_account(number: str, positions: tuple[int, ...], chart: Chart | None, findings: Findings) -> Account | None:
    """Report what is wrong with an account; return the account if the chart has it."""
    if chart is None or not chart.accounts:
        return None
    account = chart.accounts.get(number)
    fault = account_fault(account)
    if fault is not None:
        findings.of_lines(fault, positions, account=number, account_name=account.name if account is not None else None)
    return account


def standard_code_of(code: VatCode | None, chart: Chart | None) -> StandardCode | None:
    """Return the Norwegian standard code the accounting system maps `code` to.

    None for a code of the system's own, and for every code of a company whose books are not in NOK.
    """
    if code is None or chart is None or not chart.norwegian:
        return None
    return STANDARD_CODES.get((code.standard_code or "").strip())


def is_for_purchases(code: VatCode | None, chart: Chart | None) -> bool:
    """Return whether a VAT code of the accounting system must not be used on a sale."""
    standard = standard_code_of(code, chart)
    return (code is not None and code.direction == "input") or (standard is not None and not standard.for_sales)


def account_fault(account: Account | None) -> str | None:
    """Return the problem code for an account that cannot be posted to; `account` None means the chart lacks it.

    For an account chosen in the setup, prefix the code with `setup_`: the remedy is in the setup, not in Moment.
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
        if allowed and account is not None and chart is not None and chart.needs_vat_code(account):
            findings.of_lines("vat_code_required", group.positions, account=number, allowed=_join_codes(allowed))
        elif group.vat != 0:
            findings.of_lines("vat_code_missing", group.positions, account=number, vat=group.vat)
        return
    known = chart.vat_codes.get(code) if chart is not None else None
    if chart is not None and chart.vat_codes and known is None:
        findings.of_lines("vat_code_unknown", group.positions, vat_code=code, account=number)
    standard = standard_code_of(known, chart)
    for_purchases = is_for_purchases(known, chart)
    if known is not None:
        _check_vat_code(group, known, for_purchases, findings)
        rates_fit = standard is None or _rates_fit(group, invoice, standard, findings)
        if rates_fit:  # a wrong rate makes the amount wrong too; report the cause once
            amount_fits = _check_vat_amount(group, known, findings)
            if amount_fits and standard is None and not _is_credit(invoice):
                _check_own_rate(group, known, findings)
    if allowed is not None and code not in allowed and not for_purchases:
        findings.of_lines(
            "vat_code_not_allowed_on_account",
            group.positions,
            vat_code=code,
            account=number,
            allowed=_join_codes(allowed) or None,
        )


def _check_vat_code(group: Group, code: VatCode, for_purchases: bool, findings: Findings) -> None:
    if not code.active:
        findings.of_lines("vat_code_inactive", group.positions, vat_code=code.code, vat_code_name=code.name)
    if for_purchases:
        findings.of_lines("vat_code_not_for_sales", group.positions, vat_code=code.code, vat_code_name=code.name)


def _rates_fit(group: Group, invoice: Invoice, standard: StandardCode, findings: Findings) -> bool:
    """Return whether every line's VAT rate is the standard code's rate on the invoice date; report those that are not.

    A line without a rate fits, and so does a day before the oldest known rate. A credit note may also use an earlier
    rate, because it reverses what an earlier invoice charged.
    """
    day = invoice.invoice_date
    expected = standard.rate_on(day) if day is not None else None
    if day is None or expected is None:
        return True
    allowed = standard.rates_until(day) if _is_credit(invoice) else (expected,)
    wrong = [line for line in group.lines if has_amount(line) and not matches_rate(line.vat_rate, allowed)]
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


def matches_rate(rate: Decimal | None, allowed: tuple[Decimal, ...]) -> bool:
    """Return whether a rate is missing or one of those allowed.

    Compared to within 0.01 percentage point: 11.11 is one ninth, truncated.
    """
    if rate is None:
        return True
    return any(abs(rate - one) < _HUNDREDTH for one in allowed) if rate.is_finite() else False


def _is_credit(invoice: Invoice) -> bool:
    """Return whether the document reverses an earlier charge, at the rate it was charged with."""
    return invoice.total < 0 or invoice.is_credit_note


def _check_vat_amount(group: Group, code: VatCode, findings: Findings) -> bool:
    """Return whether the ledger accepts the group's VAT; report it if not."""
    fits = is_within_tolerance(group.net, group.vat, code.rate)
    if not fits:
        findings.of_lines(
            "vat_amount_mismatch",
            group.positions,
            vat_code=code.code,
            rate=f"{code.rate.normalize():f}",
            net=group.net,
            vat=group.vat,
            expected=f"{group.net * code.rate / 100:.2f}",
        )
    return fits


def _check_own_rate(group: Group, code: VatCode, findings: Findings) -> None:
    """Report lines with another rate than a code of the system's own has. A small amount may hide the contradiction."""
    for line in group.lines:
        if has_amount(line) and not matches_rate(line.vat_rate, (code.rate,)):
            findings.of_lines(
                "vat_rate_mismatch",
                [line.position],
                vat_code=code.code,
                account=group.key.account,
                rate=line.vat_rate,
                expected_rate=f"{code.rate.normalize():f}",
            )


def _join_codes(codes: frozenset[str]) -> str:
    return ", ".join(sorted(codes, key=lambda code: (len(code), code)))
