"""Deliver an invoice: plan it, post it exactly once, and set it to "transferred" in Moment."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bilag.posting.invoice import Invoice
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.selection import DO_NOT_TRANSFER, TRANSFERRED, SkipReason, reason_to_skip_invoice
from bilag.posting.voucher import ZERO, Voucher
from bilag.transfers.canonical_json import fitting
from bilag.transfers.delivery.changed_after_posting import change_after_posting
from bilag.transfers.delivery.content import content_hash
from bilag.transfers.delivery.exactly_once import Shipment, deliver, find_what_was_sent
from bilag.transfers.delivery.not_found import absent, renumbered
from bilag.transfers.delivery.outcome import Outcome, done, needs_attention, skipped
from bilag.transfers.delivery.prerequisites import ensure_master_data, send_master_data_again
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.external_ids import external_id
from bilag.transfers.models import Kind, State, Verdict
from bilag.transfers.rules import rules_for
from bilag.wire.errors import EdgeError, Unavailable

LARGEST_SHOWN = 10**15


def send(run: TransferRun) -> Outcome:
    """Bring the invoice to the journal, from wherever it is."""
    row = run.transfer
    invoice = _fetch(run)
    if invoice is None:
        return absent(run)
    run.saw(invoice)
    if invoice.number is not None and str(invoice.number) != row.number:
        return renumbered(run, Kind.INVOICE, str(invoice.number), invoice.moment_id)
    content = content_hash(invoice)
    if row.accepted_hash is not None and row.accepted_hash != content:
        change = change_after_posting(run, invoice)
        if change is not None:
            return needs_attention(change)
    hold = _reason_to_stay(run, invoice)
    if hold is not None:
        if row.accepted_hash is not None and invoice.export_status == TRANSFERRED:
            return done(Verdict.UNCHANGED, **_columns(invoice))
        if run.doubt_since is None and row.ledger_id is None:
            return skipped(hold, **_columns(invoice))
    if run.former_ledger is not None and row.accepted_hash is not None:
        return _posted_in_former_ledger(run, invoice)
    found = find_what_was_sent(run, _shipment(run, invoice, content, hold, run.sent_vouchers()))
    return found if found is not None else _post(run, invoice, content, hold)


def _fetch(run: TransferRun) -> Invoice | None:
    row = run.transfer
    if row.moment_id is not None:
        return run.moment.invoice(row.moment_id)
    return run.moment.invoice_by_number(int(row.number)) if row.number.isdecimal() else None


def _reason_to_stay(run: TransferRun, invoice: Invoice) -> SkipReason | None:
    """Why the invoice stays in Moment; None: it goes."""
    export = run.setup.export
    return reason_to_skip_invoice(
        invoice, switched_on=export.invoices, manual=run.transfer.manual, invoices_from=export.invoices_from
    )


def _columns(invoice: Invoice) -> dict[str, Any]:
    """Columns that lists show. A value that its column cannot hold is left out; the invoice's problem names it."""
    total = invoice.total if invoice.total.is_finite() and abs(invoice.total) < LARGEST_SHOWN else None
    return {
        "moment_version": fitting(invoice.version),
        "moment_id": invoice.moment_id,
        "total": total.quantize(ZERO) if total is not None else None,
        "currency": invoice.currency[:3],
        "customer_number": (invoice.customer or "")[:50] or None,
        "name": (invoice.customer_name or "")[:200] or None,
    }


def _post(run: TransferRun, invoice: Invoice, content: str, hold: SkipReason | None) -> Outcome:
    """Plan the invoice, send its master data first, and deliver its vouchers."""
    plan = _plan(run, invoice)
    columns = _columns(invoice)
    if plan.nothing_to_post and not plan.problems:
        return skipped(SkipReason.NOTHING_TO_POST, **columns)
    if plan.problems:
        return needs_attention(*plan.problems, **columns)
    ensure_master_data(run, invoice)
    return deliver(run, replace(_shipment(run, invoice, content, hold, plan.vouchers), locate=_locating(plan)))


def _shipment(
    run: TransferRun, invoice: Invoice, content: str, hold: SkipReason | None, vouchers: Sequence[Voucher]
) -> Shipment:
    return Shipment(
        vouchers=vouchers,
        external_id=external_id(run.setup, int(run.transfer.number)),
        columns=_columns(invoice),
        hold=hold,
        resend_master_data=lambda: send_master_data_again(run),
        locate=list,
        proven=lambda found: _mark_transferred(run, invoice, {**found, "accepted_hash": content}),
    )


def _locating(plan: PostingPlan) -> Callable[[Iterable[Problem]], Sequence[Problem]]:
    return lambda problems: [plan.locate(problem) for problem in problems]


def _posted_in_former_ledger(run: TransferRun, invoice: Invoice) -> Outcome:
    """The invoice is posted and proven in a ledger that the company has left: it is never sent to another."""
    row, columns = run.transfer, _columns(invoice)
    if invoice.export_status in (TRANSFERRED, DO_NOT_TRANSFER):
        return done(Verdict.UNCHANGED, **columns)
    if row.done_at is None:  # only Moment has not been told
        return _mark_transferred(run, invoice, columns)
    ledger = run.former_ledger.key if run.former_ledger is not None else ""
    facts = {"number": row.number, "ledger": ledger, "journal": str(row.journal_number or "")}
    return needs_attention(Problem("posted_in_former_ledger", run.subject, facts), **columns)


def _plan(run: TransferRun, invoice: Invoice) -> PostingPlan:
    """The plan by the chart as it is known; a plan with problems is made again by a chart read afresh."""
    plan = plan_invoice(invoice, rules_for(run.setup, run.platform.chart()))
    if plan.problems:
        plan = plan_invoice(invoice, rules_for(run.setup, run.platform.chart(fresh=True)))
    return plan


def _mark_transferred(run: TransferRun, invoice: Invoice, found: Mapping[str, Any]) -> Outcome:
    """The voucher is proven: set the invoice to "transferred" in Moment, and read Moment's answer."""
    if invoice.export_status == DO_NOT_TRANSFER:
        return done(**found)
    try:
        answer = run.moment.mark_transferred(invoice)
    except EdgeError as error:
        words = error.problems[0].said if error.problems else None
        problem = Problem("export_status_not_set", f"invoice {invoice.number}", {}, words)
        if not isinstance(error, Unavailable):
            return needs_attention(problem, **found)
        return Outcome(
            State.WAITING,
            Verdict.UNAVAILABLE,
            problems=(problem,),
            retry_after=error.retry_after,
            fields=dict(found),
        )
    return done(**{**found, "moment_version": fitting(answer.version)})
