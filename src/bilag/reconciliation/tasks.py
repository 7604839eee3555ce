"""The jobs: every company each night, this month and the one before; and any period by hand."""

from datetime import date, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app

from bilag.posting.selection import OSLO
from bilag.transfers import pauses
from bilag.transfers.jobs import every
from bilag.transfers.turns import turns

log = structlog.get_logger(__name__)
LOOK_EVERY = timedelta(minutes=30)
AT_NIGHT = range(2, 7)
"""The hours in Oslo: from two, and again until seven for what was stopped, or when nobody worked at two."""
SPREAD = timedelta(hours=3)
AGAIN_IN = timedelta(minutes=10)
WHEN_FREE = timedelta(seconds=10)
"""When all turns of the company are taken."""


@app.task(name="reconciliation.period", retry=False)
def period(company_id: int, first: str, last: str, origin: str = "") -> None:
    """Compare a period. By itself, what should have gone and did not is sent."""
    from bilag.reconciliation import actions, runner
    from bilag.transfers.locks import Busy

    days = date.fromisoformat(first), date.fromisoformat(last)
    try:
        with turns.turn(company_id, extra=1) as ours:
            if not ours:
                ask(company_id, *days, origin=origin, after=WHEN_FREE)
                return
            run = runner.reconcile(company_id, *days, origin=origin)
    except Busy:
        ask(company_id, *days, origin=origin, after=AGAIN_IN)
        return
    if run.problem is None and not origin:
        sent = actions.send_by_itself(run)
        if sent:
            log.warning("reconciliation.sent_what_was_missing", company=company_id, count=sent)


@app.periodic(cron=every(LOOK_EVERY))
@app.task(name="reconciliation.nightly", queueing_lock="reconciliation.nightly")
def nightly(timestamp: int) -> None:
    """At night: ask for a comparison of this month, the one before and those in which something is wrong, of each company
    that is open."""
    from bilag.companies import store
    from bilag.reconciliation import actions
    from bilag.reconciliation.models import Reconciliation

    now = timezone.now().astimezone(OSLO)
    if now.hour not in AT_NIGHT and settings.BILAG_TIME_SCALE == 1:
        return
    today = now.date()
    done_lately = now - pauses.scaled(timedelta(hours=12))
    companies = store.open_companies()
    for place, company_id in enumerate(companies):
        runs = Reconciliation.objects.filter(company_id=company_id, origin="", began_at__gt=done_lately, problem=None)
        if runs.exists():
            continue
        after = SPREAD * place / len(companies)
        wrong = [(run.first, run.last) for run in actions.open_months(company_id)]
        for first, last in dict.fromkeys([*months_before(today), *wrong]):
            ask(company_id, first, last, after=after)


def months_before(today: date) -> list[tuple[date, date]]:
    """The month before, then this one until today."""
    this = today.replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    following = (this + timedelta(days=32)).replace(day=1)
    return [(before, this - timedelta(days=1)), (this, following - timedelta(days=1))]


def ask(company_id: int, first: date, last: date, *, origin: str = "", after: timedelta | None = None) -> None:
    """See to it that the period is compared; any number of askings before then make one comparison."""
    at = timezone.now() + pauses.scaled(after) if after else None
    lock = f"reconcile-{company_id}-{first}-{last}-{'by-hand' if origin else 'by-itself'}"
    given: dict[str, str | int] = {"company_id": company_id, "first": first.isoformat(), "last": last.isoformat()}
    if origin:
        given["origin"] = origin
    try:
        with transaction.atomic():
            period.configure(queueing_lock=lock, schedule_at=at).defer(**given)
    except exceptions.AlreadyEnqueued:
        return
