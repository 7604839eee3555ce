"""An invoice that cannot be read completely: its readable fields identify it and its month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bilag.moment.changes import parse_time, whole_number
from bilag.moment.mapping import clean
from bilag.posting.problem import Problem
from bilag.posting.selection import oslo_date


@dataclass(frozen=True, slots=True)
class UnreadableInvoice:
    """An unreadable invoice, and why. `number` is None if unreadable. `day` is its date, else the day it was finalised, else
    None.
    """

    number: int | None
    problem: Problem
    invoice_date: date | None = None
    day: date | None = None
    customer: str | None = None
    customer_name: str | None = None


def unreadable_invoice(row: Mapping[str, Any], problem: Problem) -> UnreadableInvoice:
    """Read the readable fields of a row of Moment's list. Never raises."""
    issued, finalised = _day(row.get("issueDate")), parse_time(row.get("finalizedDate"))
    given = row.get("customer")
    customer: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    return UnreadableInvoice(
        number=_number(row.get("invoiceNumber")),
        problem=problem,
        invoice_date=issued,
        day=issued or (oslo_date(finalised) if finalised is not None else None),
        customer=_text(customer.get("customerNumber")),
        customer_name=_text(customer.get("name")),
    )


def name_of(row: Mapping[str, Any]) -> str:
    """Return the invoice of a row, as the subject of a problem: by its number, else by its id."""
    number = _number(row.get("invoiceNumber"))
    return f"invoice {number}" if number is not None else f"invoice id {whole_number(row.get('id')) or '?'}"


def _number(value: Any) -> int | None:
    """Return a number, also where it is given as text."""
    text = value.strip() if isinstance(value, str) else ""
    return whole_number(int(text) if text.isascii() and text.isdigit() and len(text) < 20 else value)


def _day(value: Any) -> date | None:
    """Return the day of an ISO date, or of an ISO time, which begins with its date."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return clean(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
