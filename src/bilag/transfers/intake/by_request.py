"""Request transfers for a person: by number, all, or since a date."""

from datetime import UTC, date, datetime, time

from django.db import transaction

from bilag.companies.gateways import moment_for
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record_numbers
from bilag.moment.changes import Change
from bilag.transfers.intake import accept
from bilag.transfers.models import Kind, Transfer


def by_number(setup: Setup, kind: str, numbers: list[str], *, origin: str = "") -> list[int]:
    """Request these numbers; state filters and the first date of invoices do not count. `origin` is the person.

    Moment is not asked here: a number that it does not have becomes a problem of the transfer.
    """
    unique = list(dict.fromkeys(numbers))
    requests = [accept.TransferRequest(Kind(kind), number) for number in unique]
    return _accept(setup, kind, requests, origin, manual=True)


def since(setup: Setup, kind: str, first: date | None, *, origin: str = "") -> list[int]:
    """Request everything that changed on or after `first` (None = all): customers and projects in the chosen states, and invoices
    to be transferred, whenever they were finalised. Raises the edge's errors.
    """
    moment = moment_for(setup)
    start = datetime.combine(first, time(), UTC) if first else None
    found: list[Change]
    match Kind(kind):
        case Kind.CUSTOMER:
            found = list(moment.changed_customers(start))
        case Kind.PROJECT:
            found = list(moment.changed_projects(start))
        case _:
            listed = moment.transferable_invoices(first)
            found = [seen for seen in listed if seen.finalized and seen.export_status == "toTransfer"]
    requests = [accept.TransferRequest(Kind(kind), seen.number, seen.moment_id) for seen in found]
    return _accept(setup, kind, requests, origin, manual=kind == Kind.INVOICE)


def _accept(setup: Setup, kind: str, requests: list[accept.TransferRequest], origin: str, *, manual: bool) -> list[int]:
    """Accept the requests, and log who asked."""
    with transaction.atomic():
        numbers = [one.number for one in requests]
        record_numbers(setup.company_id, EventName.TRANSFERS_ASKED, numbers, origin=origin, kind=kind)
        return accept.accept(setup.company_id, requests, manual=manual, cause=origin)


def retry_ids(company_id: int, transfer_ids: list[int], *, origin: str) -> int:
    """Request these transfers again, as a manual request; return how many of them are the company's."""
    rows = Transfer.objects.filter(company_id=company_id, source__left_at=None, pk__in=transfer_ids).values_list(
        "kind", "number"
    )
    by_kind: dict[str, list[str]] = {}
    for kind, number in rows.order_by("id"):
        by_kind.setdefault(kind, []).append(number)
    with transaction.atomic():
        for kind, numbers in by_kind.items():
            accept.retry(company_id, Kind(kind), numbers, origin=origin)
    return sum(map(len, by_kind.values()))
