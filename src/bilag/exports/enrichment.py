"""Add to a voucher what the journal lacks: the customer's name, its purpose and its exchange rate, from Moment or the report of
expenses.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q

from bilag.companies.setup import Setup
from bilag.expenses.models import ExpenseLine
from bilag.expenses.route import route_of
from bilag.exports.entries import KnownElsewhere
from bilag.posting.posted import Posted
from bilag.transfers.external_ids import external_id
from bilag.transfers.models import Attempt, Kind, Transfer


def known_elsewhere(setup: Setup, vouchers: Sequence[Posted]) -> dict[int, KnownElsewhere]:
    """Return what is known, by position in `vouchers`."""
    numbers = {place: _invoice_of(setup, one) for place, one in enumerate(vouchers)}
    invoices = _invoices(setup.company_id, {number for number in numbers.values() if number is not None})
    expenses = _expenses(setup, vouchers)
    found = {}
    for place, one in enumerate(vouchers):
        number = numbers[place]
        known = invoices.get(number) if number is not None else expenses.get((one.journal_number, one.number))
        if known is not None:
            found[place] = known
    return found


def names(company_id: int, kind: Kind, numbers: Iterable[str]) -> dict[str, str]:
    """Return names of customers (by number) or projects (by number and by value in the unit)."""
    wanted = set(numbers)
    rows = Transfer.objects.filter(
        Q(number__in=wanted) | Q(unit_value__in=wanted),
        company_id=company_id,
        source__left_at=None,
        kind=kind,
        name__isnull=False,
    )
    found: dict[str, str] = {}
    for number, value, name in rows.values_list("number", "unit_value", "name").iterator(chunk_size=1000):
        for key in (value, number):
            if key in wanted and name:
                found[key] = name
    return found


def customers(company_id: int, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the customers as Moment last returned them, by number, as far as the control trail has them."""
    transfers = list(Transfer.objects.filter(company_id=company_id, kind=Kind.CUSTOMER, number__in=numbers))
    rows = Attempt.objects.of(transfers).filter(source__isnull=False)
    newest = rows.order_by("transfer_id", "-pk").distinct("transfer_id").values_list("transfer__number", "source")
    return {number: dict(source or {}) for number, source in newest}


def _invoice_of(setup: Setup, one: Posted) -> int | None:
    """Return the invoice of the voucher, if Bilag sent it."""
    for number in (one.number, one.related_number):
        if number is not None and one.external_id == external_id(setup, number):
            return number
    return None


def _invoices(company_id: int, numbers: set[int]) -> dict[int, KnownElsewhere]:
    if not numbers:
        return {}
    wanted = [str(number) for number in numbers]
    transfers = {
        one.pk: one
        for one in Transfer.objects.filter(
            company_id=company_id, source__left_at=None, kind=Kind.INVOICE, number__in=wanted
        )
    }
    found = {one.number: KnownElsewhere(customer_name=one.name) for one in transfers.values()}
    read = Attempt.objects.of(transfers.values()).filter(source__isnull=False, verdict="done").order_by("pk")
    for pk, source in read.values_list("transfer_id", "source"):
        number, invoice = transfers[pk].number, dict(source or {})
        name, text = invoice.get("customer_name") or found[number].customer_name, invoice.get("description") or None
        found[number] = KnownElsewhere(name, text, _rate(invoice.get("exchange_rate")))
    return {int(number): known for number, known in found.items()}


def _rate(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _expenses(setup: Setup, vouchers: Sequence[Posted]) -> dict[tuple[int | None, int | None], KnownElsewhere]:
    journals = [one.journal_number for one in vouchers if one.external_id is None and one.journal_number is not None]
    if not journals:
        return {}
    lines = ExpenseLine.objects.filter(company_id=setup.company_id, ledger_key=route_of(setup).ledger_key)
    rows = lines.filter(journal__in=journals).order_by("-entry")
    return {
        (journal, number): KnownElsewhere(supplier or None, text or None)
        for journal, number, supplier, text in rows.values_list("journal", "voucher_number", "supplier", "text")
    }
