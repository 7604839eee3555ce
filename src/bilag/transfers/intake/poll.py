"""Poll Moment for changes that no webhook announced.

The window overlaps the previous one. An object is skipped if its transfer was settled at Moment's present version.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle, store
from bilag.companies.gateways import moment_for
from bilag.companies.setup import Setup
from bilag.events.models import Event
from bilag.events.record import EventName, record
from bilag.jobs import backoff
from bilag.jobs.defer import spread
from bilag.moment.changes import Change
from bilag.posting.problem import Problem
from bilag.posting.selection import TO_TRANSFER, oslo_date
from bilag.transfers import enqueue
from bilag.transfers.activation import pausing
from bilag.transfers.intake import accept
from bilag.transfers.models import MOMENT_KINDS, Kind, PollMark, State, Transfer
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable

log = structlog.get_logger(__name__)
OVERLAP = timedelta(hours=1)
CHUNK = 500
MOST_STOPPED = 50
"""So many invoices that need attention are read one by one in a poll, the newest first."""
SAME_FAILURE_AGAIN = timedelta(hours=1)
"""A failure that lasts is logged so often, not at each poll."""


@dataclass
class Polled:
    """The result of a poll: how many objects it looked at, and the ids of the transfers it requested, by kind."""

    seen: dict[str, int] = field(default_factory=dict)
    requested: dict[str, list[int]] = field(default_factory=dict)

    @property
    def transfer_ids(self) -> list[int]:
        return [pk for ids in self.requested.values() for pk in ids]


def poll(company_id: int, *, origin: str = "") -> Polled:
    """Poll Moment for changes since the last poll and accept them. Log the poll if it found something, failed, or was requested
    by a person (`origin`).

    Raises the edge's errors: `Misconfigured` at once, others after every kind was polled, because one broken list in Moment
    must not hold back the invoices.
    """
    try:
        polled = _poll(company_id)
    except EdgeError as error:
        problem = error.problems[0]
        if origin or not _logged_lately(company_id, problem):
            record(company_id, EventName.POLL_FAILED, origin=origin, good=False, problem=problem)
        raise
    if origin or polled.transfer_ids:
        found = {kind: f"{len(ids)}/{polled.seen[kind]}" for kind, ids in polled.requested.items()}
        customer, project, invoice = (found.get(kind, "") for kind in MOMENT_KINDS)
        record(company_id, EventName.POLL, origin=origin, customer=customer, project=project, invoice=invoice)
    return polled


def _logged_lately(company_id: int, problem: Problem) -> bool:
    """Return whether the last failure of a poll was the same and was logged within the hour."""
    since = timezone.now() - SAME_FAILURE_AGAIN
    lately = Event.objects.filter(company_id=company_id, name="poll_failed", at__gte=since).order_by("-at").first()
    return lately is not None and (lately.problem or {}).get("code") == problem.code


def _poll(company_id: int) -> Polled:
    """Poll each kind. Its mark moves only after its list was read to the end."""
    setup = store.load_setup(company_id)
    polled, first_error = Polled(), None
    for kind in kinds_polled(setup):
        try:
            _poll_kind(setup, kind, polled)
        except (Unavailable, Refused) as error:
            first_error = first_error or error
    if first_error is not None:
        raise first_error
    return polled


def poll_quietly(company_id: int, origin: str = "") -> None:
    """Poll as a job: an error is logged or pauses the company, and the next poll comes anyway."""
    setup = store.load_setup(company_id)
    if not setup.live or setup.paused is not None:
        return
    try:
        poll(company_id, origin=origin)
    except Misconfigured as error:
        with transaction.atomic():
            pausing.pause(setup, error.problems[0])
    except EdgeError as error:
        log.warning("poll.failed", company=setup.slug, problem=str(error))


def poll_all() -> None:
    """Enqueue a poll of each open company, each at its own moment of the interval."""
    interval = backoff.scaled(enqueue.POLL_EVERY)
    for company_id in lifecycle.open_companies():
        enqueue.ask_poll(company_id, spread(company_id, interval) if interval > timedelta(seconds=60) else None)


def poll_now() -> None:
    """Enqueue a poll of each open company, to run now."""
    for company_id in lifecycle.open_companies():
        enqueue.ask_poll(company_id)


def look(company_id: int, kind: str, moment_id: int) -> None:
    """Fetch an object whose hint has no number, and accept it under its number."""
    setup = store.load_setup(company_id)
    moment = moment_for(setup)
    try:
        match kind:
            case Kind.INVOICE:
                invoice = moment.invoice(moment_id)
                number = str(invoice.number) if invoice and invoice.finalized and invoice.number else None
            case Kind.CUSTOMER:
                customer = moment.customer(moment_id)
                number = customer.number if customer else None
            case _:
                project = moment.project(moment_id)
                number = project.number if project else None
    except EdgeError as error:
        log.warning("hint.lookup_failed", company=setup.slug, kind=kind, problem=str(error))
        enqueue.ask_poll(company_id)
        return
    if number is not None:
        accept.accept(company_id, [accept.TransferRequest(Kind(kind), number, moment_id)], cause="webhook")


def kinds_polled(setup: Setup) -> Iterator[Kind]:
    """Yield the kinds that the setup transfers."""
    if setup.export.customers:
        yield Kind.CUSTOMER
    if setup.export.projects and setup.dimensions.project is not None:
        yield Kind.PROJECT
    if setup.export.invoices:
        yield Kind.INVOICE


def _poll_kind(setup: Setup, kind: Kind, polled: Polled) -> None:
    mark, _ = PollMark.objects.get_or_create(company_id=setup.company_id, kind=kind)
    since = mark.modified_at - OVERLAP if mark.modified_at is not None else None
    newest, listed, ids = mark.modified_at, set[str](), []
    for chunk in _chunks(_changed(setup, kind, since)):
        ids += _accept_new(setup, kind, chunk)
        listed |= {seen.number for seen in chunk}
        newest = max([moment for moment in (newest, *(seen.modified_at for seen in chunk)) if moment], default=None)
    if kind == Kind.INVOICE:
        ids += _accept_decided(setup, listed)
    PollMark.objects.filter(pk=mark.pk).update(modified_at=newest, polled_at=timezone.now())
    polled.seen[kind], polled.requested[kind] = len(listed), ids


def _changed(setup: Setup, kind: Kind, since: datetime | None) -> Iterable[Change]:
    moment = moment_for(setup)
    match kind:
        case Kind.CUSTOMER:
            return moment.changed_customers(since)
        case Kind.PROJECT:
            return moment.changed_projects(since)
        case _:
            # By export status, not by the poll's mark: an invoice is listed until Moment says that it was transferred.
            first = setup.export.invoices_from
            return (seen for seen in moment.transferable_invoices(first) if is_automatic(setup, seen))


def is_automatic(setup: Setup, seen: Change) -> bool:
    """Return whether the invoice is finalised, to be transferred, and not from before the company's first day."""
    if not seen.finalized or seen.export_status != "toTransfer":
        return False
    first = setup.export.invoices_from
    return first is None or seen.finalized_at is None or oslo_date(seen.finalized_at) >= first


def _accept_new(setup: Setup, kind: Kind, chunk: list[Change]) -> list[int]:
    """Accept objects without a transfer, and objects whose transfer was settled at another version of Moment's, or as another
    object of the same number."""
    numbers = [seen.number for seen in chunk]
    rows = Transfer.objects.filter(source_id=setup.source_id, kind=kind, number__in=numbers)
    known = {row.number: row for row in rows.only("number", "moment_version", "moment_id", "problems")}
    wanted = [
        accept.TransferRequest(kind, seen.number, seen.moment_id, seen.version)
        for seen in chunk
        if not _was_settled(known.get(seen.number), seen)
    ]
    return accept.accept(setup.company_id, wanted, cause="poll")


def _accept_decided(setup: Setup, listed: Set[str]) -> list[int]:
    """Accept invoices that stopped and that a person has since set to another export status in Moment: the list of invoices to
    transfer (`listed`) has them no longer, and Moment may have sent no webhook."""
    stopped = Transfer.objects.filter(
        source_id=setup.source_id,
        kind=Kind.INVOICE,
        state=State.NEEDS_ATTENTION,
        export_status__isnull=False,
        moment_id__isnull=False,
        moment_version__isnull=False,
    )
    moment, wanted = moment_for(setup), []
    for row in stopped.exclude(number__in=listed).order_by("-id")[:MOST_STOPPED]:
        try:
            found = moment.invoice(row.moment_id) if row.moment_id is not None else None
        except Refused:  # it cannot be read: its own transfer reports that
            continue
        if (
            found is not None
            and str(found.number) == row.number
            and found.export_status not in (TO_TRANSFER, row.export_status)
        ):
            wanted.append(accept.TransferRequest(Kind.INVOICE, row.number, row.moment_id))
    return accept.accept(setup.company_id, wanted, cause="poll")


def _was_settled(row: Transfer | None, seen: Change) -> bool:
    """Return whether the transfer ended for this object at this version. A person is asked about an object only once."""
    if row is None or row.moment_version is None or row.moment_version != seen.version:
        return False
    asked = {str(problem.get("facts", {}).get("moment_id")) for problem in row.problems}
    return row.moment_id in (None, seen.moment_id) or str(seen.moment_id) in asked


def _chunks(items: Iterable[Change]) -> Iterator[list[Change]]:
    chunk: list[Change] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
