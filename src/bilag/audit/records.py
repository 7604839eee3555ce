"""Read the control trail as records in order of time, a few hundred at a time."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from heapq import merge
from typing import Any

from django.db.models import QuerySet

from bilag.companies.models import Company, SetupChange
from bilag.events.models import Event
from bilag.expenses.models import ExpenseLine
from bilag.posting.selection import OSLO
from bilag.transfers.models import Attempt

CHUNK = 500
Record = dict[str, Any]


def records(company: Company, first: date, last: date) -> Iterator[Record]:
    """Yield the attempts, events and imported expenses of the period (days in Oslo, both included), and every setup change
    until its last day, so that each version that a record names can be read.
    """
    begin = datetime.combine(first, time(), OSLO)
    end = datetime.combine(last + timedelta(days=1), time(), OSLO)
    changes = SetupChange.objects.filter(company=company, at__lt=end)
    events = Event.objects.filter(company=company, at__gte=begin, at__lt=end)
    attempts = Attempt.objects.filter(company=company, began_at__gte=begin, began_at__lt=end).select_related("transfer")
    expenses = ExpenseLine.objects.filter(company=company, done_at__gte=begin, done_at__lt=end)
    streams = (
        ((row.at, 0, row.pk, _change(row)) for row in _read(changes, "at")),
        ((row.at, 1, row.pk, _event(row)) for row in _read(events, "at")),
        ((row.began_at, 2, row.pk, _attempt(row)) for row in _read(attempts, "began_at")),
        ((row.done_at, 3, row.pk, _expense(row)) for row in _read(expenses, "done_at")),
    )
    for *_order, record in merge(*streams, key=lambda timed: timed[:3]):
        yield record


def _read(rows: QuerySet[Any], at: str) -> Iterator[Any]:
    """Yield the rows in order of time. Each chunk continues where the last one ended: no database cursor is held, and memory
    stays constant.
    """
    last: tuple[datetime, int] | None = None
    while True:
        later = rows
        if last is not None:
            later = rows.filter(**{f"{at}__gte": last[0]}).exclude(**{at: last[0], "pk__lte": last[1]})
        chunk = list(later.order_by(at, "pk")[:CHUNK])
        yield from chunk
        if len(chunk) < CHUNK:
            return
        last = (getattr(chunk[-1], at), chunk[-1].pk)


def _attempt(row: Attempt) -> Record:
    transfer = row.transfer
    return {
        "type": "attempt",
        "id": row.pk,
        "kind": transfer.kind,
        "number": transfer.number,
        "cause": row.cause,
        "began": row.began_at.isoformat(),
        "ended": row.ended_at.isoformat() if row.ended_at else None,
        "setupVersion": row.setup_version,
        "sourceHash": row.source_hash,
        "source": row.source,
        "verdict": row.verdict,
        "exchanges": row.exchanges,
        "problems": row.problems,
        "voucherNumber": row.voucher_number,
        "journalNumber": row.journal_number,
    }


def _change(row: SetupChange) -> Record:
    return {
        "type": "setup_change",
        "id": row.pk,
        "at": row.at.isoformat(),
        "by": row.origin,
        "version": row.version,
        "field": row.field,
        "old": row.old,
        "new": row.new,
    }


def _event(row: Event) -> Record:
    return {
        "type": "event",
        "id": row.pk,
        "at": row.at.isoformat(),
        "name": row.name,
        "by": row.origin,
        "facts": row.facts,
        "problem": row.problem,
    }


def _expense(row: ExpenseLine) -> Record:
    return {
        "type": "expense",
        "id": row.pk,
        "at": row.done_at.isoformat() if row.done_at else None,
        "journal": row.journal,
        "entry": row.entry,
        "externalKey": row.external_key,
        "momentId": row.moment_id,
        "line": row.line,
    }
