"""Deliver an invoice: plan it, post it exactly once, and set it to "transferred" in Moment."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from pydantic import TypeAdapter, ValidationError

from bilag.posting.invoice import Invoice
from bilag.posting.lookup import lookup_voucher
from bilag.posting.plan import PostingPlan, plan_invoice
from bilag.posting.problem import Problem
from bilag.posting.selection import DO_NOT_TRANSFER, TRANSFERRED, SkipReason, oslo_date, reason_to_skip_invoice
from bilag.posting.standing import still_standing
from bilag.posting.voucher import INVOICE_KINDS, ZERO, Voucher
from bilag.transfers import documents
from bilag.transfers.canonical_json import fitting
from bilag.transfers.confirmed_rates import rules_of_invoice
from bilag.transfers.delivery.changed_after_posting import change_after_posting, change_between
from bilag.transfers.delivery.content import content_hash
from bilag.transfers.delivery.exactly_once import NOWHERE, Shipment, deliver, find_what_was_sent
from bilag.transfers.delivery.not_found import Found, find, missing, not_found
from bilag.transfers.delivery.outcome import Blocked, Outcome, done, held_up, needs_attention, skipped
from bilag.transfers.delivery.prerequisites import ensure_credited_invoice, ensure_master_data, send_master_data_again
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.external_ids import external_id
from bilag.transfers.in_accounting import may_be_in_accounting
from bilag.transfers.models import Attempt, State, Verdict
from bilag.transfers.rules import rules_for
from bilag.wire.errors import EdgeError, Misconfigured, Unavailable

LARGEST_SHOWN = 10**15
LATE = timedelta(minutes=1)
"""If the first try of a manual request reads the invoice later than this, it cannot know what was changed in between."""
INVOICES = TypeAdapter(Invoice)
UNIT_NOT_USED = "org_unit_not_used"
"""The problem of every invoice, once a unit that the setup names is not in use."""


def send(run: TransferRun) -> Outcome:
    """Deliver the invoice, from whatever state it is in."""
    row = run.transfer
    named = find(run, run.moment.invoice, lambda number: _by_number(run, number))
    if named.source is None:
        return _look_without_moment(run, named)
    invoice = named.source
    run.saw(invoice)
    content = content_hash(invoice)
    if row.accepted_hash is not None and row.accepted_hash != content:
        change = change_after_posting(run, invoice)
        settled = invoice.export_status == DO_NOT_TRANSFER  # a person decided that nothing more is to be done
        if change is not None and not settled:
            return needs_attention(change)
    hold = _reason_to_stay(run, invoice)
    if hold is not None:
        decided = invoice.export_status in (TRANSFERRED, DO_NOT_TRANSFER)
        if row.accepted_hash is not None and (decided or run.former_ledger is None):
            return done(Verdict.UNCHANGED, **_columns(invoice))  # it is posted, whatever people decided since
        if run.doubt_since is None and not may_be_in_accounting(row):
            return skipped(hold, **_columns(invoice))
    if run.former_ledger is not None and row.accepted_hash is not None:
        return _posted_in_former_ledger(run, invoice)
    sent = run.sent_vouchers()
    earlier = find_what_was_sent(run, _shipment(run, invoice, content, hold, sent))
    if earlier is None:
        return _post(run, invoice, content, hold)
    if (
        hold is SkipReason.DO_NOT_TRANSFER
        and earlier.verdict == Verdict.DIFFERS
        and _is_reversed(run, sent[0], earlier)
    ):
        return skipped(hold, **{**earlier.fields, **NOWHERE})
    return earlier


def _by_number(run: TransferRun, number: str) -> Invoice | None:
    return run.moment.invoice_by_number(int(number)) if number.isascii() and number.isdecimal() else None


def _reason_to_stay(run: TransferRun, invoice: Invoice) -> SkipReason | None:
    """Return why the invoice is not transferred; None if it is."""
    export = run.setup.export
    return reason_to_skip_invoice(
        invoice, switched_on=export.invoices, manual=_is_by_hand(run, invoice), invoices_from=export.invoices_from
    )


def _is_by_hand(run: TransferRun, invoice: Invoice) -> bool:
    """Return whether a manual request still applies to this try. It does not if a person set the invoice to "transferred" after
    the request, or without the requester's knowledge.
    """
    row = run.transfer
    if not row.manual or invoice.export_status != TRANSFERRED:
        return row.manual
    if row.export_status is not None:
        return row.export_status == TRANSFERRED
    if row.manual_at is None or invoice.modified_at is None or run.began_at - row.manual_at <= LATE:
        return True
    return invoice.modified_at <= row.manual_at


def _look_without_moment(run: TransferRun, found: Found[Invoice]) -> Outcome:
    """Handle an invoice that Moment no longer has: if accounting may have it, look its voucher up as sent; then a person
    decides.
    """
    outcome = not_found(run, found.other)
    vouchers = _as_last_sent(run) if may_be_in_accounting(run.transfer) else ()
    if not vouchers:
        return outcome
    posted = Problem("posted_not_in_moment", run.subject, {"number": run.transfer.number})
    shipment = Shipment(
        vouchers=vouchers,
        external_id=external_id(run.setup, int(run.transfer.number)),
        columns={},
        hold=SkipReason.NOT_IN_MOMENT,
        resend_master_data=lambda: None,
        locate=list,
        proven=lambda columns: needs_attention(posted, **columns),
    )
    looked = find_what_was_sent(run, shipment)
    if looked is None and may_be_in_accounting(run.transfer):
        looked = deliver(run, shipment)
    if looked is None or looked.state == State.SKIPPED or _is_reversed(run, vouchers[0], looked):
        fields = {**outcome.fields, **(looked.fields if looked is not None else {}), **NOWHERE}
        return needs_attention(missing(run), **fields)
    if looked.verdict == Verdict.DIFFERS:
        return replace(looked, problems=(posted, *looked.problems))
    return looked


def _is_reversed(run: TransferRun, voucher: Voucher, looked: Outcome) -> bool:
    """Return whether our voucher is in the journal but was reversed."""
    if looked.fields.get("journal_number") is None:
        return False
    until = oslo_date(timezone.now())
    platform = run.former_platform or run.platform
    journal = platform.list_vouchers(voucher.voucher_date, max(until, voucher.voucher_date))
    same = [one for one in journal if one.number == voucher.number and one.kind in INVOICE_KINDS]
    ours = external_id(run.setup, voucher.number)
    return all(one.external_id != ours for one in still_standing(same))


def _as_last_sent(run: TransferRun) -> tuple[Voucher, ...]:
    """Return the vouchers that a try last sent, or those of the invoice as it was then; none if no attempt kept either."""
    sent = run.sent_vouchers()
    read = Attempt.objects.of([run.transfer]).filter(source__isnull=False).order_by("-pk")
    kept = read.values_list("source", flat=True).first()
    if sent or kept is None:
        return sent
    try:
        return plan_invoice(INVOICES.validate_python(kept), rules_for(run.setup, None)).vouchers
    except ValidationError:  # stored by an earlier version of Bilag, with other fields
        return ()


def _columns(invoice: Invoice) -> dict[str, Any]:
    """Return the columns that lists show. A value that does not fit its column is left out; the invoice's problem names it."""
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
        if run.doubt_since is None and not may_be_in_accounting(run.transfer):
            return skipped(SkipReason.NOTHING_TO_POST, **columns)
        was_sent = run.sent_vouchers() or (lookup_voucher(invoice),)  # an earlier try sent it, with amounts
        return deliver(run, _shipment(run, invoice, content, hold or SkipReason.NOTHING_TO_POST, was_sent))
    if plan.problems:
        if all(problem.code == UNIT_NOT_USED for problem in plan.problems):
            raise Misconfigured([_of_setup(run, problem) for problem in plan.problems])
        return needs_attention(*plan.problems, **columns)
    if hold is None:
        try:
            ensure_credited_invoice(run, invoice)
            ensure_master_data(run, invoice)
        except Blocked as blocked:
            return held_up(blocked, **columns)
    shipment = _shipment(run, invoice, content, hold, plan.vouchers)
    return deliver(run, replace(shipment, locate=lambda problems: [plan.locate(problem) for problem in problems]))


def _of_setup(run: TransferRun, problem: Problem) -> Problem:
    """Return the problem of a unit as one of the setup, which names the unit: the company waits until its setup is corrected."""
    is_project = problem.facts.get("unit") == str(run.setup.dimensions.project)
    return replace(problem, subject=f"setup dimensions.{'project' if is_project else 'department'}")


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
        proven=lambda found: _proven(run, invoice, {**found, "accepted_hash": content}),
    )


def _proven(run: TransferRun, invoice: Invoice, found: Mapping[str, Any]) -> Outcome:
    """Record that the voucher is posted as planned. A separate job attaches its document."""
    if run.former_ledger is None:
        documents.want(run.setup, run.transfer, run.platform)
    return _mark_transferred(run, invoice, found)


def _posted_in_former_ledger(run: TransferRun, invoice: Invoice) -> Outcome:
    """Return the outcome of an invoice that is posted and proven in a former ledger: it is never sent to another."""
    row, columns = run.transfer, _columns(invoice)
    if invoice.export_status in (TRANSFERRED, DO_NOT_TRANSFER):
        return done(Verdict.UNCHANGED, **columns)
    if row.done_at is None:  # only the mark in Moment is missing
        return _mark_transferred(run, invoice, columns)
    ledger = run.former_ledger.key if run.former_ledger is not None else ""
    facts = {"number": row.number, "ledger": ledger, "journal": str(row.journal_number or "")}
    return needs_attention(Problem("posted_in_former_ledger", run.subject, facts), **columns)


def _plan(run: TransferRun, invoice: Invoice) -> PostingPlan:
    """Plan by the cached chart; if the plan has problems, plan again by a fresh chart."""
    plan = plan_invoice(invoice, rules_of_invoice(run.setup, run.platform.chart(), invoice))
    if plan.problems:
        plan = plan_invoice(invoice, rules_of_invoice(run.setup, run.platform.chart(fresh=True), invoice))
    return plan


def _mark_transferred(run: TransferRun, invoice: Invoice, found: Mapping[str, Any]) -> Outcome:
    """Set the proven invoice to "transferred" in Moment, and read Moment's answer.

    An invoice that changed meanwhile is compared with the posted one before it is marked.
    """
    content = content_hash(invoice)
    try:
        after = run.moment.mark_transferred(invoice, lambda now: content_hash(now) == content)
    except Misconfigured as error:
        return Outcome(State.QUEUED, Verdict.MISCONFIGURED, problems=error.problems, fields=dict(found))
    except EdgeError as error:
        return _not_marked(invoice, found, error)
    if after.export_status in (TRANSFERRED, DO_NOT_TRANSFER):
        return done(**{**found, "moment_version": fitting(after.version), "export_status": after.export_status})
    change = change_between(invoice, after)
    if change is not None:
        return needs_attention(change, **found)
    return _not_marked(invoice, found, None)


def _not_marked(invoice: Invoice, found: Mapping[str, Any], error: EdgeError | None) -> Outcome:
    """Moment did not set the status: tried again later, unless Moment refused it."""
    words = error.problems[0].said if error is not None and error.problems else None
    if error is not None and not isinstance(error, Unavailable):
        refused = Problem("export_status_refused", f"invoice {invoice.number}", {}, words)
        return needs_attention(refused, **found)
    return Outcome(
        State.WAITING,
        Verdict.UNAVAILABLE,
        problems=(Problem("export_status_not_set", f"invoice {invoice.number}", {}, words),),
        retry_after=error.retry_after if isinstance(error, Unavailable) else None,
        fields=dict(found),
    )
