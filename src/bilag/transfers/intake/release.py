"""Release dependent transfers: those that a transfer blocks (a customer or project its invoices, an invoice its credit notes),
and those that were closed together with it.
"""

from collections.abc import Iterable

from django.utils import timezone

from bilag.posting.selection import SkipReason
from bilag.transfers import enqueue, tracing
from bilag.transfers.locking import locked_ids
from bilag.transfers.models import Kind, State, Transfer


def release_blocked(row: Transfer) -> None:
    """Queue the transfers that this one blocks. Call it in a transaction.

    A transfer that another transaction has locked is left to that one, which queues it itself or commits after this one.
    """
    blocked = Transfer.objects.filter(blocked_by=row.pk, state=State.NEEDS_ATTENTION)
    ids, now = locked_ids(blocked, skip_locked=True), timezone.now()
    Transfer.objects.filter(pk__in=ids).update(
        state=State.QUEUED, blocked_by=None, problems=[], next_at=None, requested_at=now
    )
    enqueue.wake_all(ids)
    tracing.queued_again(ids, now, "released")


def closed_with(source_id: int, numbers: Iterable[str]) -> list[Transfer]:
    """Return the invoices and credit notes that were closed as a pair with one of these invoices, and are closed still."""
    closed = Transfer.objects.filter(
        source=source_id, kind=Kind.INVOICE, state=State.SKIPPED, reason=SkipReason.CANCELLED_BEFORE_POSTING
    )
    named = closed.filter(number__in=list(numbers)).values_list("pk", "blocked_by_id", "number")
    invoices = [invoice or pk for pk, invoice, _ in named]
    if not invoices:
        return []
    together = closed.filter(blocked_by__in=invoices) | closed.filter(pk__in=invoices)
    return list(together.exclude(number__in=[number for *_, number in named]).order_by("number"))
