"""Notify all companies in turn. An error with one company does not keep the others from being notified."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from django.db import DatabaseError
from django.utils import timezone

from bilag.companies.models import Company
from bilag.notifications import alerts
from bilag.notifications.enqueue import enqueue_send
from bilag.notifications.models import Letter, OpenCause

log = structlog.get_logger(__name__)
OVERDUE_AFTER = timedelta(minutes=3)


def notify_all() -> None:
    """Notify each company that is live or has an open problem, and requeue emails whose job was lost."""
    with_open_causes = OpenCause.objects.filter(closed_at=None).values_list("company_id", flat=True)
    _for_each(sorted({*_live_companies(), *with_open_causes}), alerts.notify_new_problems)
    overdue = Letter.objects.filter(sent_at=None, refused="", next_at__lt=timezone.now() - OVERDUE_AFTER)
    for pk in overdue.values_list("pk", flat=True)[:1000]:
        enqueue_send(pk)


def send_summaries() -> None:
    """Create the morning's summary of each live company."""
    _for_each(_live_companies(), alerts.send_summary)


def _for_each(company_ids: Iterable[int], notify: Callable[[int], object]) -> None:
    for company_id in company_ids:
        try:
            notify(company_id)
        except (LookupError, ValueError, TypeError, DatabaseError) as fault:
            log.exception("notifications.failed", company=company_id, error=type(fault).__name__)


def _live_companies() -> list[int]:
    return list(Company.objects.filter(live=True).order_by("pk").values_list("pk", flat=True))
