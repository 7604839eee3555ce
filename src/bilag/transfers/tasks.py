"""Procrastinate's entry points of transfers. Jobs are enqueued by name (`enqueue`); do not import this module."""

from datetime import timedelta
from itertools import groupby
from operator import itemgetter

from procrastinate.contrib.django import app

from bilag.jobs import lease
from bilag.jobs.fair_share import AGAIN_IN, at_next_slot, fair_share
from bilag.jobs.schedule import AGAIN, every
from bilag.transfers import documents, enqueue, recovery
from bilag.transfers.activation import pausing, save_setup
from bilag.transfers.delivery.runner import run_transfer
from bilag.transfers.intake import ahead, requeue_stuck
from bilag.transfers.intake import poll as intake
from bilag.transfers.models import Transfer
from bilag.wire import spans

TEND_EVERY = timedelta(minutes=1)
MOST_GONE_ON = 100
"""The most kept transfers that one job continues with. While it runs, those that it names count as having a job."""


@app.task(name=enqueue.WORK, retry=AGAIN)
def work(transfer_ids: list[int]) -> None:
    """Work on each transfer that is still due, then on some that this process keeps for the company.

    An exception at one does not stop the others. It ends the job after them: the queue retries its transfers.
    """
    faults: list[Exception] = []
    rows = Transfer.objects.filter(pk__in=transfer_ids).order_by("company_id", "pk")
    for company_id, group in groupby(rows.values_list("company_id", "pk"), key=itemgetter(0)):
        ids = [pk for _, pk in group]
        with fair_share.slot(company_id, kept=ids, requeue=enqueue.wake_together) as acquired:
            if acquired:
                _work_on(company_id, ids, faults)
    if faults:
        raise faults[0]


def _work_on(company_id: int, ids: list[int], faults: list[Exception]) -> None:
    """Work on the company's transfers in the slot that is held. Exceptions are added to `faults`."""
    own, gone_on = set(ids), 0
    while ids:
        transfer_id = ids.pop(0)
        try:
            run_transfer(transfer_id)
        except Exception as fault:  # noqa: BLE001 - raised by the caller, after the others
            faults.append(fault)
            if transfer_id not in own:
                fair_share.keep(company_id, [transfer_id], enqueue.wake_together)
        if fair_share.keep_if_others_wait(company_id, ids, enqueue.wake_together):
            return
        if not ids and not faults and gone_on < MOST_GONE_ON:
            ids, gone_on = fair_share.next_kept(company_id), gone_on + 1


@app.task(name=enqueue.LOOK, retry=AGAIN)
def look(company_id: int, kind: str, moment_id: int) -> None:
    """Fetch an object whose hint has no number, and transfer it if it has one."""
    with fair_share.slot(company_id) as acquired:
        if acquired:
            with spans.span("look", "consumer", company_id=company_id, kind=kind):
                intake.look(company_id, kind, moment_id)
        else:
            enqueue.ask_look(company_id, kind, moment_id, at_next_slot())


@app.task(name=enqueue.POLL, retry=False)
def poll(company_id: int, origin: str = "") -> None:
    """Poll Moment for changes. The next poll makes up for a failed one. `origin` is the person who requested it."""
    with fair_share.slot(company_id, extra=1) as acquired:
        if acquired:
            with spans.span("poll", "consumer", company_id=company_id):
                intake.poll_quietly(company_id, origin)
        else:
            enqueue.ask_poll(company_id, AGAIN_IN, origin=origin)


@app.task(name=enqueue.PROBE, retry=AGAIN)
def probe(company_id: int, probes: int) -> None:
    """Check a paused company, and resume it if its setup works again."""
    with fair_share.slot(company_id, extra=1) as acquired:
        if acquired:
            pausing.probe(company_id, probes)
        else:
            enqueue.ask_probe(company_id, AGAIN_IN, probes=probes)


@app.task(name=enqueue.AHEAD, retry=AGAIN)
def look_for_unknown(company_id: int, after_restore: bool = False) -> None:
    """Look for vouchers of the last days that the database does not know; `after_restore`: of the last year."""
    with fair_share.slot(company_id, extra=1) as acquired:
        if acquired:
            ahead.look(company_id, after_restore=after_restore)
        else:
            enqueue.ask_ahead(company_id, AGAIN_IN, after_restore=after_restore)


@app.task(name=enqueue.RECOVER, retry=AGAIN)
def recover(company_id: int, origin: str) -> None:
    """Recover what accounting has and the database lacks."""
    with fair_share.slot(company_id, extra=1) as acquired:
        if acquired:
            recovery.recover_quietly(company_id, origin=origin)
        else:
            enqueue.ask_recover(company_id, origin=origin, after=AGAIN_IN)


@app.task(name=enqueue.DOCUMENTS, retry=AGAIN)
def attach_documents(company_id: int) -> None:
    """Attach the documents of invoices that are posted."""
    with fair_share.slot(company_id, extra=1) as acquired:
        if acquired:
            documents.attach_due(company_id)
        else:
            enqueue.ask_documents(company_id, AGAIN_IN)


@app.periodic(cron=every(TEND_EVERY))
@app.task(name="transfers.tend_documents", queueing_lock="transfers.tend_documents")
def tend_documents(timestamp: int) -> None:
    """Enqueue the documents that are due: those of new vouchers, and those that failed earlier."""
    documents.ask_all()


@app.task(name=enqueue.CHECK_SETUP, retry=AGAIN)
def check_setup(company_id: int, version: int, live: bool, origin: str) -> None:
    """Check a setup that was saved by a process that was stopped before it checked."""
    with fair_share.slot(company_id, extra=1) as acquired:
        if acquired:
            save_setup.run_enqueued_check(company_id, version, live=live, origin=origin)
        else:
            enqueue.ask_setup_check(company_id, version, live=live, origin=origin, after=AGAIN_IN)


@app.periodic(cron=every(enqueue.POLL_EVERY))
@app.task(name="transfers.poll_all", queueing_lock="transfers.poll_all")
def poll_all(timestamp: int) -> None:
    """Enqueue a poll of each live company, spread over the interval."""
    intake.poll_all()


@app.periodic(cron=every(TEND_EVERY))
@app.task(name="transfers.tend", queueing_lock="transfers.tend")
def tend(timestamp: int) -> None:
    """Requeue due transfers and checks of paused companies that have no job any more, and remove leases of processes that died.
    There should be none: the last safety net of the promise."""
    requeue_stuck.requeue_stuck()
    pausing.requeue_lost_probes()
    lease.forget_expired()
