"""Procrastinate's entry points of rehearsals. Nobody imports this module: jobs are enqueued by name (`enqueue`)."""

from datetime import date, timedelta

from procrastinate.contrib.django import app

from bilag.jobs.fair_share import fair_share
from bilag.jobs.lease import Busy
from bilag.rehearsal import enqueue, runner

AGAIN_IN = timedelta(minutes=2)
WHEN_FREE = timedelta(seconds=10)
"""After so long a job that found no free slot runs again."""


@app.task(name=enqueue.PERIOD, retry=False)
def period(company_id: int, first: str, last: str, origin: str = "") -> None:
    """Rehearse a period, or continue its rehearsal that did not end."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    try:
        with fair_share.slot(company_id, extra=1) as acquired:
            if acquired:
                runner.rehearse(company_id, *days, origin=origin)
            else:
                enqueue.ask(company_id, *days, origin=origin, after=WHEN_FREE)
    except Busy:
        enqueue.ask(company_id, *days, origin=origin, after=AGAIN_IN)
