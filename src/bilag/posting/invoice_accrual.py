"""Accrue an invoice's income: compute the moves of its groups, check them against the chart and build the vouchers.

`accrual.plan_moves` decides amounts and days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bilag.posting.accrual import AccrualRules, Allocation, Dimension, Income, Move, is_accrued, is_usable, plan_moves
from bilag.posting.amounts import ledger_rate
from bilag.posting.chart import Chart
from bilag.posting.check_groups import account_fault
from bilag.posting.findings import Findings
from bilag.posting.grouping import Group
from bilag.posting.invoice import Invoice
from bilag.posting.months import month_name
from bilag.posting.note import Note
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules
from bilag.posting.texts import cut
from bilag.posting.voucher import ZERO, Entry, LineAccrual, Side, Voucher, VoucherKind
from bilag.posting.voucher_builder import Units, kind_of

WORDS = {
    "nb": {VoucherKind.INVOICE: "Periodisering faktura", VoucherKind.CREDIT_NOTE: "Periodisering kreditnota"},
    "en": {VoucherKind.INVOICE: "Accrual of invoice", VoucherKind.CREDIT_NOTE: "Accrual of credit note"},
}
Planned = Sequence[tuple[Group, Units]]


@dataclass(frozen=True, slots=True)
class Accruals:
    """The moves of an invoice, empty if nothing is accrued. `native`: the accounting system makes them itself."""

    moves: tuple[Move, ...] = ()
    native: bool = False
    notes: tuple[Note, ...] = ()


def accruals_of(invoice: Invoice, groups: Planned, rules: Rules, findings: Findings) -> Accruals:
    """Compute the accruals of these groups. Problems go to `findings`."""
    accrual_rules, day, rate = rules.accrual, invoice.invoice_date, _rate(invoice, rules)
    if accrual_rules is None or day is None or rate is None:
        return Accruals()
    half = {line.position for group, _ in groups for line in group.lines if line.net != 0} & set(invoice.half_periods)
    if half:
        findings.of_lines("accrual_period_incomplete", half)
    accrued = [(group, units) for group, units in groups if _is_accruable(group, day, findings)]
    if not accrued:
        return Accruals()
    positions = sorted(position for group, _ in accrued for position in group.positions)
    moves = plan_moves(day, [_income(group, units, rate) for group, units in accrued], accrual_rules.by)
    for move in moves:
        if move.day != day:  # check_header checks the invoice date
            _check_day(move.day, rules, positions, findings)
    _check_accounts(accrual_rules, rules.chart, positions, findings)
    if not moves:
        return Accruals()
    native = _is_native(invoice, rules)
    return Accruals(moves, native, tuple(_notes(moves, day, rules, native, positions)))


def line_accrual(group: Group, invoice: Invoice, rules: Rules) -> LineAccrual | None:
    """Return the accrual a native accounting system should make from the group's entry, None if there is none."""
    accrual_rules, period, day = rules.accrual, group.key.service_period, invoice.invoice_date
    if accrual_rules is None or period is None or day is None or group.net == 0 or not is_accrued(period, day):
        return None
    own = rules.chart is not None and rules.chart.accrues_on_own_account
    return LineAccrual(period, group.key.account if own else accrual_rules.debit_account, accrual_rules.credit_account)


def vouchers_of(moves: Iterable[Move], invoice: Invoice, rules: Rules) -> tuple[Voucher, ...]:
    """Build one journal voucher for each move, in the company's currency, to post in the invoice's batch."""
    if rules.accrual is None or invoice.number is None:
        return ()
    words = WORDS["nb" if rules.language == "nb" else "en"]
    name = f"{words[kind_of(invoice)]} {invoice.number}"
    vouchers = []
    for move in moves:
        own = move.day == invoice.invoice_date
        text = name if own else f"{name} {month_name(move.day.year, move.day.month, rules.language)}"
        vouchers.append(
            Voucher(
                number=invoice.number,
                kind=VoucherKind.JOURNAL,
                voucher_date=move.day,
                text=cut(text, rules.text_limits.voucher_text),
                currency=rules.base_currency,
                entries=entries_of(move, rules.accrual, cut(text, rules.text_limits.entry_text)),
                related_number=invoice.number,
            )
        )
    return tuple(vouchers)


def entries_of(move: Move, accrual_rules: AccrualRules, text: str) -> tuple[Entry, ...]:
    """Build two entries for each dimension: Dr D, Cr C for deferred income, the opposite for earned income."""
    entries = []
    for dimension, amount in move.amounts:
        sides = ((accrual_rules.debit_account, Side.DEBIT), (accrual_rules.credit_account, Side.CREDIT))
        if amount < 0:
            sides = ((accrual_rules.credit_account, Side.DEBIT), (accrual_rules.debit_account, Side.CREDIT))
        entries += [
            Entry(
                account,
                side,
                abs(amount),
                text=text,
                units=dimension.units,
                project=dimension.project,
                department=dimension.department,
            )
            for account, side in sides
        ]
    return tuple(entries)


def _is_accruable(group: Group, day: date, findings: Findings) -> bool:
    """Return whether the group is accrued; report a period that cannot be spread."""
    period = group.key.service_period
    if period is None or group.net == 0:
        return False
    if period.last >= period.first and not is_accrued(period, day):
        return False
    if not is_usable(period):
        facts = {"first": period.first, "last": period.last, "account": group.key.account}
        findings.of_lines("accrual_period_invalid", group.positions, **facts)
        return False
    return True


def _income(group: Group, units: Units, rate: Decimal) -> Income:
    """Convert the group's net as the ledger converts its entry; later months use the same rate."""
    period = group.key.service_period
    assert period is not None  # noqa: S101 - checked in _is_accruable
    net = (group.net * rate).quantize(ZERO, ROUND_HALF_UP)
    return Income(net, period, Dimension(units, group.key.project, group.key.department))


def _rate(invoice: Invoice, rules: Rules) -> Decimal | None:
    return Decimal(1) if invoice.currency == rules.base_currency else ledger_rate(invoice.exchange_rate)


def _is_native(invoice: Invoice, rules: Rules) -> bool:
    """Return whether the accounting system can accrue this invoice itself.

    Its own accrual makes equal months only, and in a foreign currency it would round each month separately.
    """
    supported = rules.chart is not None and rules.chart.line_accrual
    return (
        supported
        and rules.accrual is not None
        and rules.accrual.by == Allocation.MONTHS
        and _own_currency(invoice, rules)
    )


def _own_currency(invoice: Invoice, rules: Rules) -> bool:
    return invoice.currency == rules.base_currency


def _check_day(day: date, rules: Rules, positions: Sequence[int], findings: Findings) -> None:
    """Report a closed or locked month, by name: it stops the whole invoice."""
    chart, facts = rules.chart, {"date": day.isoformat(), "accrual_month": day.isoformat()[:7]}
    if chart is None:
        return
    period = chart.period_of(day)
    if period is None and chart.periods:
        findings.of_lines("period_unknown", positions, **facts)
    if period is not None and not period.open:
        findings.of_lines("period_closed", positions, **facts, period=period.label)
    if chart.lock_date is not None and day <= chart.lock_date:
        findings.of_lines("date_locked", positions, **facts, lock_date=chart.lock_date)


def _check_accounts(
    accrual_rules: AccrualRules, chart: Chart | None, positions: Sequence[int], findings: Findings
) -> None:
    """Report wrong accrual accounts with the same problems as the setup check."""
    for problem in check_accrual_accounts(accrual_rules, chart, "accrual"):
        findings.of_other(problem, positions)


def check_accrual_accounts(accrual_rules: AccrualRules, chart: Chart | None, section: str) -> Iterable[Problem]:
    """Yield why either accrual account of a setup section cannot take entries without a VAT code."""
    if chart is None or not chart.accounts:
        return
    for key, number in (
        ("debit_account", accrual_rules.debit_account),
        ("credit_account", accrual_rules.credit_account),
    ):
        account = chart.accounts.get(number)
        fault = account_fault(account)
        facts = {"account": number, "setup": f"{section}.{key}"}
        if fault is not None:
            yield Problem(f"setup_{fault}", f"account {number}", facts)
        elif account is not None and chart.needs_vat_code(account):
            yield Problem("accrual_account_needs_vat_code", f"account {number}", facts)


def _notes(
    moves: Sequence[Move], invoice_date: date, rules: Rules, native: bool, positions: Sequence[int]
) -> Iterable[Note]:
    later = [move.day.isoformat()[:7] for move in moves if move.day != invoice_date]
    put_off = sum((move.total for move in moves if move.day == invoice_date), ZERO)
    accrual_rules = rules.accrual
    if accrual_rules is None:
        return
    facts = {
        "amount": f"{abs(put_off):.2f}",
        "debit": accrual_rules.debit_account,
        "credit": accrual_rules.credit_account,
        "first_month": later[0],
        "last_month": later[-1],
    }
    yield Note("accrual_native" if native else "accrual_by_vouchers", facts, tuple(positions))
    if rules.chart is not None and rules.chart.line_accrual and not native:
        yield Note("accrual_not_native", {}, tuple(positions))
