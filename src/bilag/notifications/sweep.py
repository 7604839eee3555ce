"""Notify all companies in turn. A company that cannot be notified does not keep the others from being notified."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from bilag.jobs import lease
from bilag.notifications import alerts
from bilag.notifications.changes import find_changed
from bilag.notifications.enqueue import enqueue_send
from bilag.notifications.models import Letter, OpenCause

log = structlog.get_logger(__name__)
OVERDUE_AFTER = timedelta(minutes=3)
MOST_OVERDUE = 1000
Subject = TypeVar("Subject")
ROUND = 0
"""The number of the lease of the round: there is one for all companies."""


def notify_all() -> None:
    """Notify each company in which something changed, and requeue emails whose job was lost.

    While another process does so, nothing is done: that round, or the next, finds everything.
    """
    try:
        with lease.held("notifications", ROUND) as held:
            _for_each(find_changed(), lambda changed: alerts.notify_new_problems(*changed), held)
    except (lease.Busy, lease.LeaseLost):
        log.info("notifications.other_round_is_running")
    overdue = Letter.objects.filter(sent_at=None, refused="", next_at__lt=timezone.now() - OVERDUE_AFTER)
    for pk in overdue.order_by("next_at").values_list("pk", flat=True)[:MOST_OVERDUE]:
        enqueue_send(pk)


def send_summaries() -> None:
    """Create the morning's summary of each live company in which a problem has been open since yesterday."""
    before = timezone.now() - alerts.SUMMARY_AFTER
    rows = OpenCause.objects.filter(closed_at=None, opened_at__lt=before, company__live=True)
    _for_each(rows.order_by("company_id").values_list("company_id", flat=True).distinct(), alerts.send_summary)


def _for_each(
    subjects: Iterable[Subject], notify: Callable[[Subject], object], held: lease.Lease | None = None
) -> None:
    """Call `notify` for each company. Log a company's failure and continue. Raises if the database does not answer."""
    for subject in subjects:
        if held is not None:
            held.keep()
        try:
            notify(subject)
        except Exception as fault:
            log.exception("notifications.failed", company=subject, error=type(fault).__name__)
            if isinstance(fault, OperationalError | InterfaceError) and not _answers():
                raise


def _answers() -> bool:
    """Return whether the database answers on this connection: an error may concern one company only, such as a lock time-out."""
    return connection.connection is not None and connection.is_usable()
