"""Deliver first what an invoice or a project needs in accounting: its customer, project and department."""

from datetime import datetime
from math import ceil
from weakref import WeakKeyDictionary

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bilag.platforms.base import AccountingPlatform
from bilag.posting.invoice import Invoice
from bilag.posting.master import Department
from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason
from bilag.transfers.delivery import statements
from bilag.transfers.delivery.outcome import Blocked
from bilag.transfers.delivery.owners import ANOTHER_OWNER
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.in_accounting import may_be_in_accounting
from bilag.transfers.locking import locked_ids
from bilag.transfers.models import Kind, State, Transfer
from bilag.wire.errors import Unavailable

SETTLED = (State.DONE, State.SKIPPED)
NOT_NEEDED = (SkipReason.SWITCH_OFF, SkipReason.NO_PROJECT_DIMENSION)
NOT_SENT = -1
"""Stands for the id of an object that accounting does not have yet."""
_departments_sent: WeakKeyDictionary[AccountingPlatform, dict[str, str]] = WeakKeyDictionary()
"""Number and name of the departments that this process has sent. Sending one again is harmless."""


def ensure(run: TransferRun, kind: Kind, number: str, moment_id: int | None) -> None:
    """Bring the customer or project to accounting, even past a state filter.

    Raises `Blocked` when a person must fix it first or has excluded it, and `Unavailable` when it could not be sent now. One
    that accounting accepted in an earlier form does not stop an invoice.
    """
    now = timezone.now()
    row, _ = Transfer.objects.get_or_create(
        source_id=run.transfer.source_id,
        kind=kind,
        number=number,
        defaults={
            "company_id": run.setup.company_id,
            "moment_id": moment_id,
            "hinted_at": now,
            "requested_at": now,
            "state": State.QUEUED,
        },
    )
    moved = moment_id is not None and row.moment_id not in (None, moment_id)  # the number has another owner now
    if not moved and (row.state == State.DONE or (row.state == State.SKIPPED and row.reason in NOT_NEEDED)):
        return
    if row.state == State.SKIPPED and row.reason == SkipReason.EXCLUDED:
        if not _is_switched_on(run, kind):
            return
        raise Blocked(row.pk, Problem(f"{kind}_excluded", f"{kind} {number}", {str(kind): number}))
    if row.moment_id is None and moment_id is not None:
        Transfer.objects.filter(pk=row.pk).update(moment_id=moment_id)
    run.deliver_first(row.pk)
    after = Transfer.objects.filter(pk=row.pk).first()
    if after is None or after.state in SETTLED:
        return
    questioned = any(problem.get("code") == ANOTHER_OWNER for problem in after.problems)
    if after.accepted_hash is not None and not questioned:
        return
    name = f"{kind}_not_ready"
    if after.state == State.NEEDS_ATTENTION:
        first = Problem.from_json(after.problems[0]) if after.problems else Problem(name)
        raise Blocked(after.pk, Problem(name, f"{kind} {number}", {str(kind): number, "cause": first.code}, first.said))
    problem = Problem(name, f"{kind} {number}", {str(kind): number})
    raise Unavailable(problem, outcome_known=True, retry_after=_seconds_until(after.next_at))


def _seconds_until(next_try: datetime | None) -> int | None:
    """Return the whole seconds until then, so that dependent transfers are not tried before; None if no time is set."""
    return ceil(max(0.0, (next_try - timezone.now()).total_seconds())) if next_try is not None else None


def _is_switched_on(run: TransferRun, kind: Kind) -> bool:
    return run.setup.export.customers if kind == Kind.CUSTOMER else run.setup.export.projects


def ensure_master_data(run: TransferRun, invoice: Invoice) -> None:
    """Bring everything that the invoice names to accounting. Raises as `ensure` does."""
    named: list[tuple[Kind, str, int | None]] = []
    if invoice.customer is not None:
        named.append((Kind.CUSTOMER, invoice.customer, invoice.customer_moment_id))
    if run.setup.dimensions.project is not None:
        named += [(Kind.PROJECT, number, moment_id) for number, moment_id in invoice.project_moment_ids]
    there = statements.master_data_there(run.transfer.source_id, [number for _, number, _ in named])
    for kind, number, moment_id in named:
        known = there.get((kind, number), NOT_SENT)
        if known == NOT_SENT or (known is not None and moment_id is not None and known != moment_id):
            ensure(run, kind, number, moment_id)
    _ensure_departments(run, invoice.departments)


def ensure_credited_invoice(run: TransferRun, invoice: Invoice) -> None:
    """Deliver the credited invoice first, and hold the credit note back while that invoice is stopped: alone in the ledger, the
    credit note would be misleading. Raises as `ensure` does.

    A credit note that may be in accounting is looked up there, whatever stopped.
    """
    number = invoice.credited_number
    if not invoice.is_credit_note or number is None or invoice.number is None or number >= invoice.number:
        return
    credited = Transfer.objects.filter(source_id=run.transfer.source_id, kind=Kind.INVOICE, number=str(number))
    row = credited.first()
    if row is not None and row.state == State.QUEUED and not may_be_in_accounting(row):
        run.deliver_first(row.pk)
        row = credited.first()
    if row is None or may_be_in_accounting(row) or may_be_in_accounting(run.transfer):
        return
    facts, said = {"credited": row.number}, None
    if row.problems:
        first = Problem.from_json(row.problems[0])
        facts, said = {**first.facts, **facts, "cause": first.code}, first.said
    held_back = Problem("credited_invoice_not_posted", run.subject, facts, said)
    closed = row.state == State.SKIPPED and row.reason == SkipReason.CANCELLED_BEFORE_POSTING
    if closed or row.state == State.NEEDS_ATTENTION:
        raise Blocked(row.pk, held_back)
    if row.state in (State.QUEUED, State.WAITING):
        raise Unavailable(held_back, outcome_known=True)


def send_master_data_again(run: TransferRun) -> None:
    """Send the invoice's customer, project and department again: somebody removed one of them from accounting."""
    invoice = run.source_object
    assert isinstance(invoice, Invoice)  # noqa: S101 - only invoices have prerequisites of this kind
    _departments_sent.pop(run.platform, None)
    numbers = [number for number, _ in invoice.project_moment_ids]
    named = Q(kind=Kind.CUSTOMER, number=invoice.customer or "") | Q(kind=Kind.PROJECT, number__in=numbers)
    with transaction.atomic():
        there = Transfer.objects.filter(named, source_id=run.transfer.source_id, state=State.DONE)
        Transfer.objects.filter(pk__in=locked_ids(there)).update(accepted_hash=None, state=State.QUEUED)
    ensure_master_data(run, invoice)


def _ensure_departments(run: TransferRun, departments: tuple[tuple[str, str], ...]) -> None:
    """Send each department (number, name) to its unit, once for each version of the setup."""
    if run.setup.dimensions.department is None:
        return
    sent = _departments_sent.setdefault(run.platform, {})
    for number, name in departments:
        if sent.get(number) != name:
            run.platform.put_department(Department(number, name or number))
            sent[number] = name
