"""Deliver an amount of accrued income: two vouchers, posted exactly once like an invoice.

The amounts of one month and project are delivered in order. Each posts its amount less what the others posted; nothing changes
that while it is the newest. An older amount that was never sent is skipped.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q

from bilag.posting.accrued_income import AccruedIncome, AccruedPlan, plan_accrued
from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason
from bilag.posting.voucher import Voucher
from bilag.transfers.accrued_income.amounts import posted_sum, rows_of, uncertain
from bilag.transfers.canonical_json import digest
from bilag.transfers.delivery.exactly_once import NOWHERE, Shipment, deliver, find_what_was_sent
from bilag.transfers.delivery.outcome import Blocked, Outcome, done, needs_attention, skipped
from bilag.transfers.delivery.prerequisites import ensure
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.external_ids import accrued_external_id
from bilag.transfers.models import AccruedAmount, Kind, State, Transfer, Verdict
from bilag.transfers.rules import accrued_accounts, rules_for
from bilag.wire.errors import Refused

SETTLED = (State.DONE, State.SKIPPED)


def send(run: TransferRun) -> Outcome:
    """Deliver the amount, from whatever state it is in."""
    row = AccruedAmount.objects.filter(transfer=run.transfer.pk).first()
    if row is None:
        return skipped(SkipReason.SUPERSEDED)
    if run.transfer.accepted_hash is not None:
        return done(Verdict.UNCHANGED)
    if run.transfer.ledger_id is None and (run.setup.ledger is None or row.ledger_id != run.setup.ledger.id):
        return skipped(SkipReason.LEDGER_CHANGED)
    columns = {"name": row.project, "total": run.transfer.total}
    found = find_what_was_sent(run, _shipment(run, row, None, run.sent_vouchers(), columns))
    if found is not None:
        return found
    if row.ledger_id != (run.setup.ledger.id if run.setup.ledger else None):
        return skipped(SkipReason.LEDGER_CHANGED, **NOWHERE)
    others = rows_of(row.company_id, row.month, row.ledger_id).filter(project=row.project).exclude(pk=row.pk)
    hold = None
    if run.doubt_since is None and others.filter(sequence__gt=row.sequence).exists():
        hold = (
            SkipReason.SUPERSEDED
        )  # one that may have been sent is finished first: its own external id guards it, not a newer one's
    if hold is None and not run.setup.accrued_income.enabled:
        hold = SkipReason.SWITCH_OFF
    if hold is not None and run.first_attempt:
        return skipped(hold)
    earlier = _earlier_unsettled(run, row)
    if earlier is not None:
        problem = Problem("accrued_earlier_open", run.subject, {"earlier": earlier.number})
        if earlier.state in (State.NEEDS_ATTENTION, *SETTLED):
            raise Blocked(earlier.pk, problem)
        return Outcome(State.WAITING, Verdict.UNAVAILABLE, problems=(problem,))
    income = AccruedIncome(row.month, row.project, row.amount - posted_sum(others))
    if income.amount == 0:
        return skipped(SkipReason.POSTED_ALREADY, total=income.amount)
    return _post(run, row, income, hold)


def _earlier_unsettled(run: TransferRun, row: AccruedAmount) -> Transfer | None:
    """Deliver the earlier amounts of the same month and project; the first that cannot be settled now, or None."""
    same = rows_of(row.company_id, row.month, row.ledger_id).filter(project=row.project, sequence__lt=row.sequence)
    for earlier in same.exclude(transfer__state__in=SETTLED):
        if earlier.transfer.state in (State.QUEUED, State.NEEDS_ATTENTION):
            run.deliver_first(earlier.transfer_id)
    # A skipped amount that may be in the journal counts as open, or it would be posted twice.
    open_ones = ~Q(transfer__state__in=SETTLED) | Q(pk__in=uncertain(same))
    earliest = same.filter(open_ones).first()
    return earliest.transfer if earliest is not None else None


def _post(run: TransferRun, row: AccruedAmount, income: AccruedIncome, hold: SkipReason | None) -> Outcome:
    """Plan the amount, send its project first, and deliver its vouchers.

    An amount on hold, or one that may have been sent, is not checked against the chart: it is looked up first.
    """
    checked = hold is None and run.doubt_since is None
    plan = _plan(run, income, checked=checked)
    columns: dict[str, Any] = {"total": income.amount, "name": row.project}
    if plan.problems:
        return needs_attention(*plan.problems, **columns)
    columns["currency"] = plan.vouchers[0].currency
    if checked:
        _ensure_project(run, row)
    return deliver(run, _shipment(run, row, hold, plan.vouchers, columns))


def _shipment(
    run: TransferRun,
    row: AccruedAmount,
    hold: SkipReason | None,
    vouchers: Sequence[Voucher],
    columns: Mapping[str, Any],
) -> Shipment:
    return Shipment(
        vouchers=vouchers,
        external_id=accrued_external_id(run.setup, row.month, row.project, row.sequence),
        columns=columns,
        hold=hold,
        resend_master_data=lambda: _ensure_project(run, row),
        locate=lambda problems: _located(run, problems),
        proven=lambda found: done(accepted_hash=digest(vouchers), **found),
        shows_voucher_number=False,
    )


def _plan(run: TransferRun, income: AccruedIncome, *, checked: bool) -> AccruedPlan:
    """Plan by the cached chart; if the plan has problems, plan again by a fresh chart."""
    accounts = accrued_accounts(run.setup)
    if accounts is None:
        return AccruedPlan(problems=(Problem("accrued_income_off", "setup accrued_income.enabled"),))
    plan = plan_accrued(income, accounts, rules_for(run.setup, run.platform.chart() if checked else None))
    if plan.problems and checked:
        plan = plan_accrued(income, accounts, rules_for(run.setup, run.platform.chart(fresh=True)))
    return plan


def _ensure_project(run: TransferRun, row: AccruedAmount) -> None:
    """Send the project to accounting. Raises `Blocked`, `Unavailable`, and `Refused` if Moment does not have it."""
    if run.setup.dimensions.project is None:
        return
    ensure(run, Kind.PROJECT, row.project, None)
    project = Transfer.objects.filter(source_id=run.transfer.source_id, kind=Kind.PROJECT, number=row.project).first()
    if project is not None and project.reason == SkipReason.NOT_IN_MOMENT:
        raise Refused([Problem("not_in_moment", f"project {row.project}", {"number": row.project})])


def _located(run: TransferRun, problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems as problems of the amount, each once: its four entries may share one."""
    located = [_located_one(run, problem) for problem in problems]
    return list({(one.code, one.subject, one.facts.get("date"), one.said): one for one in located}.values())


def _located_one(run: TransferRun, problem: Problem) -> Problem:
    """There is no invoice: a problem of an invoice, voucher or entry becomes one of the amount."""
    facts = {name: fact for name, fact in problem.facts.items() if name not in ("invoice", "number")}
    of_voucher = problem.subject.partition(" ")[0] in ("", "invoice", "entry")
    return replace(problem, subject=run.subject if of_voucher else problem.subject, facts=facts)
