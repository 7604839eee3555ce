"""All companies in turn. A fault at one keeps none of the others from being told."""

from datetime import timedelta

import structlog
from django.db import DatabaseError
from django.utils import timezone

from bilag.companies.models import Company
from bilag.notifications import alerts, enqueue
from bilag.notifications.models import Letter, OpenCause

log = structlog.get_logger(__name__)
FORGOTTEN_AFTER = timedelta(minutes=3)


def look_all() -> None:
    """`telling.look` for each company that is live or was told of something."""
    told = OpenCause.objects.filter(closed_at=None).values_list("company_id", flat=True)
    for company_id in sorted({*_companies(), *told}):
        try:
            alerts.look(company_id)
        except (LookupError, ValueError, TypeError, DatabaseError) as fault:
            log.exception("notifying.fault", company=company_id, error=type(fault).__name__)
    due = Letter.objects.filter(sent_at=None, refused="", next_at__lt=timezone.now() - FORGOTTEN_AFTER)
    for pk in due.values_list("pk", flat=True)[:1000]:
        enqueue.ask(pk)


def summarise_all() -> None:
    """The morning's letters."""
    for company_id in _companies():
        try:
            alerts.summarise(company_id)
        except (LookupError, ValueError, TypeError, DatabaseError) as fault:
            log.exception("notifying.fault", company=company_id, error=type(fault).__name__)


def _companies() -> list[int]:
    return list(Company.objects.filter(live=True).order_by("pk").values_list("pk", flat=True))
