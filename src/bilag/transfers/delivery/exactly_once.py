"""Post vouchers exactly once: look them up, post them if they are absent, read them back, compare them with the plan.

For documents that cannot simply be sent again: invoices, and accrued income. No ledger behind the hub refuses a reused voucher
number, so the guarantee is made here (DESIGN, "Exactly once"): the external id is computed, the intent is committed before the
request, a lost answer is followed by a look-up and never by a blind second request, and nothing counts as posted before the
journal has been read back and equals the plan.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from bilag.companies import who
from bilag.jobs import backoff
from bilag.platforms.base import PostingState, PostingStatus
from bilag.posting.problem import Problem
from bilag.posting.read_back import batch_differences, may_be_accepted
from bilag.posting.selection import SkipReason
from bilag.posting.voucher import Voucher
from bilag.transfers.delivery.outcome import Outcome, doubtful, needs_attention, of_error, skipped
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.in_accounting import OURS_WITH_OTHER_CONTENT
from bilag.transfers.intake import ahead
from bilag.transfers.ledger_ahead import How
from bilag.transfers.models import State, Verdict
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable

GONE_FROM_ACCOUNTING = {"customer_unknown", "org_unit_unknown", "org_unit_closed"}
"""Refusals that sending the master data again can fix: somebody removed or closed it in accounting."""
SHORTEST_LOOK = timedelta(seconds=0.1)
NOWHERE: Mapping[str, Any] = {"ledger_id": None, "voucher_number": None, "journal_number": None, "accepted_hash": None}
"""The columns of a transfer that surely is in no ledger."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """The vouchers of one document, and what its kind does with the answers.

    `vouchers`: the plan's vouchers, the document's own first. `columns`: columns of the transfer's row, set with the intent and
    whatever the outcome, to describe what a later try may find in the journal.

    `hold`: why the vouchers must not be posted now; they may have been sent earlier, so they are only looked up. None: post.
    """

    vouchers: Sequence[Voucher]
    external_id: str
    columns: Mapping[str, Any]
    hold: SkipReason | None
    resend_master_data: Callable[[], None]
    """Sends customer, projects and departments again. Raises as the platform does."""
    locate: Callable[[Iterable[Problem]], Sequence[Problem]]
    """Turns problems of an entry or a voucher into problems of the document's lines."""
    proven: Callable[[Mapping[str, Any]], Outcome]
    """Ends the transfer once the journal is proven to equal the plan; takes the columns found in the journal."""
    shows_voucher_number: bool = True
    """Whether the voucher's number is the document's own, and shown as such."""
    as_sent: bool = False
    """Whether the vouchers are those that an earlier try sent, and not a plan by today's setup."""


def deliver(run: TransferRun, shipment: Shipment) -> Outcome:
    """Commit the intent, then bring the vouchers to the journal from whatever state they are in.

    Raises `Refused` for a collision of unit values; every other error of the platform becomes an outcome. In doubt, the intent
    is committed only when the vouchers are known to be absent: a look-up alone is no attempt.
    """
    stood = run.transfer.ledger_id
    if run.doubt_since is None:
        run.begin(shipment.vouchers, **shipment.columns)
    try:
        status = find_or_post(run, shipment)
    except Refused as refused:
        run.doubt_since = None
        return needs_attention(*shipment.locate(refused.problems), **{**shipment.columns, **NOWHERE})
    except EdgeError as error:
        outcome = of_error(error, sent=isinstance(error, Unavailable), look_in=backoff.scaled(backoff.LOOK_AGAIN))
        return outcome if run.posting or outcome.sent_in_doubt else replace(outcome, fields={"ledger_id": stood})
    if shipment.hold is not None and _is_nowhere(run, status):
        run.doubt_since = None
        return skipped(shipment.hold, **{**shipment.columns, **NOWHERE})
    return conclude(run, shipment, status)


def find_what_was_sent(run: TransferRun, shipment: Shipment) -> Outcome | None:
    """Look up what an earlier try sent, before applying today's chart, periods and filters; None if no ledger has any of it.

    `shipment.vouchers` are the vouchers that were sent; none if no attempt kept them. Nothing is posted in a former ledger:
    what is found there is proven, and what may be there but is not found needs attention. Raises the errors of the platform.
    """
    if run.transfer.ledger_id is None:
        return None
    platform = run.platform if run.former_ledger is None else run.former_platform
    if platform is None or not shipment.vouchers:
        return None if run.former_ledger is None else _of_former_ledger(run, "former_ledger_unknown", shipment)
    status = platform.find_voucher(shipment.vouchers[0], shipment.external_id)
    if status.state in (PostingState.POSTED, PostingState.IN_PROGRESS):
        if status.posted is not None:  # a look-up that proves nothing is no attempt
            run.begin(() if run.former_ledger is not None else shipment.vouchers)
        return conclude(run, replace(shipment, as_sent=True), status)
    if status.state == PostingState.ABSENT and may_still_arrive(run):
        return conclude(run, shipment, status)
    if run.former_ledger is None:
        return None
    if status.state in (PostingState.CREATED, PostingState.FAILED):
        return _of_former_ledger(run, "former_ledger_unposted", shipment)
    run.former_ledger, run.transfer.ledger_id, run.doubt_since = None, None, None
    return None


def _of_former_ledger(run: TransferRun, code: str, shipment: Shipment) -> Outcome:
    """Return the outcome that asks a person about a ledger that the company has left."""
    ledger = run.former_ledger
    facts = {"ledger": ledger.key if ledger is not None else "", "number": run.transfer.number}
    return needs_attention(Problem(code, run.subject, facts), **shipment.columns)


def find_or_post(run: TransferRun, shipment: Shipment) -> PostingStatus:
    """Look the vouchers up, and post them if they are surely absent and not on hold. Raises as the platform does.

    A refusal because master data is gone from accounting is followed by sending that data again and one more try. Nothing is
    posted to a client that has become another organisation.
    """
    vouchers, external_id = shipment.vouchers, shipment.external_id
    status = run.platform.find_voucher(vouchers[0], external_id, thorough=not run.first_attempt)
    if status.state in (PostingState.POSTED, PostingState.IN_PROGRESS, PostingState.CONFLICT):
        _notice_forgotten(run, status)
        return status
    if shipment.hold is not None or (status.state == PostingState.ABSENT and may_still_arrive(run)):
        return status
    stranger = who.replaced_client(run.setup, run.platform.chart(), run.parties)
    if stranger is not None:
        raise Misconfigured([stranger])
    run.begin(vouchers, **shipment.columns)
    run.posting = True
    try:
        status = run.platform.post_voucher(vouchers, external_id)
    except Refused as refused:
        if not GONE_FROM_ACCOUNTING & {problem.code for problem in refused.problems}:
            raise
        shipment.resend_master_data()
        status = run.platform.post_voucher(vouchers, external_id)
    if status.state == PostingState.CONFLICT:
        _notice_forgotten(run, status)
    return status


def _notice_forgotten(run: TransferRun, status: PostingStatus) -> None:
    """Notice that accounting has vouchers with our external id that the database never sent: it was restored from a backup."""
    ours = status.state != PostingState.CONFLICT or any(one.code == OURS_WITH_OTHER_CONTENT for one in status.problems)
    if run.first_attempt and ours:
        ahead.notice(run.setup, [run.subject], How.SEND)


def _is_nowhere(run: TransferRun, status: PostingStatus) -> bool:
    """Return whether the ledger surely has none of the vouchers: they never arrived, or were refused."""
    return status.state == PostingState.FAILED or (status.state == PostingState.ABSENT and not may_still_arrive(run))


def may_still_arrive(run: TransferRun) -> bool:
    """Return whether a request with a lost answer may still be running, so that its absence proves nothing yet."""
    return run.doubt_since is not None and timezone.now() < run.doubt_since + backoff.scaled(backoff.DOUBT)


def conclude(run: TransferRun, shipment: Shipment, status: PostingStatus) -> Outcome:
    """Return the outcome for the vouchers' present place."""
    columns = shipment.columns
    look_again = backoff.scaled(backoff.LOOK_AGAIN)
    match status.state:
        case PostingState.POSTED if status.posted is not None:
            return _prove(run, shipment, status)
        case PostingState.POSTED:  # it has a journal number, but cannot be read yet
            new_doubt = run.doubt_since is None
            return doubtful(look_again, sent=new_doubt, **{**columns, "journal_number": status.journal_number})
        case PostingState.CONFLICT:  # a voucher that is not ours has the number, or ours has other content
            run.doubt_since = None
            problems = status.problems or (Problem("voucher_number_taken", run.subject),)
            ours = any(problem.code == OURS_WITH_OTHER_CONTENT for problem in problems)
            return needs_attention(*shipment.locate(problems), **{**columns, **({} if ours else NOWHERE)})
        case PostingState.FAILED:
            run.doubt_since = None
            problems = status.problems or (Problem("voucher_number_taken", run.subject),)
            return needs_attention(*shipment.locate(problems), **columns)
        case PostingState.ABSENT:
            assert run.doubt_since is not None  # noqa: S101 - otherwise find_or_post had posted it
            left = run.doubt_since + backoff.scaled(backoff.DOUBT) - timezone.now()
            return doubtful(max(left, SHORTEST_LOOK), *status.problems, **columns)
        case PostingState.CREATED if shipment.hold is not None:
            return needs_attention(Problem("stored_not_posted", run.subject, _batch_facts(status)), **columns)
        case PostingState.CREATED:
            return Outcome(State.WAITING, Verdict.CREATED, problems=status.problems, fields=dict(columns))
        case PostingState.IN_PROGRESS:
            return doubtful(look_again, *status.problems, sent=run.doubt_since is None, **columns)


def _batch_facts(status: PostingStatus) -> dict[str, str]:
    return {"batch": str(status.batch_number)} if status.batch_number is not None else {}


def _prove(run: TransferRun, shipment: Shipment, status: PostingStatus) -> Outcome:
    """Compare the vouchers that were read back with the plan; only equal ones are proven."""
    posted = status.posted
    assert posted is not None  # noqa: S101 - asked by the caller
    run.doubt_since = None
    found = {**shipment.columns, "journal_number": posted.journal_number or status.journal_number}
    if shipment.shows_voucher_number:
        found["voucher_number"] = posted.number
    chart = (run.former_platform or run.platform).chart()
    first_proof = run.transfer.accepted_hash is None
    as_sent = run.posting or shipment.as_sent  # today's plan has today's form of texts and names of accounts
    texts = first_proof and as_sent
    differences = batch_differences(shipment.vouchers, posted, status.others, chart, texts=texts)
    accepted = shipment.hold is SkipReason.ALREADY_TRANSFERRED and may_be_accepted(differences)
    if differences and not accepted:
        return needs_attention(*shipment.locate(differences), verdict=Verdict.DIFFERS, **found)
    return shipment.proven(found)
