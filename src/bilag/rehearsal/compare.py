"""Compare one invoice with the journal as Bilag would have posted it. Pure: calls no other system."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bilag.companies.setup import Setup
from bilag.posting.accrual import is_accrued, is_usable
from bilag.posting.chart import Chart
from bilag.posting.invoice import Invoice
from bilag.posting.months import last_day
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.read_back import batch_differences
from bilag.posting.selection import DO_NOT_TRANSFER
from bilag.posting.standing import still_standing
from bilag.reconciliation.compare_invoice import Judge
from bilag.rehearsal.causes import DIMENSIONS, OWN_WAY, Cause, CauseKind, causes_of
from bilag.rehearsal.evidence import VOUCHER_NUMBER, Evidence, Pair, evidence_of
from bilag.rehearsal.numbering import Numbering, Range, is_credit
from bilag.transfers.rules import rules_for


class Result(StrEnum):
    """What a rehearsal found of one number."""

    EQUAL = "equal"
    OWN_WAY = "own_way"
    """Equal but for texts, references and the voucher's number."""
    DIFFERS = "differs"
    MISSING = "missing"
    DUPLICATE = "duplicate"
    STOPPED = "stopped"
    """Bilag would not have posted the invoice."""
    NOTHING = "nothing"
    """The invoice has nothing to post."""
    LEFT_OUT = "left_out"
    """It is not in the journal, and Moment says that it is not to be transferred."""
    UNKNOWN = "unknown"
    """A voucher of the series without an invoice."""


AS_POSTED = (Result.EQUAL, Result.OWN_WAY, Result.NOTHING, Result.LEFT_OUT)
"""Nothing is wrong."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The result of one invoice. `differences` are those of its voucher, `problems` what would have stopped it."""

    result: Result
    causes: tuple[Cause, ...] = ()
    differences: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    evidence: Evidence = field(default_factory=dict)


class Comparer:
    """Compares by the company's present setup and chart.

    What is closed today was open then: periods and the lock date stop nothing here. `numbering` says how voucher numbers follow
    from invoice numbers.
    """

    def __init__(self, setup: Setup, chart: Chart, numbering: Numbering) -> None:
        self._chart = chart
        self._numbering = numbering
        self._judge = Judge(setup, chart)
        self._rules = rules_for(setup, replace(chart, periods=(), lock_date=None))

    def compare(
        self,
        invoice: Invoice,
        vouchers: Sequence[Posted],
        accruals: Sequence[Posted] = (),
        of_customer: Problem | None = None,
    ) -> Compared:
        """Compare the invoice. `vouchers` are the journal's of its number, `accruals` the journals that belong to them.

        `of_customer`: why accounting would refuse its customer.
        """
        plan, problems = self._judge.plan(invoice), plan_invoice(invoice, self._rules).problems
        problems = (*problems, of_customer) if of_customer is not None else problems
        standing = still_standing(vouchers)
        if plan.nothing_to_post and not plan.problems and not standing:
            return Compared(Result.NOTHING)
        if not standing and invoice.export_status == DO_NOT_TRANSFER:
            return Compared(Result.LEFT_OUT)
        if len(standing) != 1:
            found = Result.DUPLICATE if standing else Result.MISSING
            cause = Cause(CauseKind.DUPLICATE if standing else CauseKind.MISSING)
            return Compared(Result.STOPPED if problems else found, (cause,), problems=problems)
        pair = Pair(invoice, standing[0], _of_invoice(invoice, accruals))
        evidence = {**evidence_of(pair, self._chart, self._rules.language), VOUCHER_NUMBER: [self._numbering.spelled]}
        wrong = self._differences(plan, pair)
        causes = self._causes(invoice, wrong, evidence)
        if problems or plan.problems:
            return Compared(Result.STOPPED, causes, wrong, problems or plan.problems, evidence)
        if all(cause.kind in OWN_WAY for cause in causes):
            return Compared(Result.OWN_WAY if causes else Result.EQUAL, causes, wrong, (), evidence)
        return Compared(Result.DIFFERS, causes, wrong, (), evidence)

    def _differences(self, plan: PostingPlan, pair: Pair) -> tuple[Problem, ...]:
        """Compare with the same read-back by which every posting is proved, in the invoice's own numbers."""
        if not plan.vouchers:
            return ()
        offset = self._range(pair.invoice).offset
        posted = replace(pair.posted, number=pair.posted.number - offset)
        credited = posted.credited_number
        if isinstance(credited, int) and credited != plan.vouchers[0].credited_number:
            credited = self._numbering.invoice_number(credited, credit_note=False)
            posted = replace(posted, credited_number=credited)
        accruals = [
            one if one.related_number is None else replace(one, related_number=one.related_number - offset)
            for one in pair.accruals
        ]
        return batch_differences(plan.vouchers, posted, accruals, self._chart)

    def _causes(self, invoice: Invoice, wrong: Sequence[Problem], evidence: Evidence) -> tuple[Cause, ...]:
        own = self._range(invoice)
        moved = (Cause(CauseKind.NUMBER, _facts_of(own)),) if own.offset else ()
        return (*moved, *causes_of(wrong, self._rules, evidence, self._numbers(invoice)))

    def _range(self, invoice: Invoice) -> Range:
        return self._numbering.range_of(invoice.number or 0, credit_note=is_credit(invoice.total))

    def _numbers(self, invoice: Invoice) -> dict[str, frozenset[str]]:
        """Return the invoice's numbers by dimension, its lines' included."""
        return {
            one: frozenset(number for place in (invoice, *invoice.lines) if (number := getattr(place, one)) is not None)
            for one in DIMENSIONS
        }


def _facts_of(own: Range) -> dict[str, str]:
    """Return what the cause of other voucher numbers says of their range."""
    facts = {"offset" if own.offset > 0 else "less": str(abs(own.offset))}
    facts |= {"documents": "credit_notes"} if own.credit_notes else {}
    facts |= {"from_number": str(own.first)} if own.first is not None else {}
    return facts | ({"to_number": str(own.last)} if own.last is not None else {})


def _of_invoice(invoice: Invoice, accruals: Sequence[Posted]) -> tuple[Posted, ...]:
    """Return the journals that spread the invoice's income.

    One that only names a number in its text may be about anything: it counts if a line of the invoice is accrued, and from
    the invoice's date to the end of the last service period.
    """
    day = invoice.invoice_date
    periods = [line.service_period for line in invoice.lines if line.service_period is not None and line.net]
    ends = [period.last for period in periods if day is not None and is_accrued(period, day) and is_usable(period)]
    last = last_day(max(ends).year, max(ends).month) if ends else None
    return tuple(
        one
        for one in accruals
        if one.related_number is not None or (day is not None and last is not None and day <= one.voucher_date <= last)
    )
