"""Accrual of income: what of an invoice belongs to later months, and when it comes back (DESIGN, rule 8).

With D and C the debit and the credit account of accrual: on the invoice's date Dr D, Cr C with what belongs to later
months; on the last day of each later month of the service period Dr C, Cr D with that month's share. The share of the
invoice's month and of months before it is not accrued. VAT is never spread. Amounts are in the company's currency and
in Moment's sign, so that a credit note, being negative, mirrors its invoice, and both accounts come to zero.
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
"""Of a service period, as the hub has it (contracts/azets-hub.openapi.yaml, accrual_period_invalid)."""
Units = tuple[tuple[int, str], ...]


class Allocation(StrEnum):
    """How income is shared between the months of a service period: equally, or by each month's days."""

    MONTHS = "months"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class AccrualRules:
    """How a company accrues: the two accounts, and whether each month gets an equal share or one by its days."""

    debit_account: str
    credit_account: str
    by: Allocation = Allocation.MONTHS


@dataclass(frozen=True, slots=True)
class Dimension:
    """What an accrual entry carries of its line: units for platforms that have them, Moment's own numbers for others."""

    units: Units = ()
    project: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Income:
    """A group's income to be spread: `net` without VAT in the company's currency, positive on a sale."""

    net: Decimal
    period: ServicePeriod
    dimension: Dimension = Dimension()


@dataclass(frozen=True, slots=True)
class Move:
    """What is moved on one day. Positive amounts: Dr D, Cr C (put off); negative ones: Dr C, Cr D (earned)."""

    day: date
    amounts: tuple[tuple[Dimension, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """Of all dimensions."""
        return sum((amount for _, amount in self.amounts), ZERO)


def is_accrued(period: ServicePeriod | None, invoice_date: date) -> bool:
    """Whether anything of the period lies in a month after the invoice's."""
    return period is not None and month_of(period.last) > month_of(invoice_date)


def is_usable(period: ServicePeriod) -> bool:
    """Whether it ends where or after it begins, and touches at most 60 months."""
    return 1 <= len(month_ends(period.first, period.last, LONGEST_MONTHS)) <= LONGEST_MONTHS


def shares(net: Decimal, period: ServicePeriod, by: Allocation = Allocation.MONTHS) -> list[tuple[date, Decimal]]:
    """Each month of the period by its last day, with its share of `net`; together exactly `net`.

    Rounded cumulatively, half away from zero: at no month's end is the sum more than half an øre off. By days, a month
    counts as many as it has within the period, first and last included. The period `is_usable`.
    """
    ends = month_ends(period.first, period.last, LONGEST_MONTHS)
    if by == Allocation.DAYS:
        whole = (period.last - period.first).days + 1
        passed = [(min(end, period.last) - period.first).days + 1 for end in ends]
    else:
        whole, passed = len(ends), list(range(1, len(ends) + 1))
    until = [(net * part / whole).quantize(ZERO, ROUND_HALF_UP) for part in passed]
    until[-1] = net
    return [(end, now - before) for end, now, before in zip(ends, until, [ZERO, *until[:-1]], strict=True)]


def plan(invoice_date: date, incomes: Iterable[Income], by: Allocation = Allocation.MONTHS) -> tuple[Move, ...]:
    """All that is moved for an invoice, by day: the first on its own date, the others on the last days of later months.

    Incomes of one dimension are added up; what adds up to zero is left out. For each dimension the amounts of all moves
    sum to zero. Every period `is_usable`.
    """
    by_day: dict[date, dict[Dimension, Decimal]] = {}
    for income in incomes:
        for end, share in shares(income.net, income.period, by):
            if month_of(end) > month_of(invoice_date):
                _add(by_day.setdefault(invoice_date, {}), income.dimension, share)
                _add(by_day.setdefault(end, {}), income.dimension, -share)
    moves = (Move(day, tuple((of, amount) for of, amount in by_day[day].items() if amount)) for day in sorted(by_day))
    return tuple(move for move in moves if move.amounts)


def remaining(moves: Sequence[Move]) -> list[Decimal]:
    """What stands on C (credit positive) after each move: the last is zero."""
    left, after = ZERO, []
    for move in moves:
        left += move.total
        after.append(left)
    return after


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One row of the schedule that a person reads: what is moved on a day for one dimension, always positive.

    `left` is what stands on the credit account after it (credit positive).
    """

    day: date
    debit_account: str
    credit_account: str
    amount: Decimal
    project: str | None
    department: str | None
    left: Decimal


def schedule(moves: Sequence[Move], how: AccrualRules) -> tuple[ScheduleRow, ...]:
    """The moves as rows by day."""
    rows, left = [], ZERO
    for move in moves:
        for of, amount in move.amounts:
            left += amount
            accounts = (how.debit_account, how.credit_account)
            debit, credit = accounts if amount > 0 else accounts[::-1]
            rows.append(ScheduleRow(move.day, debit, credit, abs(amount), of.project, of.department, left))
    return tuple(rows)


def _add(amounts: dict[Dimension, Decimal], dimension: Dimension, amount: Decimal) -> None:
    amounts[dimension] = amounts.get(dimension, ZERO) + amount
