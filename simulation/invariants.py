"""The invariants that must hold when all is quiet, checked in the ledger, in Moment and in Bilag's own rows. Read only."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db import connection

from bilag.companies import store
from bilag.companies.gateways import moment_for, platform_for
from bilag.expenses.models import ExpenseImport, ExpenseLine, LineState
from bilag.posting.plan import plan_invoice
from bilag.posting.read_back import differences
from bilag.reconciliation.sent import sent_for
from bilag.transfers.external_ids import external_id
from bilag.transfers.models import ACTIVE, Attempt, State, Transfer
from bilag.transfers.rules import rules_for
from bilag_sandbox import hub
from simulation import books, queue
from simulation.world import World

PROJECT_UNIT = "2"


def broken(world: World) -> list[str]:
    """Return a sentence for each invariant that does not hold; empty if all hold."""
    return [*_invoices(world), *_ledger(world), *_expenses(world), *_customers(world), *_own_rows(world)]


def _invoices(world: World) -> Iterator[str]:
    """Each finalised invoice has one voucher equal to its plan and is marked transferred, or has one open problem."""
    setup = store.load_setup(world.company_id)
    moment, platform = moment_for(setup), platform_for(setup)
    chart = platform.chart(fresh=True)
    journal = books.ledger(world)
    transfers = {row.number: row for row in Transfer.objects.filter(company=world.company_id, kind="invoice")}
    for one in books.invoices(world):
        number = int(one["invoiceNumber"])
        name = f"invoice {number}"
        vouchers = [v for v in journal if v["voucherNumber"] == number and v["type"] in books.INVOICE_TYPES]
        transfer = transfers.get(str(number))
        if transfer is None:
            yield f"{name} has no transfer"
            continue
        if len(vouchers) > 1:
            yield f"{name} has {len(vouchers)} vouchers"
            continue
        if transfer.state == State.NEEDS_ATTENTION:
            if not transfer.problems:
                yield f"{name} needs attention without a problem"
            codes = [problem["code"] for problem in transfer.problems]
            if number not in world.bad_invoices:
                yield f"{name} is valid, yet needs attention: {codes}"
            elif vouchers:
                yield f"{name} has a voucher and a problem: {codes}"
            elif one["exportStatus"] != "toTransfer":
                yield f"{name} has no voucher, and Moment says {one['exportStatus']}"
            continue
        if transfer.state != State.DONE:
            yield f"{name} is {transfer.state} ({transfer.reason})"
            continue
        if not vouchers:
            yield f"{name} is done without a voucher"
            continue
        if one["exportStatus"] != "transferred":
            yield f"{name} is posted, and Moment says {one['exportStatus']}"
        yield from _amounts(name, one, vouchers[0])
        invoice = moment.invoice(one["id"])
        assert invoice is not None, name
        kept = sent_for([transfer]).get(transfer.pk)  # the setup may have changed since
        vouchers_sent = (kept.vouchers if kept else ()) or plan_invoice(invoice, rules_for(setup, chart)).vouchers
        status = platform.find_voucher(vouchers_sent[0], external_id(setup, number), thorough=True)
        if status.posted is None:
            yield f"{name} cannot be read back: {status.state}"
        else:
            yield from (
                f"{name} differs from its plan: {p}" for p in differences(vouchers_sent[0], status.posted, chart)
            )


def _amounts(name: str, invoice: dict[str, Any], voucher: dict[str, Any]) -> Iterator[str]:
    """Compare amounts, independently of Bilag's own rules."""
    total, owed = Decimal(str(invoice["totalAmount"])), Decimal(voucher["totalAmount"])
    if total != owed:
        yield f"{name} is {total} in Moment and {owed} in the journal"
    if sum(Decimal(entry["amount"]) for entry in voucher["entries"]) != 0:
        yield f"the voucher of {name} does not balance"


def _ledger(world: World) -> Iterator[str]:
    """No voucher is without an invoice, no batch is left half posted, and the books balance."""
    numbers = {int(one["invoiceNumber"]) for one in books.invoices(world)}
    for voucher in books.ledger(world):
        if voucher["type"] in books.INVOICE_TYPES and voucher["voucherNumber"] not in numbers:
            yield f"voucher {voucher['voucherNumber']} is of no invoice"
    for batch in books.batches(world):
        if batch["status"] != "updated" or batch["updateInProgress"]:
            yield f"batch {batch['batchNumber']} ({batch['externalId']}) was left {batch['status']}"
    balance = books.trial_balance(world)
    if balance["sum"] != "0.00" or balance["missingJournalNumbers"]:
        yield f"the trial balance is {balance['sum']}, {balance['missingJournalNumbers']} journal numbers are missing"


def _expenses(world: World) -> Iterator[str]:
    """Each posted line of a project is in Moment once, with its amount and documents; nothing else is."""
    projects = {one["projectNumber"] for one in world.projects}
    expected: dict[str, Decimal] = {}
    for voucher in books.ledger(world):
        if voucher["type"] != "incomingInvoice":
            continue
        for entry in voucher["entries"]:
            if entry["orgUnits"].get(PROJECT_UNIT) in projects and int(entry["accountNumber"]) > 4000:
                key = f"azets:{hub.PARENT}:{hub.VISMA_CLIENT}:{voucher['journalNumber']}:{entry['entryNumber']}"
                expected[key] = Decimal(entry["amount"])
    in_moment = books.in_moment(world, "projectExpenses")
    times = Counter(one["externalKey"] for one in in_moment)
    for key in sorted(expected.keys() - times.keys()):
        yield f"expense {key} is not in Moment"
    for key, count in sorted(times.items()):
        if count > 1:
            yield f"expense {key} is in Moment {count} times"
        if key not in expected:
            yield f"expense {key} is of no posted line"
    for one in in_moment:
        if one["externalKey"] in expected and Decimal(str(one["netAmount"])) != expected[one["externalKey"]]:
            yield f"expense {one['externalKey']} is {one['netAmount']}, posted {expected[one['externalKey']]}"
        line_row = ExpenseLine.objects.filter(company=world.company_id, external_key=one["externalKey"]).first()
        if line_row is not None and len(one["attachments"]) != len(line_row.documents):
            yield f"expense {one['externalKey']} has {len(one['attachments'])} documents of {len(line_row.documents)}"
    names = Counter((one["projectId"], one["name"]) for one in books.in_moment(world, "projectExtensions"))
    yield from (
        f"project {project} has {count} activities {name}" for (project, name), count in names.items() if count > 1
    )


def _customers(world: World) -> Iterator[str]:
    """Each transferred customer has the same name in accounting as in Moment."""
    names = {one["customerNumber"]: one["name"] for one in books.in_moment(world, "customers")}
    in_accounting = books.customer_names(world)
    for row in Transfer.objects.filter(company=world.company_id, kind="customer", state=State.DONE):
        if in_accounting.get(row.number) != names.get(row.number):
            yield f"customer {row.number} is {names.get(row.number)} in Moment and {in_accounting.get(row.number)} in accounting"


def _own_rows(world: World) -> Iterator[str]:
    """Every transfer and attempt has ended, without a bug in Bilag and without a failed job."""
    for row in Transfer.objects.filter(state__in=ACTIVE):
        yield f"{row.kind} {row.number} has no end: {row.state}"
    for row in Transfer.objects.filter(state=State.NEEDS_ATTENTION).exclude(kind="invoice"):
        yield f"{row.kind} {row.number} needs attention: {[problem['code'] for problem in row.problems]}"
    for attempt in Attempt.objects.filter(ended_at=None) | Attempt.objects.filter(verdict=None):
        yield f"attempt {attempt.pk} of transfer {attempt.transfer_id} has no end"
    for attempt in Attempt.objects.filter(verdict="internal_error"):
        yield f"attempt {attempt.pk} met a fault of Bilag: {attempt.problems}"
    for run in ExpenseImport.objects.filter(ended_at=None):
        yield f"import {run.pk} has no end"
    for line in ExpenseLine.objects.filter(state__in=(LineState.WAITING, LineState.SENDING, LineState.NEEDS_ATTENTION)):
        yield f"expense line {line.number} is {line.state}: {line.problems}"
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args::text from procrastinate_jobs where status = 'failed' order by id")
        for name, arguments in cursor.fetchall():
            if queue.queue_app().tasks[name].retry_strategy is None:
                continue  # a poll or an import that fails is followed by the next one
            yield f"job {name} {arguments} failed for good"
        cursor.execute("select name from jobs_lease order by name")
        for (name,) in cursor.fetchall():
            yield f"the lease of {name} is still held"
