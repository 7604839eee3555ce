"""Plan the vouchers for income earned but not yet invoiced at a month's end.

Posted on the month's last day and reversed on the day after. There is no VAT code, because the VAT belongs to the
invoice that follows. Both entries carry the project if a dimension is chosen for it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bilag.posting.accrual import AccrualRules, Dimension, Move
from bilag.posting.dimensions import unit_value
from bilag.posting.invoice_accrual import check_accrual_accounts, entries_of
from bilag.posting.months import last_day, month_name
from bilag.posting.problem import Problem
from bilag.posting.rules import Rules
from bilag.posting.texts import cut
from bilag.posting.voucher import Voucher, VoucherKind

WORDS = {
    "nb": (
        "Opptjent, ikke fakturert {month}, prosjekt {project}",
        "Tilbakeføring av opptjent {month}, prosjekt {project}",
    ),
    "en": ("Earned, not invoiced {month}, project {project}", "Reversal of earned {month}, project {project}"),
}


@dataclass(frozen=True, slots=True)
class AccruedIncome:
    """A project's earned, uninvoiced income for a month: positive when more is earned than invoiced.

    `month` is the month's first day.
    """

    month: date
    project: str
    amount: Decimal

    @property
    def days(self) -> tuple[date, date]:
        """The month's last day and the day after it."""
        end = last_day(self.month.year, self.month.month)
        return end, end + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AccruedPlan:
    """The voucher and its reversal, or the problems that prevent them."""

    vouchers: tuple[Voucher, ...] = ()
    problems: tuple[Problem, ...] = ()


def plan_accrued(income: AccruedIncome, accounts: AccrualRules, rules: Rules) -> AccruedPlan:
    """Plan Dr D, Cr C with the amount at the month's end, and the reversal on the day after.

    A negative amount swaps the sides; zero is not allowed. Post both vouchers or neither.
    """
    problems = [*_check_days(income, rules), *check_accrual_accounts(accounts, rules.chart, "accrued_income")]
    units: tuple[tuple[int, str], ...] = ()
    unit = rules.dimensions.project
    if unit is not None:
        subject = f"project {income.project}"
        value = unit_value(unit, income.project, rules.unit_definition(unit), subject=subject)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            units = ((unit, value),)
    if problems:
        return AccruedPlan(problems=tuple(problems))
    dimension = Dimension(units, income.project if unit is not None else None)
    name = month_name(income.month.year, income.month.month, rules.language)
    texts = WORDS["nb" if rules.language == "nb" else "en"]
    signed = (income.amount, -income.amount)
    return AccruedPlan(
        tuple(
            _voucher(
                Move(day, ((dimension, amount),)), accounts, rules, text.format(month=name, project=income.project)
            )
            for day, amount, text in zip(income.days, signed, texts, strict=True)
        )
    )


def _voucher(move: Move, accounts: AccrualRules, rules: Rules, text: str) -> Voucher:
    """Build a journal voucher. It belongs to no invoice, so the accounting system assigns its number."""
    return Voucher(
        number=0,
        kind=VoucherKind.JOURNAL,
        voucher_date=move.day,
        text=cut(text, rules.text_limits.voucher_text),
        currency=rules.base_currency,
        entries=entries_of(move, accounts, cut(text, rules.text_limits.entry_text)),
    )


def _check_days(income: AccruedIncome, rules: Rules) -> list[Problem]:
    chart, found = rules.chart, []
    if chart is None:
        return []
    for day in income.days:
        facts = {"date": day.isoformat(), "accrual_month": f"{income.month:%Y-%m}"}
        period = chart.period_of(day)
        if period is None and chart.periods:
            found.append(Problem("period_unknown", f"period {day:%Y-%m}", facts))
        if period is not None and not period.open:
            found.append(Problem("period_closed", f"period {day:%Y-%m}", {**facts, "period": period.label}))
        if chart.lock_date is not None and day <= chart.lock_date:
            locked = {**facts, "lock_date": chart.lock_date.isoformat()}
            found.append(Problem("date_locked", f"period {day:%Y-%m}", locked))
    return found
