"""Compare one invoice of Moment with the vouchers of its number in the journal. Pure: calls no other system."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bilag.companies.setup import Setup
from bilag.posting.chart import Chart
from bilag.posting.exchange_rates import ConfirmedRate
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.read_back import batch_differences, differences
from bilag.posting.selection import DECIDED, TRANSFERRED, SkipReason, finalised_on, reason_to_skip_invoice
from bilag.posting.standing import still_standing
from bilag.posting.voucher import ZERO
from bilag.reconciliation.models import Found, Why
from bilag.reconciliation.sent import NOTHING_KEPT, Sent
from bilag.transfers.external_ids import external_id
from bilag.transfers.models import ACTIVE, State, Transfer
from bilag.transfers.rules import rules_for

STAYS = (SkipReason.SWITCH_OFF, SkipReason.DO_NOT_TRANSFER, SkipReason.BEFORE_INVOICES_FROM)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result for one invoice, and why."""

    found: Found
    reason: str = ""
    problems: tuple[Problem, ...] = ()


class Judge:
    """Compare by what the attempt that posted the invoice sent; without it, by the plan that preview and transfer use today.

    The plan ignores what the accounting system refuses today (closed accounts, closed periods), because it says nothing about
    earlier postings. It also ignores Bilag's judgement of an exchange rate, because a person may have confirmed it.
    """

    def __init__(self, setup: Setup, chart: Chart) -> None:
        self._setup = setup
        self._chart = chart
        bare = replace(chart, accounts={}, vat_codes={}, periods=(), lock_date=None)
        names = {number: account.name for number, account in chart.accounts.items()}
        self._rules = replace(rules_for(setup, bare), account_names=names)
        self._strict = rules_for(setup, chart)

    def plan(self, invoice: Invoice, sent: Sent = NOTHING_KEPT) -> PostingPlan:
        """Return the plan of the vouchers that the journal should have."""
        if sent.vouchers:
            return PostingPlan(invoice, vouchers=sent.vouchers)
        return plan_invoice(invoice, self._rules.with_confirmed_rate(ConfirmedRate.as_given(invoice)))

    def judge(
        self,
        invoice: Invoice,
        plan: PostingPlan,
        vouchers: Sequence[Posted],
        transfer: Transfer | None,
        with_it: Sequence[Posted] | None = None,
        sent: Sent = NOTHING_KEPT,
    ) -> Judgement:
        """Compare the invoice, whose plan is `self.plan(invoice, sent)`.

        `vouchers` are the journal's invoices and credit notes of its number; `with_it` are the accrual vouchers posted with it
        (None: not read, so not compared). `sent` are the vouchers that were sent for it.
        """
        standing = still_standing(vouchers)
        if not standing:
            return self._without_voucher(invoice, plan, transfer, vouchers)
        if len(standing) > 1:
            return Judgement(Found.DUPLICATE)
        return _with_change(self._beside(plan, standing[0], with_it), sent.change_in_moment(invoice))

    def _beside(self, plan: PostingPlan, posted: Posted, with_it: Sequence[Posted] | None) -> Judgement:
        wrong: tuple[Problem, ...]
        if plan.vouchers and with_it is not None:
            wrong = batch_differences(plan.vouchers, posted, with_it, self._chart, texts=False)
        elif plan.vouchers:
            wrong = differences(plan.vouchers[0], posted, self._chart, texts=False)
        elif plan.problems:
            wrong = plan.problems
        else:
            facts = {"field": "total", "expected": "0.00", "found": f"{total_of(posted):.2f}"}
            wrong = (Problem("posted_differs", f"invoice {posted.number}", facts),)
        return Judgement(Found.DIFFERING, problems=tuple(wrong)) if wrong else Judgement(Found.MATCHED)

    def _without_voucher(
        self, invoice: Invoice, plan: PostingPlan, transfer: Transfer | None, reversed_: Sequence[Posted]
    ) -> Judgement:
        posted_once = bool(reversed_) or (transfer is not None and transfer.voucher_number is not None)
        if plan.nothing_to_post and not plan.problems:
            return Judgement(Found.EXPLAINED, "nothing_to_post")
        if not posted_once:
            stays = self._stays(invoice, transfer)
            if stays is not None:
                return Judgement(Found.EXPLAINED, stays)
        problems = self._in_the_way(invoice, transfer)
        if any(one.external_id == external_id(self._setup, one.number) for one in reversed_):
            return Judgement(Found.MISSING, Why.REVERSED, problems)
        if posted_once or invoice.export_status == TRANSFERRED:
            return Judgement(Found.MISSING, Why.GONE, problems)
        if transfer is not None and transfer.state in ACTIVE:
            return Judgement(Found.MISSING, Why.UNDER_WAY, problems)
        if problems or (transfer is not None and transfer.state == State.NEEDS_ATTENTION):
            return Judgement(Found.MISSING, Why.NEEDS_PERSON, problems)
        return Judgement(Found.MISSING, Why.NOT_SENT)

    def _stays(self, invoice: Invoice, transfer: Transfer | None) -> SkipReason | None:
        """Return why accounting rightly lacks the invoice; None if it does not."""
        export = self._setup.export
        if transfer is not None and transfer.state == State.SKIPPED and transfer.reason in DECIDED:
            return SkipReason(transfer.reason)
        manual = transfer is not None and transfer.manual
        reason = reason_to_skip_invoice(
            invoice, switched_on=export.invoices, manual=manual, invoices_from=export.invoices_from
        )
        day = finalised_on(invoice)
        early = export.invoices_from is not None and day is not None and day < export.invoices_from
        if reason == SkipReason.ALREADY_TRANSFERRED and early:
            return SkipReason.BEFORE_INVOICES_FROM  # transferred before Bilag was switched on
        return reason if reason in STAYS else None

    def _in_the_way(self, invoice: Invoice, transfer: Transfer | None) -> tuple[Problem, ...]:
        if transfer is not None and transfer.problems:
            return tuple(Problem.from_json(stored) for stored in transfer.problems)
        return plan_invoice(invoice, self._strict).problems


def _with_change(judgement: Judgement, change: Problem | None) -> Judgement:
    """Add that the invoice was changed in Moment after posting, as the most important difference."""
    if change is None:
        return judgement
    return Judgement(Found.DIFFERING, problems=(change, *judgement.problems))


def total_of(posted: Posted) -> Decimal:
    """Return what the customer owes by the voucher, signed, in the voucher's currency."""
    if posted.total is not None:
        return posted.total
    return sum((entry.currency_amount for entry in posted.entries if entry.customer), ZERO)
