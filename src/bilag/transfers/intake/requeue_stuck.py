"""The last net: transfers that are under way on paper while no job comes for them any more."""

from datetime import timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from bilag.companies import lifecycle
from bilag.transfers import enqueue
from bilag.transfers.models import ACTIVE, Transfer

log = structlog.get_logger(__name__)
FORGOTTEN_AFTER = timedelta(minutes=3)
MOST = 5000


def requeue_stuck(after: timedelta = FORGOTTEN_AFTER) -> int:
    """Wake transfers of open companies that have been due for so long; give their count. Waking one too many is
    harmless: a transfer is taken by one worker, and only while it waits for one."""
    before = timezone.now() - after
    due = Q(next_at=None) | Q(next_at__lt=before)
    rows = Transfer.objects.filter(
        due, state__in=ACTIVE, updated_at__lt=before, company_id__in=lifecycle.open_companies()
    ).order_by("id")
    ids = list(rows.values_list("pk", flat=True)[:MOST])
    if ids:
        if after:
            log.warning("transfers.forgotten", count=len(ids))
        else:
            log.info("transfers.taken_up", count=len(ids))
        Transfer.objects.filter(pk__in=ids).update(updated_at=timezone.now())
        enqueue.wake_all(ids)
    return len(ids)
