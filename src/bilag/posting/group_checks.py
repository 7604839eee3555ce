"""Checks of the groups against the chart: can each account and VAT code be posted to, together, on a sale?

Accounts and VAT codes are equal in Moment and the accounting system; nothing is mapped or guessed (DESIGN, rule 9).
"""

from decimal import Decimal

from bilag.posting.chart import Account, Chart, VatCode
from bilag.posting.findings import Findings
from bilag.posting.grouping import Group, Grouping
from bilag.posting.rules import Rules

VAT_TOLERANCE = Decimal("1.00")
"""How far VAT may be from net x rate, for each entry (contracts/azets-hub.md, section 4)."""


def check_groups(grouping: Grouping, rules: Rules, findings: Findings) -> None:
    """Find all that is wrong with the groups."""
    if grouping.without_account:
        findings.of_lines("account_missing", grouping.without_account)
    for group in grouping.groups:
        if group.signs_differ:
            findings.of_lines("vat_sign", group.positions, account=group.key.account, net=group.net, vat=group.vat)
        account = _check_account(group.key.account, group.positions, rules.chart, findings)
        _check_vat(group, account, rules.chart, findings)


def _check_account(number: str, positions: tuple[int, ...], chart: Chart | None, findings: Findings) -> Account | None:
    """Find what is wrong with an account; returns it where the chart has it."""
    if chart is None or not chart.accounts:
        return None
    account = chart.accounts.get(number)
    fault = account_fault(account)
    if fault is not None:
        findings.of_lines(fault, positions, account=number, account_name=account.name if account is not None else None)
    return account


def account_fault(account: Account | None) -> str | None:
    """The code for an account that cannot be posted to; None is one that the chart does not have.

    For an account that the setup names, not Moment, the code has `setup_` before it: its cure lies there.
    """
    if account is None:
        return "account_unknown"
    if not account.active:
        return "account_inactive"
    return None if account.postable else "account_not_postable"


def _check_vat(group: Group, account: Account | None, chart: Chart | None, findings: Findings) -> None:
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
    if known is not None:
        _check_vat_code(group, known, findings)
    for_purchases = known is not None and known.direction == "input"
    if allowed is not None and code not in allowed and not for_purchases:
        findings.of_lines(
            "vat_code_not_allowed_on_account",
            group.positions,
            vat_code=code,
            account=number,
            allowed=_listed(allowed) or None,
        )


def _check_vat_code(group: Group, code: VatCode, findings: Findings) -> None:
    if not code.active:
        findings.of_lines("vat_code_inactive", group.positions, vat_code=code.code, vat_code_name=code.name)
    if code.direction == "input":
        findings.of_lines("vat_code_not_for_sales", group.positions, vat_code=code.code, vat_code_name=code.name)
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
