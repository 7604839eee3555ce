"""Request transfers for a person: by number, all, or since a date."""

import time
from datetime import date, datetime
from datetime import time as time_of_day

from django.db import transaction

from bilag.companies.gateways import moment_for
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record_numbers
from bilag.moment.changes import Change
from bilag.moment.client import MomentClient
from bilag.posting.selection import OSLO
from bilag.transfers.intake import accept
from bilag.transfers.models import Kind, Transfer
from bilag.wire.circuit_breaker import bypass_breaker
from bilag.wire.errors import EdgeError

LOOK_UP_FOR = 5.0
"""So many seconds at most are spent on looking numbers up, as somebody waits for the answer."""


class NotInMoment(Exception):
    """Moment does not have `numbers`, which somebody typed. Nothing was requested."""

    def __init__(self, kind: str, numbers: list[str]) -> None:
        super().__init__(f"Moment has no {kind} {', '.join(numbers)}")
        self.kind = kind
        self.numbers = numbers


def as_typed(setup: Setup, kind: str, numbers: list[str], *, origin: str) -> list[int]:
    """Request these numbers, as somebody typed them on a page, at a command line or in a request of the API. Return the ids of the
    transfers.

    Raises `NotInMoment` for a mistyped one, before anything is written: it is an answer to who typed it, and no transfer.
    """
    mistyped = not_in_moment(setup, kind, numbers)
    if mistyped:
        raise NotInMoment(kind, mistyped)
    return by_number(setup, kind, numbers, origin=origin)


def by_number(setup: Setup, kind: str, numbers: list[str], *, origin: str = "", as_known: bool = False) -> list[int]:
    """Request these numbers, ignoring state filters and the first day of invoices. `origin` is the person; `as_known` as in
    `accept`.

    It sends no request to Moment: a number that Moment does not have becomes a problem of the transfer.
    """
    unique = list(dict.fromkeys(numbers))
    requests = [accept.TransferRequest(Kind(kind), number) for number in unique]
    return _accept(setup, kind, requests, origin, manual=True, as_known=as_known)


def not_in_moment(setup: Setup, kind: str, numbers: list[str]) -> list[str]:
    """Return the numbers that neither Bilag nor Moment knows.

    Whatever Moment cannot answer now, or within `LOOK_UP_FOR`, counts as known: the transfer finds out.
    """
    known = set(
        Transfer.objects.filter(company_id=setup.company_id, kind=kind, number__in=numbers, moment_id__isnull=False)
        .filter(source__left_at=None)
        .values_list("number", flat=True)
    )
    moment, until = moment_for(setup), time.monotonic() + LOOK_UP_FOR
    unknown: list[str] = []
    with bypass_breaker():
        for number in dict.fromkeys(numbers):
            if number in known:
                continue
            try:
                if time.monotonic() >= until:
                    break
                if not _is_in_moment(moment, Kind(kind), number):
                    unknown.append(number)
            except EdgeError:
                break
    return unknown


def _is_in_moment(moment: MomentClient, kind: Kind, number: str) -> bool:
    match kind:
        case Kind.CUSTOMER:
            return moment.customer_id(number) is not None
        case Kind.PROJECT:
            return moment.project_id(number) is not None
        case _:
            return moment.invoice_by_number(int(number)) is not None


def since(setup: Setup, kind: str, first: date | None, *, origin: str = "") -> list[int]:
    """Request everything that changed on or after `first`, a day in Oslo (None = all): customers and projects in the chosen
    states, and invoices to be transferred, whenever they were finalised. Raises the edge's errors.
    """
    moment = moment_for(setup)
    start = datetime.combine(first, time_of_day(), OSLO) if first else None
    found: list[Change]
    match Kind(kind):
        case Kind.CUSTOMER:
            found = list(moment.changed_customers(start))
        case Kind.PROJECT:
            found = list(moment.changed_projects(start))
        case _:
            listed = moment.transferable_invoices(first)
            found = [seen for seen in listed if _is_since(seen, start)]
    requests = [accept.TransferRequest(Kind(kind), seen.number, seen.moment_id) for seen in found]
    return _accept(setup, kind, requests, origin, manual=kind == Kind.INVOICE, as_known=True)


def _is_since(seen: Change, start: datetime | None) -> bool:
    """Return whether the invoice was changed at or after `start`. The list begins a day early, because its days are not Oslo's."""
    return start is None or seen.modified_at is None or seen.modified_at >= start


def _accept(
    setup: Setup,
    kind: str,
    requests: list[accept.TransferRequest],
    origin: str,
    *,
    manual: bool,
    as_known: bool = False,
) -> list[int]:
    """Accept the requests, and log who made them."""
    with transaction.atomic():
        numbers = [one.number for one in requests]
        record_numbers(setup.company_id, EventName.TRANSFERS_ASKED, numbers, origin=origin, kind=kind)
        return accept.accept(setup.company_id, requests, manual=manual, cause=origin, as_known=as_known)


def retry_ids(company_id: int, transfer_ids: list[int], *, origin: str) -> int:
    """Request these transfers again, as a manual request; return how many of them are the company's."""
    rows = Transfer.objects.filter(company_id=company_id, source__left_at=None, pk__in=transfer_ids).values_list(
        "kind", "number"
    )
    by_kind: dict[str, list[str]] = {}
    for kind, number in rows.order_by("id"):
        by_kind.setdefault(kind, []).append(number)
    with transaction.atomic():
        for kind, numbers in sorted(by_kind.items()):  # rows are locked by kind and number
            accept.retry(company_id, Kind(kind), numbers, origin=origin)
    return sum(map(len, by_kind.values()))
