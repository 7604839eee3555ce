"""The documents that a cause affects, as an email shows them: customer, amount and due date of the newest, and the sums of all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from bilag.companies.setup import Setup
from bilag.expenses import queries as expenses
from bilag.expenses.models import ExpenseLine
from bilag.notifications.models import OpenCause
from bilag.posting.rules import DEFAULT_CURRENCY
from bilag.reconciliation.actions import newest_by_month
from bilag.reconciliation.models import NO_LONGER_POSTED, Finding
from bilag.transfers.models import Attempt, Kind, Transfer
from bilag.transfers.queries.causes import of_cause

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its subject ("invoice 5307"), and its known details."""

    subject: str
    name: str = ""
    """The customer, the supplier, or the name of what it is."""
    amount: Decimal | None = None
    currency: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Affected:
    """The newest documents, their count and kind (None: several kinds), and their sums by currency."""

    documents: tuple[Document, ...] = ()
    count: int = 0
    kind: str | None = None
    sums: tuple[tuple[str, Decimal], ...] = ()


def find_affected(setup: Setup, row: OpenCause) -> Affected:
    """Return the documents of a cause, the newest first; none for a cause of the whole company, such as a refused password."""
    about, _, rest = row.key.partition("|")
    if about == "transfers":
        return _of_transfers(Transfer.objects.filter(of_cause(rest), company_id=setup.company_id))
    if about == "expenses":
        return _of_expenses(setup, rest)
    if about == "reconciliation":
        found, _, month = rest.partition("|")
        return _of_reconciliation(setup, found, month)
    return Affected()


def find_example(setup: Setup, row: OpenCause) -> Affected:
    """Return the document that the cause named while it was open. A resolved cause has no other record of its documents."""
    kind, _, number = row.example.partition(" ")
    if not number:
        return Affected()
    rows = Transfer.objects.filter(company_id=setup.company_id, kind=kind, number=number)
    documents = (_documents(rows[:1]) or (Document(row.example),)) if row.count == 1 else ()
    return Affected(documents, row.count, kind)


def _of_transfers(rows: QuerySet[Transfer]) -> Affected:
    by_kind = list(rows.values_list("kind").annotate(Count("id")).order_by("kind"))
    sums = rows.exclude(total=None).values_list("currency").annotate(Sum("total")).order_by("currency")
    return Affected(
        _documents(rows.order_by("-id")[:MOST_SHOWN]),
        sum(count for _kind, count in by_kind),
        by_kind[0][0] if len(by_kind) == 1 else None,
        tuple((currency or "", total) for currency, total in sums),
    )


def _documents(rows: Iterable[Transfer]) -> tuple[Document, ...]:
    shown = list(rows)
    read = Attempt.objects.of(shown).filter(source__isnull=False).order_by("transfer_id", "-id")
    sources = dict(read.distinct("transfer_id").values_list("transfer_id", "source"))
    return tuple(_document(row, sources.get(row.pk) or {}) for row in shown)


def _document(row: Transfer, source: Mapping[str, Any]) -> Document:
    """Return a transfer as a document. `source` is what Moment gave when it was last read."""
    is_credit_note = row.kind == Kind.INVOICE and source.get("is_credit_note") is True
    return Document(
        f"{'credit_note' if is_credit_note else row.kind} {row.number}",
        row.name or "",
        row.total,
        row.currency or "",
        _day(source.get("due_date")) if row.kind == Kind.INVOICE else None,
    )


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _of_expenses(setup: Setup, code: str) -> Affected:
    rows = expenses.lines_of_cause(setup.company_id, code)
    whole = rows.order_by().aggregate(count=Count("id"), net=Sum("net"))
    sums = ((DEFAULT_CURRENCY, whole["net"]),) if whole["net"] is not None else ()
    return Affected(tuple(_expense(row) for row in rows[:MOST_SHOWN]), whole["count"], "expense", sums)


def _expense(row: ExpenseLine) -> Document:
    return Document(f"expense {row.number}", row.supplier or row.text, row.net, DEFAULT_CURRENCY)


def _of_reconciliation(setup: Setup, found: str, month: str) -> Affected:
    run = next((one for one in newest_by_month(setup.company_id) if f"{one.first:%Y-%m}" == month), None)
    if run is None:
        return Affected()
    rows = Finding.objects.filter(run=run, found=found).filter(~Q(found="missing") | Q(reason__in=NO_LONGER_POSTED))
    documents = tuple(
        Document(
            f"invoice {row.number}" if row.number is not None else "invoice",
            row.name,
            row.total if row.total is not None else row.posted_total,
            row.currency,
        )
        for row in rows.order_by("number")[:MOST_SHOWN]
    )
    return Affected(documents, rows.count(), "invoice")
