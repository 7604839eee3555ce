"""Spread income over the months of its service period (DESIGN, rule 8).

D and C are the debit and the credit account of accrual. On the invoice date Dr D, Cr C with the income of later months;
on the last day of each later month Dr C, Cr D with that month's share. The invoice's own month and earlier months are
not accrued. VAT is never spread.

Amounts are in the company's currency with Moment's sign, so a credit note (negative) mirrors its invoice, and both
accounts end at zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from bilag.posting.invoice import ServicePeriod
from bilag.posting.months import month_ends, month_of
from bilag.posting.voucher import ZERO

LONGEST_MONTHS = 60
"""The longest service period the hub accepts (contracts/azets-hub.openapi.yaml, accrual_period_invalid)."""
Units = tuple[tuple[int, str], ...]


class Allocation(StrEnum):
    """How income is shared between the months of a service period: equally, or by each month's days."""

    MONTHS = "months"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class AccrualRules:
    """How a company accrues income: the two accounts, and equal shares per month or shares by days."""

    debit_account: str
    credit_account: str
    by: Allocation = Allocation.MONTHS


@dataclass(frozen=True, slots=True)
class Dimension:
    """The dimensions an accrual entry inherits from its invoice lines.

    `units` is for platforms with organisational units; `project` and `department` are Moment's own numbers, for the
    others.
    """

    units: Units = ()
    project: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Income:
    """One group's income to spread: `net` excludes VAT, in the company's currency, positive on a sale."""

    net: Decimal
    period: ServicePeriod
    dimension: Dimension = Dimension()


@dataclass(frozen=True, slots=True)
class Move:
    """The amounts to move on one day, by dimension.

    A positive amount is deferred (Dr D, Cr C), a negative one is earned (Dr C, Cr D).
    """

    day: date
    amounts: tuple[tuple[Dimension, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """The sum over all dimensions."""
        return sum((amount for _, amount in self.amounts), ZERO)


def is_accrued(period: ServicePeriod | None, invoice_date: date) -> bool:
    """Return whether any part of the period lies in a month after the invoice's month."""
    return period is not None and month_of(period.last) > month_of(invoice_date)


def is_usable(period: ServicePeriod) -> bool:
    """Return whether the period does not end before it begins and touches at most 60 months."""
    return 1 <= len(month_ends(period.first, period.last, LONGEST_MONTHS)) <= LONGEST_MONTHS


def shares(net: Decimal, period: ServicePeriod, by: Allocation = Allocation.MONTHS) -> list[tuple[date, Decimal]]:
    """Split `net` over the months of `period`: the last day of each month with its share, summing to exactly `net`.

    The running total is rounded (half up, away from zero), so the sum is never more than half an øre off at any month's
    end. By days, a month counts its days within the period, both ends included. The caller has checked that the period
    `is_usable`.
    """
    ends = month_ends(period.first, period.last, LONGEST_MONTHS)
    if by == Allocation.DAYS:
        whole = (period.last - period.first).days + 1
        passed = [(min(end, period.last) - period.first).days + 1 for end in ends]
    else:
        whole, passed = len(ends), list(range(1, len(ends) + 1))
    totals = [(net * part / whole).quantize(ZERO, ROUND_HALF_UP) for part in passed]
    totals[-1] = net
    return [(end, now - before) for end, now, before in zip(ends, totals, [ZERO, *totals[:-1]], strict=True)]


def plan_moves(invoice_date: date, incomes: Iterable[Income], by: Allocation = Allocation.MONTHS) -> tuple[Move, ...]:
    """Plan every move for an invoice: the first on the invoice date, the rest on the last day of each later month.

    Incomes with the same dimension are added together; zero sums are left out. For each dimension all moves sum to
    zero. The caller has checked that every period `is_usable`.
    """
    by_day: dict[date, dict[Dimension, Decimal]] = {}
    for income in incomes:
        for end, share in shares(income.net, income.period, by):
            if month_of(end) > month_of(invoice_date):
                _add(by_day.setdefault(invoice_date, {}), income.dimension, share)
                _add(by_day.setdefault(end, {}), income.dimension, -share)
    moves = (
        Move(day, tuple((dimension, amount) for dimension, amount in by_day[day].items() if amount))
        for day in sorted(by_day)
    )
    return tuple(move for move in moves if move.amounts)


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One row of the accrual schedule shown to a user; `amount` is always positive.

    `left` is the balance of the credit account after the row, credit positive.
    """

    day: date
    debit_account: str
    credit_account: str
    amount: Decimal
    project: str | None
    department: str | None
    left: Decimal


def schedule(moves: Sequence[Move], accrual_rules: AccrualRules) -> tuple[ScheduleRow, ...]:
    """Turn moves into schedule rows, in order of day."""
    rows, left = [], ZERO
    for move in moves:
        for dimension, amount in move.amounts:
            left += amount
            accounts = (accrual_rules.debit_account, accrual_rules.credit_account)
            debit, credit = accounts if amount > 0 else accounts[::-1]
            rows.append(
                ScheduleRow(move.day, debit, credit, abs(amount), dimension.project, dimension.department, left)
            )
    return tuple(rows)


def _add(amounts: dict[Dimension, Decimal], dimension: Dimension, amount: Decimal) -> None:
    amounts[dimension] = amounts.get(dimension, ZERO) + amount
