"""An amount of accrued income becomes two posted vouchers, as an invoice becomes one: exactly once.

Amounts of one month and project are settled one after the other. What is sent is the amount less what the others
posted, which nothing can change while this one is the newest; an older one that never left is passed over.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from bilag.jobs import backoff
from bilag.platforms.base import PostingStatus
from bilag.posting.accrued_income import AccruedIncome, AccruedPlan, plan_accrued
from bilag.posting.problem import Problem
from bilag.posting.read_back import batch_differences
from bilag.transfers.accrued_income.amounts import posted_sum, rows_of
from bilag.transfers.canonical_json import digest
from bilag.transfers.delivery.exactly_once import find_or_post, may_still_arrive
from bilag.transfers.delivery.outcome import Blocked, Outcome, done, doubtful, needs_person, of_error, skipped
from bilag.transfers.delivery.prerequisites import ensure
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.external_ids import accrued_external_id
from bilag.transfers.models import AccruedAmount, Kind, State, Transfer
from bilag.transfers.rules import accrued_accounts, rules_for
from bilag.wire.errors import EdgeError, Refused, Unavailable

SETTLED = (State.DONE, State.SKIPPED)


def send(work: TransferRun) -> Outcome:
    """Bring the amount to the journal, from wherever it stands."""
    row = AccruedAmount.objects.filter(transfer=work.transfer.pk).first()
    if row is None:
        return skipped("superseded")
    if work.transfer.accepted_hash is not None:
        return done("unchanged")
    others = rows_of(row.company_id, row.month).filter(project=row.project).exclude(pk=row.pk)
    held_back = None
    if work.doubt_since is None and others.filter(sequence__gt=row.sequence).exists():
        held_back = "superseded"  # what may have left is carried through: its external id guards it, a new one does not
    if held_back is None and not work.setup.accrued_income.enabled:
        held_back = "switch_off"
    if held_back is not None and work.first_attempt:
        return skipped(held_back)
    earlier = _earlier_settled(row)
    if earlier is not None:
        problem = Problem("accrued_earlier_open", _subject(work), {"earlier": earlier.number})
        if earlier.state == State.NEEDS_ATTENTION:
            raise Blocked(earlier.pk, problem)
        return Outcome(State.WAITING, "unavailable", problems=(problem,))
    income = AccruedIncome(row.month, row.project, row.amount - posted_sum(others))
    if income.amount == 0:
        return skipped("posted_already", total=income.amount)
    return _post(work, row, income, held_back)


def _earlier_settled(row: AccruedAmount) -> Transfer | None:
    """Settle what was given before for the same month and project; gives the first that cannot be just now."""
    from bilag.transfers.delivery.runner import run_transfer

    same = rows_of(row.company_id, row.month).filter(project=row.project, sequence__lt=row.sequence)
    for earlier in same.exclude(transfer__state__in=SETTLED):
        if earlier.transfer.state in (State.QUEUED, State.NEEDS_ATTENTION):
            run_transfer(earlier.transfer_id, forced=True)
    return Transfer.objects.filter(accrued_amount__in=same).exclude(state__in=SETTLED).order_by("id").first()


def _post(work: TransferRun, row: AccruedAmount, income: AccruedIncome, held_back: str | None) -> Outcome:
    checked = held_back is None and work.doubt_since is None
    plan = _plan(work, income, checked=checked)
    about: dict[str, Any] = {"total": income.amount, "name": row.project}
    if plan.problems:
        return needs_person(*plan.problems, **about)
    about["currency"] = plan.vouchers[0].currency
    if checked:
        _ensure_project(work, row)
    work.begin()
    key = accrued_external_id(work.setup, row.month, row.project, row.sequence)
    try:
        standing = find_or_post(
            work, plan.vouchers, key, held_back=held_back is not None, again=lambda again: _ensure_project(again, row)
        )
    except Refused as refused:
        work.doubt_since = None
        return needs_person(*_told_once(work, refused.problems), **about)
    except EdgeError as error:
        return of_error(error, sent=isinstance(error, Unavailable), look_in=backoff.scaled(backoff.LOOK_AGAIN))
    if standing.state == "absent" and held_back is not None and not may_still_arrive(work):
        work.doubt_since = None
        return skipped(held_back)
    return _conclude(work, plan, standing, about)


def _plan(work: TransferRun, income: AccruedIncome, *, checked: bool) -> AccruedPlan:
    """Against what is known of accounting, which is read afresh before a problem is told. What is held back, or may
    have left, is not `checked`: it is looked up first."""
    accounts = accrued_accounts(work.setup)
    if accounts is None:
        return AccruedPlan(problems=(Problem("accrued_income_off", "setup accrued_income.enabled"),))
    plan = plan_accrued(income, accounts, rules_for(work.setup, work.platform.chart() if checked else None))
    if plan.problems and checked:
        plan = plan_accrued(income, accounts, rules_for(work.setup, work.platform.chart(fresh=True)))
    return plan


def _ensure_project(work: TransferRun, row: AccruedAmount) -> None:
    """The project is in accounting, and Moment knows it. Raises `Blocked`, `Refused` and `Unavailable`."""
    if work.setup.dimensions.project is None:
        return
    ensure(work, Kind.PROJECT, row.project, None)
    project = Transfer.objects.filter(company_id=row.company_id, kind=Kind.PROJECT, number=row.project).first()
    if project is not None and project.reason == "not_in_moment":
        raise Refused([Problem("not_in_moment", f"project {row.project}", {"number": row.project})])


def _conclude(work: TransferRun, plan: AccruedPlan, standing: PostingStatus, about: dict[str, Any]) -> Outcome:
    look_again = backoff.scaled(backoff.LOOK_AGAIN)
    match standing.state:
        case "posted" if standing.posted is not None:
            return _prove(work, plan, standing, about)
        case "posted":  # it has a journal number, but cannot be read yet
            return doubtful(look_again, sent=work.doubt_since is None, journal_number=standing.journal_number, **about)
        case "conflict" | "failed":
            work.doubt_since = None
            return needs_person(*_told_once(work, standing.problems), **about)
        case "absent":
            assert work.doubt_since is not None  # noqa: S101 - otherwise it was posted
            left = work.doubt_since + backoff.scaled(backoff.DOUBT) - timezone.now()
            return doubtful(max(left, timedelta(seconds=0.1)), *standing.problems, **about)
        case "created":
            return Outcome(State.WAITING, "created", problems=standing.problems, fields=about)
        case _:
            return doubtful(look_again, *standing.problems, sent=work.doubt_since is None, **about)


def _prove(work: TransferRun, plan: AccruedPlan, standing: PostingStatus, about: dict[str, Any]) -> Outcome:
    """Both vouchers were read back: compare them with the plan."""
    posted = standing.posted
    assert posted is not None  # noqa: S101 - asked by the caller
    work.doubt_since = None
    found = {**about, "journal_number": posted.journal_number or standing.journal_number}
    wrong = batch_differences(plan.vouchers, posted, standing.others, work.platform.chart())
    if wrong:
        return needs_person(*_told_once(work, wrong), verdict="differs", **found)
    return done(accepted_hash=digest(plan.vouchers), **found)


def _subject(work: TransferRun) -> str:
    return f"{work.transfer.kind} {work.transfer.number}"


def _told_once(work: TransferRun, problems: Iterable[Problem]) -> list[Problem]:
    """Four entries may have one problem; it is told once."""
    told = [_told(work, problem) for problem in problems]
    return list({(one.code, one.subject, one.facts.get("date"), one.said): one for one in told}.values())


def _told(work: TransferRun, problem: Problem) -> Problem:
    """There is no invoice: a problem told of one, or of an entry, is told of the amount."""
    facts = {name: fact for name, fact in problem.facts.items() if name not in ("invoice", "number")}
    of_voucher = problem.subject.partition(" ")[0] in ("", "invoice", "entry")
    return replace(problem, subject=_subject(work) if of_voucher else problem.subject, facts=facts)
