"""Procrastinate's entry points of expenses. Jobs are enqueued by name (`enqueue`); do not import this module."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from bilag.companies import store
from bilag.expenses import enqueue
from bilag.expenses.importer import NotPossible, import_expenses
from bilag.jobs.backoff import asked_pause
from bilag.jobs.defer import spread
from bilag.jobs.fair_share import fair_share
from bilag.jobs.lease import Busy
from bilag.jobs.schedule import every
from bilag.posting.selection import OSLO

log = structlog.get_logger(__name__)
IMPORT_EVERY = timedelta(minutes=30)
FIRST_HOUR, LAST_HOUR = 7, 20
SATURDAY = 5
AGAIN_IN = timedelta(minutes=2)
WHEN_FREE = timedelta(seconds=10)
"""After so long a job that found no free slot runs again."""


@app.task(name=enqueue.IMPORT_COMPANY, retry=False)
def import_company(company_id: int, origin: str = "", days_back: int | None = None) -> None:
    """Import; after a lost answer, or when the other system is down, import once more after a while."""
    with fair_share.slot(company_id, extra=1) as acquired:
        if acquired:
            _import(company_id, origin=origin, days_back=days_back)
        else:
            enqueue.ask_import(company_id, origin=origin, days_back=days_back, after=WHEN_FREE)


@app.periodic(cron=every(IMPORT_EVERY))
@app.task(name="expenses.import_all", queueing_lock="expenses.import_all")
def import_all(timestamp: int) -> None:
    """In working hours, enqueue an import of each open company that imports expenses, each at its own moment of the interval."""
    if not in_working_hours(timezone.now()):
        return
    interval = IMPORT_EVERY if settings.BILAG_TIME_SCALE == 1 else timedelta()
    for company_id in store.companies_importing_expenses():
        enqueue.ask_import(company_id, after=spread(company_id, interval))


def in_working_hours(now: datetime) -> bool:
    """Return whether it is 07 to 20 in Oslo, Monday to Friday. Always True under BILAG_TIME_SCALE."""
    local = now.astimezone(OSLO)
    return settings.BILAG_TIME_SCALE != 1 or (FIRST_HOUR <= local.hour < LAST_HOUR and local.weekday() < SATURDAY)


def _import(company_id: int, *, origin: str, days_back: int | None) -> None:
    """Import, and enqueue another import for what could not be finished. Raises nothing that another system causes."""
    try:
        run = import_expenses(company_id, origin=origin, days_back=days_back)
    except NotPossible as error:
        log.info("expenses.import_not_possible", company=company_id, code=error.problem.code)
        return
    except Busy:
        if origin:  # a person gets an import of their own after the one that is running
            enqueue.ask_import(company_id, origin=origin, days_back=days_back, after=AGAIN_IN)
        return
    if run.problem is not None:
        log.warning("expenses.import_stopped", company=company_id, code=run.problem.get("code"))
    if run.problem is not None or run.counts.get("waiting"):
        enqueue.ask_import(company_id, after=asked_pause(AGAIN_IN.seconds))  # jitter: retries must not coincide
