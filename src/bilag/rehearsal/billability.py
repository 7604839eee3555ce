"""Find the unit of billability: posted cost lines beside the expenses that Moment has of them."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import TypeVar

from bilag.moment.expense import Expense
from bilag.posting.dimensions import LAST_WHOLE_NUMBER_UNIT
from bilag.posting.expense import BILLABLE, NOT_BILLABLE, OUTGOING, PostedLine
from bilag.rehearsal.evidence import NO_UNIT, Evidence
from bilag.rehearsal.proposals import BILLABILITY
from bilag.rehearsal.read_only import ReadingMoment, ReadingPlatform
from bilag.wire.errors import Refused

One = TypeVar("One")
Match = tuple[date, Decimal]


def evidence_of_expenses(
    moment: ReadingMoment, platform: ReadingPlatform, report: str, first: date, last: date
) -> Iterator[tuple[int, Evidence]]:
    """Yield voucher number and evidence of each posted line whose expense in Moment can be told: only both have its date and net.

    Yields nothing if the platform has no such report. Raises the errors of both systems.
    """
    if not platform.capabilities.expenses:
        return
    expenses = _once(
        (one.date, one.net, one) for one in moment.expenses.recent(first) if one.date and one.net is not None
    )
    if not expenses:
        return
    lines = _once((line.voucher_date, line.net, line) for line in _lines(platform, report, first, last))
    for match in sorted(expenses.keys() & lines.keys()):
        evidence = _of(expenses[match], lines[match])
        if evidence is not None:
            yield lines[match].voucher_number, {BILLABILITY: evidence}


def _lines(platform: ReadingPlatform, report: str, first: date, last: date) -> Iterator[PostedLine]:
    try:
        for page in platform.list_posted_lines(report, first=first):
            yield from (line for line in page.lines if line.voucher_type not in OUTGOING and line.voucher_date <= last)
    except Refused as refused:
        if refused.problems[0].code != "report_unknown":
            raise


def _once(rows: Iterable[tuple[date, Decimal, One]]) -> dict[Match, One]:
    """Return the rows whose day and amount no other row has."""
    found: dict[Match, One] = {}
    twice: set[Match] = set()
    for day, net, one in rows:
        if (day, net) in found:
            twice.add((day, net))
        found[day, net] = one
    return {match: one for match, one in found.items() if match not in twice}


def _of(expense: Expense, line: PostedLine) -> list[str] | None:
    """Return the units that say what Moment says; None if Moment does not say."""
    if expense.billable is None:
        return None
    told = {
        unit: value
        for unit, value in line.units
        if unit <= LAST_WHOLE_NUMBER_UNIT and value in (BILLABLE, NOT_BILLABLE)
    }
    if not told:
        return [NO_UNIT]
    said = BILLABLE if expense.billable else NOT_BILLABLE
    return [str(unit) for unit, value in told.items() if value == said]
