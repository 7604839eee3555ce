"""Procrastinate's entry points of reconciliation. Jobs are enqueued by name (`enqueue`); do not import this module."""

from datetime import date, timedelta

import structlog
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from bilag.companies import lifecycle
from bilag.jobs.backoff import scaled
from bilag.jobs.fair_share import fair_share
from bilag.jobs.lease import Busy
from bilag.jobs.schedule import every
from bilag.posting.selection import OSLO
from bilag.reconciliation import actions, enqueue, runner
from bilag.reconciliation.models import Reconciliation
from bilag.reconciliation.queries import months_before

log = structlog.get_logger(__name__)
LOOK_EVERY = timedelta(minutes=30)
AT_NIGHT = range(2, 7)
"""The hours in Oslo. After two o'clock, for comparisons that were stopped or for a worker that was not running at two."""
SPREAD = timedelta(hours=3)
AGAIN_IN = timedelta(minutes=10)
WHEN_FREE = timedelta(seconds=10)
"""After so long a job that found no free slot runs again; also a person's, that found another comparison of the company."""


@app.task(name=enqueue.PERIOD, retry=False)
def period(company_id: int, first: str, last: str, origin: str = "") -> None:
    """Compare a period. A scheduled comparison also sends the missing invoices."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    try:
        with fair_share.slot(company_id, extra=1) as acquired:
            if not acquired:
                enqueue.ask(company_id, *days, origin=origin, after=WHEN_FREE)
                return
            run = runner.reconcile(company_id, *days, origin=origin)
    except Busy:
        enqueue.ask(company_id, *days, origin=origin, after=WHEN_FREE if origin else AGAIN_IN)  # a person waits for it
        return
    if run.problem is None and not origin:
        sent = actions.send_by_itself(run)
        if sent:
            log.warning("reconciliation.sent_missing", company=company_id, count=sent)


@app.periodic(cron=every(LOOK_EVERY))
@app.task(name="reconciliation.nightly", queueing_lock="reconciliation.nightly")
def nightly(timestamp: int) -> None:
    """At night, enqueue comparisons for each open company: this month, the month before, and months with differences."""
    now = timezone.now().astimezone(OSLO)
    if now.hour not in AT_NIGHT and settings.BILAG_TIME_SCALE == 1:
        return
    today = now.date()
    done_lately = now - scaled(timedelta(hours=12))
    companies = lifecycle.open_companies()
    for place, company_id in enumerate(companies):
        runs = Reconciliation.objects.filter(company_id=company_id, origin="", began_at__gt=done_lately)
        done = set(runs.filter(ended_at__isnull=False, problem__isnull=True).values_list("first", "last"))
        after = SPREAD * place / len(companies)
        wrong = [(run.first, run.last) for run in actions.open_months(company_id)]
        for days in dict.fromkeys([*months_before(today), *wrong]):
            if days not in done:
                enqueue.ask(company_id, *days, after=after)
