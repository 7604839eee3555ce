"""The invariants that must hold when all is quiet, checked in the ledger, in Moment and in Bilag's own rows. Read only."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from bilag.companies import store
from bilag.companies.gateways import moment_for, platform_for, platform_of
from bilag.expenses.models import ExpenseImport, ExpenseLine, LineState
from bilag.inbox.open_problems import find_open_problems
from bilag.notifications.models import Letter
from bilag.posting.chart import Chart
from bilag.posting.plan import plan_invoice
from bilag.posting.selection import SkipReason
from bilag.reconciliation.sent import sent_for
from bilag.transfers.models import ACTIVE, Attempt, State, Transfer
from bilag.transfers.rules import rules_for
from bilag.wire.errors import Misconfigured
from simulation import books, queue
from simulation.changes import BOOKED, LONG_AGO
from simulation.firms import Firm, Office
from simulation.world import World

PROJECT_UNIT = "2"


QUESTIONS = {
    "ledger": {"stands_in_former_ledger"},
    "moment": {"doubt_in_former_source"},
    "numbers": {"number_has_another_owner"},
    "restored": {"posted_differs"},  # what was sent is forgotten, and the setup may have changed since
}
"""What Bilag may ask a person after such a change, besides what is wrong with an invoice itself."""


OF_ANOTHER_ROUTE = {"expense_of_other_ledger", "expense_of_other_moment"}


def broken(world: World) -> list[str]:
    """Return a sentence for each invariant that does not hold; empty if all hold."""
    wrong = []
    for firm in world.firms:
        prefix = f"{firm.slug}: " if len(world.firms) > 1 else ""
        found = [*_invoices(world, firm), *_ledgers(world, firm), *_expenses(world, firm), *_customers(world, firm)]
        found += _letters(world, firm)
        wrong += [prefix + sentence for sentence in found]
    return [*wrong, *_own_rows(world)]


def _invoices(world: World, firm: Firm) -> Iterator[str]:
    """Each finalised invoice has one voucher in all ledgers together, equal to what was sent, or is in front of a person."""
    journal = [v for client in dict.fromkeys(firm.clients) for v in books.ledger(world, client)]
    vouchers = [v for v in journal if v["type"] in books.INVOICE_TYPES]
    for office in firm.offices:
        rows = Transfer.objects.filter(source__key=office.key, kind="invoice").select_related("ledger")
        transfers = {row.number: row for row in rows}
        charts = dict[int, Chart]()
        for one in books.invoices(world, office):
            number = int(one["invoiceNumber"])
            found = [v for v in vouchers if v["voucherNumber"] == number]
            yield from (
                f"invoice {number} {sentence}"
                for sentence in _invoice(world, firm, office, one, found, transfers.get(str(number)), charts)
            )


def _invoice(
    world: World,
    firm: Firm,
    office: Office,
    one: dict[str, Any],
    vouchers: list[dict[str, Any]],
    transfer: Transfer | None,
    charts: dict[int, Chart],
) -> Iterator[str]:
    number, present = int(one["invoiceNumber"]), office is firm.office
    if transfer is None:
        if vouchers:
            yield "has a voucher and no transfer"
        elif present and not _is_before_first_day(firm, one):
            yield "has no transfer"
        return
    by_hand = number in office.booked
    if len(vouchers) + by_hand > 1:
        yield f"has {len(vouchers)} vouchers{' and one posted by hand' if by_hand else ''}"
        return
    if any(world.accounting.is_taken(client, number) for client in {one.get("client", "") for one in vouchers}):
        yield "has a voucher beside one that an accountant had posted under its number"
    if transfer.state in (State.NEEDS_ATTENTION, State.SKIPPED):
        wrong = _not_posted(firm, office, one, transfer)
        if wrong:
            yield wrong
        elif vouchers and not _is_explained(transfer):
            yield f"has a voucher, and is {transfer.state}: {transfer.reason or _codes(transfer)}"
    elif transfer.state != State.DONE:
        yield f"is {transfer.state} ({transfer.reason})"
    elif not vouchers:
        if not any(world.accounting.is_reversed(client, number) for client in firm.clients):
            yield "is done without a voucher"
    else:
        if present and one["exportStatus"] != "transferred":
            yield f"is posted, and Moment says {one['exportStatus']}"
        if vouchers[0]["customerNumber"] == office.given_away.get(number):
            yield f"stands on the account of another customer, who was given number {vouchers[0]['customerNumber']}"
        yield from _amounts(one, vouchers[0])
        yield from _equals_plan(firm, office, one, transfer, charts)


def _codes(transfer: Transfer) -> list[str]:
    return [problem["code"] for problem in transfer.problems]


def _is_explained(transfer: Transfer) -> bool:
    """Whether a voucher may stand in a ledger although its transfer is not done: a person is asked about that very voucher."""
    return transfer.state == State.NEEDS_ATTENTION and transfer.ledger_id is not None


def _not_posted(firm: Firm, office: Office, one: dict[str, Any], transfer: Transfer) -> str | None:
    """Return what is wrong with an invoice that needs attention or is skipped; None if a person knows why."""
    number, status = int(one["invoiceNumber"]), one["exportStatus"]
    if transfer.state == State.SKIPPED:
        explained = {
            SkipReason.EXCLUDED: number in office.excluded,
            SkipReason.ALREADY_TRANSFERRED: number in office.booked and status == "transferred",
            SkipReason.SOURCE_CHANGED: office is not firm.office,
            SkipReason.BEFORE_INVOICES_FROM: _is_before_first_day(firm, one),
        }
        reason = SkipReason(str(transfer.reason))
        return None if explained.get(reason, False) else f"is skipped ({reason}), which nobody wanted"
    codes = _codes(transfer)
    if not codes:
        return "needs attention without a problem"
    own = number in office.bad or number in office.contradictory or firm.accounting.is_taken(firm.client, number)
    credited = one.get("creditedInvoiceNumber")
    if codes == ["credited_invoice_not_posted"] and firm.accounting.is_taken(firm.client, int(credited or 0)):
        return None
    expected = {code for change in firm.changes for code in QUESTIONS.get(change, ())}
    if not own and not set(codes) <= expected:
        return f"is valid, yet needs attention: {codes}"
    if own and status != "toTransfer" and number not in office.booked:
        return f"has no voucher, and Moment says {status}"
    return None


def _is_before_first_day(firm: Firm, one: dict[str, Any]) -> bool:
    """Whether a person chose a later first day than the day of finalising."""
    first: date = firm.setup.get("export", {}).get("invoices_from", LONG_AGO)
    return first.isoformat() > str(one["finalizedDate"])[:10]


def _equals_plan(
    firm: Firm, office: Office, one: dict[str, Any], transfer: Transfer, charts: dict[int, Chart]
) -> Iterator[str]:
    """Compare the voucher with what was sent, read from the ledger in which it stands. `charts` keeps each ledger's."""
    setup = store.load_setup(firm.company_id)
    kept = sent_for([transfer]).get(transfer.pk)  # the setup may have changed since
    sent = kept.vouchers if kept else ()
    if transfer.ledger is None:
        yield "is done, and no ledger is known"
        return
    platform = platform_of(transfer.ledger) if transfer.ledger.left_at else platform_for(setup)
    if platform is None:
        yield "stands in a ledger to which no access is kept"
        return
    try:
        chart = charts.setdefault(transfer.ledger.pk, charts.get(transfer.ledger.pk) or platform.chart(fresh=True))
    except Misconfigured:
        if transfer.ledger.left_at is None:
            raise
        return  # it was left while a wrong password was saved
    may_have_changed = frozenset[str]()
    if not sent:  # taken in from the ledger: language and customer numbers may have changed since it was sent
        may_have_changed = frozenset({"text", "customer"})
        if office is not firm.office:
            return
        invoice = moment_for(setup).invoice(one["id"])
        assert invoice is not None, one
        sent = plan_invoice(invoice, rules_for(setup, chart)).vouchers
    number = int(one["invoiceNumber"])
    status = platform.find_voucher(sent[0], f"moment-{office.number}-invoice-{number}", thorough=True)
    if status.posted is None:
        yield f"cannot be read back: {status.state}"
    else:
        found = firm.accounting.differences(sent, status, chart)
        yield from (f"differs from its plan: {p}" for p in found if p.facts.get("field") not in may_have_changed)


def _amounts(invoice: dict[str, Any], voucher: dict[str, Any]) -> Iterator[str]:
    """Compare amounts, independently of Bilag's own rules."""
    total, owed = Decimal(str(invoice["totalAmount"])), Decimal(voucher["totalAmount"])
    if total != owed:
        yield f"is {total} in Moment and {owed} in the journal"
    if sum(Decimal(entry["amount"]) for entry in voucher["entries"]) != 0:
        yield "has a voucher that does not balance"


def _ledgers(world: World, firm: Firm) -> Iterator[str]:
    """No voucher is without an invoice, no batch is left half posted, and the books balance."""
    numbers = {number for office in firm.offices for number in books.numbers(world, office)}
    for client in dict.fromkeys(firm.clients):
        for voucher in books.ledger(world, client):
            number = voucher["voucherNumber"]
            if voucher["type"] in books.INVOICE_TYPES and number not in numbers and number < BOOKED:
                yield f"voucher {number} of client {client} is of no invoice"
        yield from world.accounting.unsound(world, client)


def _expenses(world: World, firm: Firm) -> Iterator[str]:
    """Each posted line of a project is in Moment once, with its amount and documents; nothing else is.

    A line of a ledger or for a Moment that was left may be missing, and is never there twice.
    """
    posted: dict[str, Decimal] = {}
    due: set[str] = set()
    for client in dict.fromkeys(firm.clients):
        for voucher in books.ledger(world, client):
            if voucher["type"] != "incomingInvoice":
                continue
            for entry in voucher["entries"]:
                number = entry["orgUnits"].get(PROJECT_UNIT)
                if number is None or int(entry["accountNumber"]) <= 4000:
                    continue
                key = world.accounting.expense_key(client, voucher["journalNumber"], entry["entryNumber"])
                posted[key] = Decimal(entry["amount"])
                if number in {one["projectNumber"] for one in firm.office.projects} and not firm.changes & {
                    "ledger",
                    "moment",
                }:
                    due.add(key)
    in_moment = [(office, one) for office in firm.offices for one in books.in_moment(world, office, "projectExpenses")]
    times = Counter((office.key, one["externalKey"]) for office, one in in_moment)
    for key in sorted(due - {key for _, key in times}):
        yield f"expense {key} is not in Moment"
    for (_, key), count in sorted(times.items()):
        if count > 1:
            yield f"expense {key} is in Moment {count} times"
        if key not in posted:
            yield f"expense {key} is of no posted line"
    for office, one in in_moment:
        key = one["externalKey"]
        if key in posted and Decimal(str(one["netAmount"])) != posted[key]:
            yield f"expense {key} is {one['netAmount']}, posted {posted[key]}"
        lines = ExpenseLine.objects.filter(company=firm.company_id, external_key=key, source_key=office.key)
        for line in lines:
            sent = [document for document in line.documents if document.get("problem") is None]  # others are told
            asked = line.state == LineState.NEEDS_ATTENTION  # such as one whose ledger was left while it was in doubt
            if len(one["attachments"]) != len(sent) and not asked:
                yield f"expense {key} has {len(one['attachments'])} documents of {len(sent)}"
    for office in firm.offices:
        activities = books.in_moment(world, office, "projectExtensions")
        names = Counter((one["projectId"], one["name"]) for one in activities)
        yield from (
            f"project {project} has {count} activities {name}" for (project, name), count in names.items() if count > 1
        )


def _customers(world: World, firm: Firm) -> Iterator[str]:
    """Each transferred customer has the same name in accounting as in Moment."""
    names = {one["customerNumber"]: one["name"] for one in books.in_moment(world, firm.office, "customers")}
    in_accounting = world.accounting.customer_names(world, firm.client)
    rows = Transfer.objects.filter(source__key=firm.office.key, kind="customer", state=State.DONE)
    for row in rows:
        if in_accounting.get(row.number) != names.get(row.number):
            yield f"customer {row.number} is {names.get(row.number)} in Moment and {in_accounting.get(row.number)} in accounting"


def _letters(world: World, firm: Firm) -> Iterator[str]:
    """Somebody was told of every open problem, and every letter has an end."""
    if "letters" not in world.features:
        return
    for problem in find_open_problems(store.load_setup(firm.company_id)):
        if not any(one.to == firm.address and problem.path in one.text for one in world.mail.accepted):
            yield f"nobody was told of {problem.problem.code} ({problem.example})"
    for letter in Letter.objects.filter(company=firm.company_id, sent_at=None):
        yield f"letter {letter.pk} was never sent: {letter.subject}"


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
        if line.state == LineState.NEEDS_ATTENTION and {one["code"] for one in line.problems} <= OF_ANOTHER_ROUTE:
            continue  # it was read before the ledger or the Moment was changed, and a person decides
        yield f"expense line {line.number} is {line.state}: {line.problems}"
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args::text from procrastinate_jobs where status = 'failed' order by id")
        for name, arguments in cursor.fetchall():
            if queue.queue_app().tasks[name].retry_strategy is None:
                continue  # a poll or an import that fails is followed by the next one
            yield f"job {name} {arguments} failed for good"
        cursor.execute("select name from jobs_lease where expires_at > clock_timestamp() order by name")
        for (name,) in cursor.fetchall():
            yield f"the lease of {name} is still held"
