"""Accept requests for transfers: the transfer's row and its job are committed together or not at all.

A hint of a change in Moment is not trusted: it only says where to look. The transfer fetches the object itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from bilag.companies import store
from bilag.companies.models import Source
from bilag.events.record import EventName, record_numbers
from bilag.transfers import enqueue, tracing
from bilag.transfers.intake.release import closed_with
from bilag.transfers.intake.write_requests import Key, Written, gathered, write_requests
from bilag.transfers.models import Kind, State, Transfer
from bilag.wire import spans

LONGEST_CAUSE = 300


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """One object to be transferred."""

    kind: Kind
    number: str
    moment_id: int | None = None
    """Where the hint says that the object is. Bilag believes it only if the object found there has the number."""

    version: int | None = None
    """Moment's version of it, if a list gave it: the poll skips an object that it requested at this version."""

    came: int = 0
    """When its webhook came, by `spans.clock`; 0: no webhook, or no spans."""

    @property
    def key(self) -> tuple[str, str]:
        """Kind and number, which name the transfer within its company."""
        return str(self.kind), self.number


def accept(
    company_id: int,
    requests: Iterable[TransferRequest],
    *,
    manual: bool = False,
    cause: str = "",
    as_known: bool = False,
) -> list[int]:
    """Create or refresh the transfer of each object and enqueue its job. Return the transfers' ids in order.

    `cause` is shown to people: webhook, poll, reconciliation, or the person who requested it. A transfer that is queued or
    running is only marked, so that many hints coalesce. A hint does not touch transfers that need a person: excluded ones, and
    those that were given up.

    A `manual` request tries a waiting transfer now, lifts an exclusion, and restarts the time after which a transfer is given
    up. With `as_known`, the person requested what Bilag shows, which does not override an export status "transferred" that
    Bilag has not read yet. A manual request for one of an invoice and credit note that were closed as a pair reopens both: its
    counterpart's id is added at the end.
    """
    asked = list(requests)
    asked += _closed_with(company_id, asked) if manual else []
    cause = cause or ("by hand" if manual else "")
    return accept_of_many({company_id: asked}, manual=manual, cause=cause, as_known=as_known)[company_id]


def accept_of_many(
    requests: Mapping[int, Sequence[TransferRequest]], *, manual: bool = False, cause: str = "", as_known: bool = False
) -> dict[int, list[int]]:
    """Accept requests of several companies, by company, in one transaction: two statements, however many there are.

    Returns the transfers' ids by company, in order. Raises `Source.DoesNotExist` for a company that has no present source.
    """
    asked = gathered(
        ((company, *one.key), one.moment_id, one.version) for company, some in requests.items() for one in some
    )
    with transaction.atomic(savepoint=False):
        now = timezone.now()
        written = write_requests(asked, now, manual=manual, as_known=as_known, cause=cause[:LONGEST_CAUSE])
        if len(written) != len(asked):
            raise Source.DoesNotExist(f"no present source: {sorted({one.key[0] for one in asked})}")
        due: dict[int, list[int]] = {}
        for one in asked:
            if written[one.key].needs_job:
                due.setdefault(one.key[0], []).append(written[one.key].pk)
        enqueue.wake_lists(due.values())
        if spans.is_on():
            tracing.accepted(_for_tracing(requests, written), cause, now)
    return {company: [written[company, *one.key].pk for one in some] for company, some in requests.items()}


def _for_tracing(
    requests: Mapping[int, Sequence[TransferRequest]], written: Mapping[Key, Written]
) -> list[tracing.Accepted]:
    """Return each request in the form that its span needs."""
    return [
        tracing.Accepted(
            found.pk, found.requested_at, company=company, kind=str(one.kind), number=one.number, came=one.came
        )
        for company, some in requests.items()
        for one in some
        for found in [written[company, *one.key]]
    ]


def retry(
    company_id: int, kind: Kind | None = None, numbers: Iterable[str] | None = None, *, origin: str = ""
) -> list[int]:
    """Request transfers again, as a manual request. Return their ids.

    Without numbers: all of the company (of the kind) that need attention, wait or are in doubt.
    """
    rows = Transfer.objects.filter(company_id=company_id, source__left_at=None)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if numbers is not None:
        rows = rows.filter(number__in=list(numbers))
    else:
        rows = rows.filter(state__in=[State.NEEDS_ATTENTION, State.WAITING, State.IN_DOUBT])
    requests = [
        TransferRequest(Kind(kind), number, moment_id)
        for kind, number, moment_id in rows.order_by("id").values_list("kind", "number", "moment_id")
    ]
    cause = f"tried again by {origin}" if origin else "by hand"
    with transaction.atomic():
        record_numbers(company_id, EventName.RETRIED, [one.number for one in requests], origin=origin, kind=kind or "")
        return accept(company_id, requests, manual=True, cause=cause, as_known=True)


def _closed_with(company_id: int, asked: Sequence[TransferRequest]) -> list[TransferRequest]:
    numbers = [one.number for one in asked if one.kind == Kind.INVOICE]
    rows = closed_with(store.source_of(company_id), numbers) if numbers else []
    return [TransferRequest(Kind.INVOICE, row.number, row.moment_id) for row in rows]
