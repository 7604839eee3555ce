"""Detect that a number belongs to another object in Moment than when it was sent, and let a person decide if it matters.

A customer's or project's Moment id is stored with its number. Same number, new id: if the ledger has something under the
number, a person decides; else the number follows its new owner (contracts/decisions.md).
"""

from bilag.posting.master import Customer, Project
from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason
from bilag.transfers.delivery.outcome import Outcome, needs_attention
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Kind, State, Transfer

ANOTHER_OWNER = "number_has_another_owner"


def question_of_owner(run: TransferRun, found: Customer | Project) -> Outcome | None:
    """Return the problem for a person; None if the owner is unchanged, if nothing depends on it, or if a person requested this
    try and thereby decided.
    """
    row = run.transfer
    if row.moment_id in (None, found.moment_id) or row.done_at is None or row.manual or not _is_in_use(run):
        return None
    facts = {"number": row.number, "name": found.name, "before": row.name or "", "moment_id": str(found.moment_id)}
    return needs_attention(Problem(ANOTHER_OWNER, run.subject, facts))


def give_up_value(run: TransferRun, project: Project, value: str) -> None:
    """Take over the unit's value from the project's previous number, if it was corrected in Moment, such as 00777 to 777."""
    rows = Transfer.objects.filter(source=run.transfer.source_id, kind=Kind.PROJECT, unit_value=value)
    earlier = list(rows.filter(moment_id=project.moment_id).exclude(pk=run.transfer.pk).values_list("pk", flat=True))
    if earlier:
        Transfer.objects.filter(pk__in=earlier).update(
            unit_value=None,
            accepted_hash=None,
            state=State.SKIPPED,
            reason=SkipReason.OTHER_NUMBER,
            problems=[],
            next_at=None,
        )


def _is_in_use(run: TransferRun) -> bool:
    """Return whether the ledger has vouchers of the customer, or has the project."""
    row = run.transfer
    if row.kind == Kind.PROJECT:
        return row.accepted_hash is not None
    ledger = run.setup.ledger
    invoices = Transfer.objects.filter(source=row.source_id, kind=Kind.INVOICE, customer_number=row.number)
    return ledger is not None and invoices.filter(ledger=ledger.id).exists()
