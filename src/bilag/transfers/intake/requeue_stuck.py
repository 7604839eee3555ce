"""Requeue transfers that are due and have no job any more: the last safety net of the promise."""

from datetime import timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from bilag.companies import lifecycle
from bilag.transfers import enqueue
from bilag.transfers.models import ACTIVE, Transfer

log = structlog.get_logger(__name__)
STUCK_AFTER = timedelta(minutes=3)
MOST = 5000


def requeue_stuck(after: timedelta = STUCK_AFTER) -> int:
    """Enqueue a job for each transfer of an open company that has been due for so long; return their count.

    One job too many is harmless: one worker takes the transfer, and only while it is due.
    """
    before = timezone.now() - after
    due = Q(next_at=None) | Q(next_at__lt=before)
    rows = Transfer.objects.filter(
        due, state__in=ACTIVE, updated_at__lt=before, company_id__in=lifecycle.open_companies(), source__left_at=None
    ).order_by("id")
    ids = list(rows.values_list("pk", flat=True)[:MOST])
    if ids:
        if after:
            log.warning("transfers.stuck", count=len(ids))
        else:
            log.info("transfers.requeued", count=len(ids))
        Transfer.objects.filter(pk__in=ids).update(updated_at=timezone.now())
        enqueue.wake_all(ids)
    return len(ids)
