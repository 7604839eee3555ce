"""The jobs, in Procrastinate's queue: rows in the same database, committed with the rows that they work on."""

from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate import RetryStrategy, exceptions
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from bilag.transfers.turns import AGAIN_IN, at_next_turn, turns

AGAIN = RetryStrategy(wait=3)
"""For faults of the database itself: what went wrong with an object is kept in its transfer, not in the queue."""
POLL_EVERY = timedelta(minutes=5)
TEND_EVERY = timedelta(minutes=1)
MOST_TOGETHER = 10
SPREAD_OVER = 16
"""So many jobs there are at least before any holds two transfers: no worker is idle while another has a row of them."""


def every(interval: timedelta) -> str:
    """A cron line (with seconds at the end) for about this interval under BILAG_TIME_SCALE, one second at least."""
    seconds = max(1, round(interval.total_seconds() * float(settings.BILAG_TIME_SCALE)))
    if seconds < 60:
        return f"* * * * * */{seconds}"
    return f"*/{min(59, seconds // 60)} * * * *"


def keep_connection() -> None:
    """Let a thread of the worker keep its connection from job to job, instead of giving it back to the pool.

    Django asks `close_at` at the end of each job; one that broke is replaced all the same.
    """
    connection.ensure_connection()
    connection.close_at = None


@app.task(name="transfers.work", retry=AGAIN)
def work(transfer_ids: list[int]) -> None:
    """Work on each of the transfers that still waits for that. A fault at one does not keep it from the others."""
    from bilag.transfers.conduct import conduct
    from bilag.transfers.models import Transfer

    faults = []
    rows = Transfer.objects.filter(pk__in=transfer_ids).order_by("company_id", "pk")
    for company_id, group in groupby(rows.values_list("company_id", "pk"), key=itemgetter(0)):
        ids = [pk for _, pk in group]
        with turns.turn(company_id, kept=ids) as ours:
            for transfer_id in ids if ours else ():
                try:
                    conduct(transfer_id)
                except Exception as fault:  # noqa: BLE001 - raised below, when the others had their turn
                    faults.append(fault)
    if faults:
        raise faults[0]


@app.task(name="transfers.look", retry=AGAIN)
def look(company_id: int, kind: str, moment_id: int) -> None:
    """Fetch an object that was hinted at without its number, and transfer it if it has one."""
    from bilag.transfers import polling

    with turns.turn(company_id) as ours:
        if ours:
            polling.look(company_id, kind, moment_id)
        else:
            look.configure(schedule_at=at_next_turn()).defer(company_id=company_id, kind=kind, moment_id=moment_id)


@app.task(name="transfers.poll", retry=False)
def poll(company_id: int, origin: str = "") -> None:
    """Ask Moment what changed. A poll that fails is followed by the next one. `origin` is who asked for it by hand."""
    from bilag.transfers import polling

    with turns.turn(company_id, extra=1) as ours:
        if ours:
            polling.poll_quietly(company_id, origin)
        else:
            ask_poll(company_id, AGAIN_IN, origin=origin)


@app.task(name="transfers.probe", retry=AGAIN)
def probe(company_id: int, probes: int) -> None:
    """Check a paused company, and let it go on if its setup works again."""
    from bilag.transfers import pausing

    with turns.turn(company_id, extra=1) as ours:
        if ours:
            pausing.probe(company_id, probes)
        else:
            ask_probe(company_id, AGAIN_IN, probes=probes)


@app.periodic(cron=every(POLL_EVERY))
@app.task(name="transfers.poll_all", queueing_lock="transfers.poll_all")
def poll_all(timestamp: int) -> None:
    """Start a poll of each live company, spread over the interval."""
    from bilag.transfers import polling

    polling.poll_all()


@app.periodic(cron=every(TEND_EVERY))
@app.task(name="transfers.tend", queueing_lock="transfers.tend")
def tend(timestamp: int) -> None:
    """Find transfers that no job comes for any more. There should be none: the last net under the promise."""
    from bilag.transfers import tending

    tending.tend()


def wake(transfer_id: int, at: datetime | None = None) -> None:
    """See to it that the transfer is worked on, now or at a time; committed with the transaction around it."""
    work.configure(schedule_at=at).defer(transfer_ids=[transfer_id])


def wake_all(transfer_ids: list[int]) -> None:
    """`wake` for many. A long list goes by several in one job, as each job costs as much as a third of a transfer."""
    together = max(1, min(MOST_TOGETHER, len(transfer_ids) // SPREAD_OVER))
    jobs: list[dict[str, JSONValue]] = [
        {"transfer_ids": [*transfer_ids[start : start + together]]} for start in range(0, len(transfer_ids), together)
    ]
    if jobs:
        work.batch_defer(*jobs)


def ask_probe(company_id: int, after: timedelta, *, probes: int) -> None:
    """See to it that a paused company is checked after a while; one check waits for each company, so that wrong
    passwords are not tried the more often the more often a setup is saved with them."""
    task = probe.configure(queueing_lock=f"probe-{company_id}", schedule_at=timezone.now() + after)
    try:
        with transaction.atomic():
            task.defer(company_id=company_id, probes=probes)
    except exceptions.AlreadyEnqueued:
        return


def ask_poll(company_id: int, after: timedelta | None = None, *, origin: str = "") -> None:
    """See to it that Moment is asked soon; any number of askings before then make one poll.

    `origin` is who asks by hand: such a poll is logged whatever it finds, so it is one of its own.
    """
    at = timezone.now() + after if after else None
    # Two locks, so that a poll planned for later does not stand in the way of one that is wanted now.
    lock = f"poll-{company_id}-{'later' if at else 'by-hand' if origin else 'now'}"
    task = poll.configure(queueing_lock=lock, schedule_at=at)
    try:
        with transaction.atomic():
            task.defer(company_id=company_id, **({"origin": origin} if origin else {}))
    except exceptions.AlreadyEnqueued:
        return
