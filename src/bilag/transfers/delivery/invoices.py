"""An invoice becomes one posted voucher: planned, looked up, posted, read back, compared, and Moment told.

Exactly once, although no ledger behind the hub refuses a reused voucher number (DESIGN, transfers/): the external id
is computed, the intent is committed before the request, a lost answer is followed by a look and never by a blind
second send, and nothing is done before the journal has been read back and equals the plan.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from bilag.jobs import backoff
from bilag.platforms.base import PostingStatus
from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.read_back import batch_differences
from bilag.posting.selection import invoice_stays
from bilag.posting.voucher import ZERO
from bilag.transfers.canonical_json import fitting
from bilag.transfers.delivery.changed_after_posting import change_after_posting
from bilag.transfers.delivery.content import content_hash
from bilag.transfers.delivery.exactly_once import find_or_post, may_still_arrive
from bilag.transfers.delivery.not_found import absent, renumbered
from bilag.transfers.delivery.outcome import Outcome, done, doubtful, needs_person, of_error, skipped
from bilag.transfers.delivery.prerequisites import ensure_master_data, send_master_data_again
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.external_ids import external_id
from bilag.transfers.models import Kind, State
from bilag.transfers.rules import rules_for
from bilag.wire.errors import EdgeError, Refused, Unavailable

LARGEST_SHOWN = 10**15


def send(work: TransferRun) -> Outcome:
    """Bring the invoice to the journal, from wherever it stands."""
    row = work.transfer
    invoice = _fetch(work)
    if invoice is None:
        return absent(work)
    work.saw(invoice)
    if invoice.number is not None and str(invoice.number) != row.number:
        return renumbered(work, Kind.INVOICE, str(invoice.number), invoice.moment_id)
    content = content_hash(invoice)
    if row.accepted_hash is not None and row.accepted_hash != content:
        change = change_after_posting(work, invoice)
        if change is not None:
            return needs_person(change)
    held_back = _held_back(work, invoice)
    if held_back is not None:
        if row.accepted_hash is not None and invoice.export_status == "transferred":
            return done("unchanged", **_about(invoice))
        if work.doubt_since is None:
            return skipped(held_back, **_about(invoice))
    return _post(work, invoice, content, held_back)


def _fetch(work: TransferRun) -> Invoice | None:
    row = work.transfer
    if row.moment_id is not None:
        return work.moment.invoice(row.moment_id)
    return work.moment.invoice_by_number(int(row.number)) if row.number.isdecimal() else None


def _held_back(work: TransferRun, invoice: Invoice) -> str | None:
    """Why it does not go, if so."""
    export = work.setup.export
    return invoice_stays(
        invoice, switched_on=export.invoices, manual=work.transfer.manual, invoices_from=export.invoices_from
    )


def _about(invoice: Invoice) -> dict[str, Any]:
    """Columns that are shown in lists; what they cannot hold is left out, the problem tells of it."""
    total = invoice.total if invoice.total.is_finite() and abs(invoice.total) < LARGEST_SHOWN else None
    return {
        "moment_version": fitting(invoice.version),
        "moment_id": invoice.moment_id,
        "total": total.quantize(ZERO) if total is not None else None,
        "currency": invoice.currency[:3],
        "customer_number": (invoice.customer or "")[:50] or None,
        "name": (invoice.customer_name or "")[:200] or None,
    }


def _post(work: TransferRun, invoice: Invoice, content: str, held_back: str | None) -> Outcome:
    """Plan, look up, post, prove. What is held back now but may have left earlier is looked up, not posted."""
    plan = _plan(work, invoice)
    if plan.nothing_to_post and not plan.problems:
        return skipped("nothing_to_post", **_about(invoice))
    if plan.problems:
        return needs_person(*plan.problems, **_about(invoice))
    ensure_master_data(work, invoice)
    work.begin()
    try:
        key = external_id(work.setup, plan.vouchers[0].number)
        standing = find_or_post(work, plan.vouchers, key, held_back=held_back is not None, again=send_master_data_again)
    except Refused as refused:
        work.doubt_since = None
        return needs_person(*(_told_of_lines(plan, problem) for problem in refused.problems), **_about(invoice))
    except EdgeError as error:
        return of_error(error, sent=isinstance(error, Unavailable), look_in=backoff.scaled(backoff.LOOK_AGAIN))
    if standing.state == "absent" and held_back is not None and not may_still_arrive(work):
        work.doubt_since = None
        return skipped(held_back, **_about(invoice))
    return _conclude(work, invoice, plan, standing, content)


def _plan(work: TransferRun, invoice: Invoice) -> PostingPlan:
    """The plan, against what is known of accounting; before a problem is told it is read afresh."""
    plan = plan_invoice(invoice, rules_for(work.setup, work.platform.chart()))
    if plan.problems:
        plan = plan_invoice(invoice, rules_for(work.setup, work.platform.chart(fresh=True)))
    return plan


def _conclude(work: TransferRun, invoice: Invoice, plan: PostingPlan, standing: PostingStatus, content: str) -> Outcome:
    about = _about(invoice)
    look_again = backoff.scaled(backoff.LOOK_AGAIN)
    match standing.state:
        case "posted" if standing.posted is not None:
            return _prove(work, invoice, plan, standing, content)
        case "posted":  # it has a journal number, but cannot be read yet
            return doubtful(look_again, sent=work.doubt_since is None, journal_number=standing.journal_number, **about)
        case "conflict" | "failed":
            work.doubt_since = None
            problems = standing.problems or (Problem("voucher_number_taken", f"invoice {invoice.number}"),)
            return needs_person(*(_told_of_lines(plan, problem) for problem in problems), **about)
        case "absent":
            assert work.doubt_since is not None  # noqa: S101 - otherwise it was posted
            left = work.doubt_since + backoff.scaled(backoff.DOUBT) - timezone.now()
            return doubtful(max(left, timedelta(seconds=0.1)), *standing.problems, **about)
        case "created":
            return Outcome(State.WAITING, "created", problems=standing.problems, fields=about)
        case _:
            return doubtful(look_again, *standing.problems, sent=work.doubt_since is None, **about)


def _prove(work: TransferRun, invoice: Invoice, plan: PostingPlan, standing: PostingStatus, content: str) -> Outcome:
    """The journal was read back: compare it with the plan, and only then tell Moment."""
    posted = standing.posted
    assert posted is not None  # noqa: S101 - asked by the caller
    work.doubt_since = None
    found = {
        **_about(invoice),
        "voucher_number": posted.number,
        "journal_number": posted.journal_number or standing.journal_number,
    }
    wrong = batch_differences(plan.vouchers, posted, standing.others, work.platform.chart())
    if wrong:
        return needs_person(*wrong, verdict="differs", **found)
    found["accepted_hash"] = content
    if invoice.export_status == "doNotTransfer":
        return done(**found)
    try:
        told = work.moment.mark_transferred(invoice)
    except Unavailable as error:
        problem = Problem("export_status_not_set", f"invoice {invoice.number}", {}, error.problems[0].said)
        return Outcome(State.WAITING, "unavailable", problems=(problem,), retry_after=error.retry_after, fields=found)
    except EdgeError as error:
        said = error.problems[0].said if error.problems else None
        return needs_person(Problem("export_status_not_set", f"invoice {invoice.number}", {}, said), **found)
    return done(**{**found, "moment_version": fitting(told.version)})


def _told_of_lines(plan: PostingPlan, problem: Problem) -> Problem:
    return plan.locate(problem)
