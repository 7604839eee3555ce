"""Accept amounts of accrued income by project and month: each becomes a row and a transfer.

Giving the same amount again changes nothing. Another amount posts the difference, so that the sum posted is always the last
amount given (docs/decisions/0007-accrual.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from bilag.companies.gateways import platform_for
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record_numbers
from bilag.jobs.lease import LONGEST_WAIT, held
from bilag.messages.problem_json import problem_as_json
from bilag.posting.accrual import AccrualRules
from bilag.posting.accrued_income import AccruedIncome, AccruedPlan, plan_accrued
from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason
from bilag.posting.voucher import ZERO, Voucher
from bilag.transfers.in_accounting import MAY_BE_IN_ACCOUNTING, may_be_in_accounting
from bilag.transfers.intake import accept
from bilag.transfers.models import AccruedAmount, Kind, State, Transfer
from bilag.transfers.rules import accrued_accounts, rules_for


class SwitchedOff(Exception):
    """The setup does not post accrued income."""

    problem = Problem("accrued_income_off", "setup accrued_income.enabled")


@dataclass(frozen=True, slots=True)
class Given:
    """The income that is earned and not invoiced on a project at the end of the month, in the company's currency."""

    project: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """The effect of an amount: `posted` is in accounting already, `difference` would be posted."""

    given: Given
    posted: Decimal
    difference: Decimal
    problems: tuple[Problem, ...]
    vouchers: tuple[Voucher, ...] = ()
    """What would be posted at the month's end, and reversed the next day."""


def give(setup: Setup, month: date, given: Sequence[Given], *, origin: str) -> list[AccruedAmount]:
    """Accept the amounts of a month (its first day), all or none; return the newest row of each project.

    A project that is not named keeps its amount. Raises `SwitchedOff`, and `Busy` when another request takes too long.
    """
    _switched_on(setup)
    with held("accrued", setup.company_id, wait=LONGEST_WAIT), transaction.atomic():
        ledger_id = present_ledger(setup)
        newest = _newest(setup.company_id, month, [one.project for one in given])
        rows, fresh = [], []
        for one in given:
            row = newest.get(one.project)
            if _is_newest_amount(row if row is None or row.ledger_id == ledger_id else None, one.amount):
                if row is not None:
                    rows.append(row)
                continue
            rows.append(_new(setup, month, one, 1 if row is None else row.sequence + 1, origin))
            fresh.append(rows[-1].transfer.number)
        stuck = [row for row in rows if _is_retried(row)]
        accept.accept(
            setup.company_id,
            [accept.TransferRequest(Kind.ACCRUED, one.transfer.number) for one in stuck],
            manual=True,
            cause=origin,
        )
        record_numbers(setup.company_id, EventName.TRANSFERS_ASKED, fresh, origin=origin, kind=Kind.ACCRUED)
    return list(rows_of(setup.company_id, month).filter(pk__in=[row.pk for row in rows]))


def preview(setup: Setup, month: date, given: Sequence[Given], *, fresh: bool = True) -> list[Preview]:
    """Return what `give` would post, by a fresh chart, or (`fresh` False) one some minutes old. Stores nothing.

    Raises `SwitchedOff`, and the errors of the platform.
    """
    accounts = _switched_on(setup)
    rules = rules_for(setup, platform_for(setup).chart(fresh=fresh))
    shown = []
    for one in given:
        rows = rows_of(setup.company_id, month, present_ledger(setup)).filter(project=one.project)
        posted = posted_sum(rows)
        difference = one.amount - posted
        plan = (
            plan_accrued(AccruedIncome(month, one.project, difference), accounts, rules)
            if difference
            else AccruedPlan()
        )
        problems = plan.problems
        open_row = uncertain(rows).first()
        if open_row is not None:
            earlier = {"earlier": open_row.transfer.number}
            problems = (Problem("accrued_earlier_open", f"accrued {open_row.transfer.number}", earlier), *problems)
        shown.append(Preview(one, posted, difference, problems, plan.vouchers))
    return shown


def rows_of(company_id: int, month: date | None = None, ledger_id: int | None = None) -> QuerySet[AccruedAmount]:
    """Return the rows of a company, newest month first, by project and sequence; with `ledger_id` those of one ledger only."""
    rows = AccruedAmount.objects.filter(company_id=company_id).select_related("transfer")
    if ledger_id is not None:
        rows = rows.filter(ledger=ledger_id)
    if month is not None:
        rows = rows.filter(month=month)
    return rows.order_by("-month", "project", "sequence")


def present_ledger(setup: Setup) -> int:
    """Return the id of the ledger that the company posts to."""
    assert setup.ledger is not None  # noqa: S101 - the setup is a saved one
    return setup.ledger.id


def posted_sum(rows: QuerySet[AccruedAmount]) -> Decimal:
    """Return the sum that these rows posted, proven by read-back."""
    found = rows.filter(transfer__accepted_hash__isnull=False).aggregate(total=Sum("transfer__total"))["total"]
    return ZERO if found is None else Decimal(found)


def uncertain(rows: QuerySet[AccruedAmount]) -> QuerySet[AccruedAmount]:
    """Return those rows that may be in the journal without proof: a person must look at them first."""
    transfers = Transfer.objects.filter(MAY_BE_IN_ACCOUNTING, accepted_hash=None, kind=Kind.ACCRUED)
    return rows.filter(transfer__in=transfers)


def unsettled(transfer_ids: Sequence[int]) -> bool:
    """Return whether any of these transfers is neither done nor skipped."""
    rows = Transfer.objects.filter(pk__in=transfer_ids)
    return rows.exclude(state__in=[State.DONE, State.SKIPPED]).exists()


def as_json(row: AccruedAmount) -> dict[str, Any]:
    """Return one row, as the command line and the API return it."""
    posted = row.transfer.accepted_hash is not None
    return {
        "month": f"{row.month:%Y-%m}",
        "project": row.project,
        "sequence": row.sequence,
        "amount": str(row.amount),
        "posted": str(row.transfer.total) if posted else None,
        "state": row.transfer.state,
        "reason": row.transfer.reason,
        "journalNumber": row.transfer.journal_number,
        "number": row.transfer.number,
        "givenAt": row.given_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "origin": row.origin,
    }


def preview_as_json(one: Preview, month: date, language: str = "en") -> dict[str, Any]:
    """Return a preview, as the command line and the API return it."""
    return {
        "month": f"{month:%Y-%m}",
        "project": one.given.project,
        "amount": str(one.given.amount),
        "posted": str(one.posted),
        "difference": str(one.difference),
        "problems": [problem_as_json(problem, language) for problem in one.problems],
    }


def _switched_on(setup: Setup) -> AccrualRules:
    accounts = accrued_accounts(setup)
    if accounts is None or not setup.accrued_income.enabled:
        raise SwitchedOff
    return accounts


def _newest(company_id: int, month: date, projects: Sequence[str]) -> Mapping[str, AccruedAmount]:
    return {row.project: row for row in rows_of(company_id, month).filter(project__in=projects)}


def _is_newest_amount(row: AccruedAmount | None, amount: Decimal) -> bool:
    """Return whether the amount equals the latest one. No row counts as zero."""
    if row is None:
        return amount == 0
    excluded = row.transfer.state == State.SKIPPED and row.transfer.reason == SkipReason.EXCLUDED
    return row.amount == amount and (not excluded or may_be_in_accounting(row.transfer))


def _is_retried(row: AccruedAmount) -> bool:
    """Return whether the same amount again retries the transfer: it needs attention, was skipped while the setting was off, or
    may be in the journal although it was skipped.
    """
    transfer = row.transfer
    uncertain_skip = may_be_in_accounting(transfer) and transfer.accepted_hash is None
    return transfer.state == State.NEEDS_ATTENTION or (
        transfer.state == State.SKIPPED and (transfer.reason == SkipReason.SWITCH_OFF or uncertain_skip)
    )


def _new(setup: Setup, month: date, given: Given, sequence: int, origin: str) -> AccruedAmount:
    number = f"{month:%Y-%m}:{given.project}:{sequence}"
    (transfer_id,) = accept.accept(
        setup.company_id, [accept.TransferRequest(Kind.ACCRUED, number)], manual=True, cause=origin
    )
    return AccruedAmount.objects.create(
        company_id=setup.company_id,
        month=month,
        project=given.project,
        ledger_id=present_ledger(setup),
        sequence=sequence,
        amount=given.amount,
        transfer_id=transfer_id,
        origin=origin,
    )
