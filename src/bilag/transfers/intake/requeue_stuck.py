"""Requeue transfers that are due and have no job any more: the last safety net of the promise."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from bilag.companies import lifecycle
from bilag.transfers import enqueue
from bilag.transfers.locking import locked_ids
from bilag.transfers.models import ACTIVE, Transfer

log = structlog.get_logger(__name__)
STUCK_AFTER = timedelta(minutes=3)
MOST = 5000
DUE_WITHOUT_JOB = """
    select transfer.id from transfers_transfer transfer
    join companies_source source on source.id = transfer.source_id
    where (source.left_at is null or transfer.state = 'sending')
      and transfer.state = any(%(states)s) and transfer.company_id = any(%(companies)s)
      and coalesce(transfer.next_at, transfer.requested_at, transfer.hinted_at) <= %(before)s
      and (transfer.requeued_at is null or transfer.requeued_at <= %(before)s)
      and transfer.id not in (
          select job_transfer.id::bigint
          from procrastinate_jobs job, jsonb_array_elements_text(job.args -> 'transfer_ids') as job_transfer(id)
          where job.task_name = %(task)s
            and (job.status = 'doing' or job.status = 'todo' and (job.scheduled_at is null or job.scheduled_at <= %(now)s))
      )
    order by transfer.id limit %(most)s
"""
"""Only the queue knows whether a transfer has a job. The row's last change says nothing, because every hint changes it."""


def requeue_stuck(after: timedelta = STUCK_AFTER) -> int:
    """Enqueue a job for each transfer of an open company that has been due for so long without a job. Return their count.

    A surplus job is harmless: one worker takes the transfer, and only while it is due. A worker may also hold the transfer in
    memory until its company has a free thread, so it is enqueued at most once in this time.
    """
    now = timezone.now()
    with transaction.atomic():
        due = _due_without_job(now, now - after)
        ids = locked_ids(Transfer.objects.filter(pk__in=due), skip_locked=True)
        if not ids:
            return 0
        Transfer.objects.filter(pk__in=ids).update(requeued_at=now)
        enqueue.wake_all(ids)
    if after:
        log.warning("transfers.stuck", count=len(ids))
    else:
        log.info("transfers.requeued", count=len(ids))
    return len(ids)


def _due_without_job(now: datetime, before: datetime) -> list[int]:
    given: dict[str, Any] = {
        "states": list(ACTIVE),
        "companies": lifecycle.open_companies(),
        "now": now,
        "before": before,
        "task": enqueue.WORK,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE_WITHOUT_JOB, given)
        return [pk for (pk,) in cursor.fetchall()]
