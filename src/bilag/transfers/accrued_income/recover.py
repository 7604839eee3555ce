"""Recover amounts of accrued income that the ledger has and Bilag lacks, after its database was restored from a backup.

The external id of a journal names month, project and sequence; its entry on the debit account has what it posted. An amount is
the sum posted for its month and project up to it. Who entered it, and when, is lost; an amount that posted nothing, because it
was the same as before, left no trace.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from bilag.companies.setup import Setup
from bilag.posting.posted import Posted
from bilag.posting.problem import Problem
from bilag.posting.voucher import ZERO
from bilag.transfers.accrued_income.amounts import posted_sum, present_ledger, rows_of
from bilag.transfers.external_ids import AccruedName, AccruedNames
from bilag.transfers.intake.ahead import known_projects
from bilag.transfers.intake.recover import CAUSE, doubt, known_journals, write_rows
from bilag.transfers.models import AccruedAmount, Kind, State, Transfer
from bilag.transfers.rules import accrued_accounts


@dataclass(frozen=True, slots=True)
class FoundAmount:
    """A journal of accrued income that Bilag does not know as posted: the income that it posted, in the ledger's currency."""

    name: AccruedName
    journal: int | None
    posted: Decimal


def unknown_amounts(setup: Setup, journal: Iterable[Posted]) -> tuple[list[FoundAmount], list[Problem]]:
    """Return the journals of amounts that are not done in Bilag, in order, and the problems that prevent recovering some."""
    known = known_journals(setup, Kind.ACCRUED)
    names = AccruedNames(setup, known_projects(setup))
    accounts = accrued_accounts(setup)
    found: dict[str, FoundAmount] = {}
    problems: dict[str, Problem] = {}
    for posted in journal:
        if not posted.external_id or not names.is_ours(posted.external_id):
            continue
        name = names.read(posted.external_id, posted.voucher_date)
        if name is not None and (name.number, posted.journal_number) in known:
            continue
        is_reversal = (posted.voucher_date + timedelta(days=1)).day != 1
        amount = _posted_amount(posted, accounts.debit_account) if accounts is not None else ZERO
        if name is not None and amount and not is_reversal:
            found[name.number] = FoundAmount(name, posted.journal_number, amount)
        elif name is None or not is_reversal:
            subject = f"accrued {name.number}" if name is not None else "company"
            facts = {"journal": str(posted.journal_number or ""), "external_id": posted.external_id}
            problems[posted.external_id] = Problem("accrued_not_recovered", subject, facts)
    ordered = sorted(found.values(), key=lambda one: (one.name.month, one.name.project, one.name.sequence))
    return ordered, list(problems.values())


def write_down(setup: Setup, found: Iterable[FoundAmount], *, origin: str) -> list[Transfer]:
    """Store the found amounts, to be looked up; return those that need a job. Call it in a transaction.

    The caller holds the lease under which amounts are entered.
    """
    by_number = {one.name.number: one for one in found}
    rows = {row.number: row for row in write_rows(setup, Kind.ACCRUED, list(by_number))}
    for number, one in by_number.items():
        row = rows.get(number)
        if row is None:
            continue
        doubt(row, setup, one.journal)
        if not AccruedAmount.objects.filter(transfer=row).exists():
            row.total = one.posted
            _write_amount(setup, row, one, by_number, origin)
        row.save()
    return list(rows.values())


def leave_to_a_person(setup: Setup, problems: Iterable[Problem]) -> None:
    """Store the amounts of known month and project that cannot be recovered, with the reason. Call it in a transaction."""
    by_number = {one.subject.removeprefix("accrued "): one for one in problems if one.subject.startswith("accrued ")}
    for row in write_rows(setup, Kind.ACCRUED, list(by_number)):
        doubt(row, setup, None)
        row.state, row.doubt_since, row.problems = State.NEEDS_ATTENTION, None, [by_number[row.number].as_json()]
        row.save()


def _write_amount(
    setup: Setup, row: Transfer, one: FoundAmount, found: dict[str, FoundAmount], origin: str
) -> AccruedAmount:
    name, ledger_id = one.name, present_ledger(setup)
    same = rows_of(setup.company_id, name.month, ledger_id).filter(project=name.project, sequence__lt=name.sequence)
    proven = posted_sum(same.exclude(transfer__number__in=found))
    others = (other for other in found.values() if (other.name.month, other.name.project) == (name.month, name.project))
    taken_in = sum((other.posted for other in others if other.name.sequence <= name.sequence), ZERO)
    return AccruedAmount.objects.create(
        company_id=setup.company_id,
        month=name.month,
        project=name.project,
        ledger_id=ledger_id,
        sequence=name.sequence,
        amount=proven + taken_in,
        transfer=row,
        origin=f"{CAUSE}, {origin}"[:200],
    )


def _posted_amount(posted: Posted, debit_account: str) -> Decimal:
    """Return what the journal posted on the debit account: income earned and not invoiced."""
    return sum((entry.amount for entry in posted.entries if entry.account == debit_account), ZERO)
