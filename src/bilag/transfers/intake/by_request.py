"""Transfers that a person asks for: by number, all, or since a date."""

from datetime import UTC, date, datetime, time

from django.db import transaction

from bilag.companies.gateways import moment_for
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record_numbers
from bilag.moment.changes import Seen
from bilag.transfers.intake import accept
from bilag.transfers.models import Kind, Transfer


def by_number(setup: Setup, kind: str, numbers: list[str], *, origin: str = "") -> list[int]:
    """Ask for these numbers: state filters and the first date of invoices do not count. Nothing is asked of Moment
    here; a number that it does not know is told by the transfer. `origin` is who asks."""
    unique = list(dict.fromkeys(numbers))
    wanted = [accept.TransferRequest(Kind(kind), number) for number in unique]
    return _accept(setup, kind, wanted, origin, manual=True)


def since(setup: Setup, kind: str, first: date | None, *, origin: str = "") -> list[int]:
    """Ask for all that changed on or after `first` (None = all): invoices that are to be transferred, whenever they
    were finalised; customers and projects in the states chosen. Raises the edge's errors."""
    moment = moment_for(setup)
    start = datetime.combine(first, time(), UTC) if first else None
    found: list[Seen]
    match Kind(kind):
        case Kind.CUSTOMER:
            found = list(moment.changed_customers(start))
        case Kind.PROJECT:
            found = list(moment.changed_projects(start))
        case _:
            listed = moment.transferable_invoices(first)
            found = [seen for seen in listed if seen.finalized and seen.export_status == "toTransfer"]
    wanted = [accept.TransferRequest(Kind(kind), seen.number, seen.moment_id) for seen in found]
    return _accept(setup, kind, wanted, origin, manual=kind == Kind.INVOICE)


def _accept(setup: Setup, kind: str, wanted: list[accept.TransferRequest], origin: str, *, manual: bool) -> list[int]:
    """Accept them, and log who asked."""
    with transaction.atomic():
        numbers = [one.number for one in wanted]
        record_numbers(setup.company_id, EventName.TRANSFERS_ASKED, numbers, origin=origin, kind=kind)
        return accept.accept(setup.company_id, wanted, manual=manual, cause=origin)


def retry_ids(company_id: int, transfer_ids: list[int], *, origin: str) -> int:
    """Try these again, as if asked for by hand; give how many of them are the company's."""
    rows = Transfer.objects.filter(company_id=company_id, pk__in=transfer_ids).values_list("kind", "number")
    by_kind: dict[str, list[str]] = {}
    for kind, number in rows.order_by("id"):
        by_kind.setdefault(kind, []).append(number)
    with transaction.atomic():
        for kind, numbers in by_kind.items():
            accept.retry(company_id, Kind(kind), numbers, origin=origin)
    return sum(map(len, by_kind.values()))
