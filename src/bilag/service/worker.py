"""The worker: run jobs from the queue in the database, and take over those of dead workers."""

import asyncio
import concurrent.futures
import time
from datetime import timedelta

import django.db
import psycopg
import structlog
from django.db import connection, transaction
from django.utils import timezone
from procrastinate import App, exceptions
from procrastinate.contrib.django import app as django_app
from procrastinate.jobs import Status

from bilag.jobs import lease
from bilag.jobs.backoff import scaled
from bilag.jobs.connectors import RecoveringConnector, WorkerConnector, in_django_thread
from bilag.jobs.fair_share import fair_share
from bilag.jobs.health import late_periodic_task
from bilag.jobs.own_jobs import app_of_worker
from bilag.jobs.registry import register_tasks
from bilag.jobs.worker_health import health
from bilag.service.connections import is_pooled, polling_seconds
from bilag.service.database_faults import sentence
from bilag.service.restored import note_server

log = structlog.get_logger(__name__)
HEARTBEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 20.0
LOOK_FOR_DEAD_SECONDS = 5.0
GRACE_SECONDS = 20.0
TEND = "transfers.tend"
"""A periodic task that runs every minute."""
LATEST_PERIODIC = timedelta(minutes=5)
RESTART_PAUSE = timedelta(seconds=1)
DATABASE_FAULTS = (psycopg.Error, django.db.Error, exceptions.ProcrastinateException, OSError)


async def work(concurrency: int, stop: asyncio.Event, *, alone: bool) -> None:
    """Work until `stop` is set. A worker that loses the database starts again when the database is back.

    `alone`: no other worker can be alive on this database, so jobs and leases of a killed one are taken over at once; otherwise
    when its heartbeat has been missing for `DEAD_AFTER_SECONDS`. Moment is polled at once too, because no worker received
    webhooks meanwhile.
    """
    register_tasks()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(max_workers=concurrency + 24))
    fair_share.places = concurrency
    first = True
    health.starting()
    try:
        while not stop.is_set():
            lost = asyncio.Event()
            try:
                with django_app.replace_connector(RecoveringConnector(lost)):
                    await _one_life(concurrency, stop, lost, alone=alone, first=first)
            except DATABASE_FAULTS as error:
                health.failed("the worker cannot reach the database", sentence(error))
            first = False
            if not stop.is_set():
                await asyncio.sleep(RESTART_PAUSE.total_seconds())
    finally:
        health.stopped()


def look_after_restore() -> None:
    """If the database was restored from a backup, read each open company's journal for vouchers that it lacks."""
    from bilag.transfers.intake import ahead  # models can be named only when Django is set up

    with transaction.atomic():
        if note_server():
            ahead.look_at_all(after_restore=True)


def start_over() -> None:
    """Poll Moment for each live company, and take over transfers that a worker held in memory when it died.

    A data folder may have been copied back, so the journal's last days are compared with each live company's transfers.
    """
    from bilag.transfers.intake import ahead, poll  # models can be named only when Django is set up

    tend_now()
    poll.poll_now()
    ahead.look_at_all()


def tend_now() -> None:
    """Requeue transfers that a worker held in memory when it died."""
    from bilag.transfers.intake import requeue_stuck

    requeue_stuck.requeue_stuck(timedelta(0))


async def _one_life(concurrency: int, stop: asyncio.Event, lost: asyncio.Event, *, alone: bool, first: bool) -> None:
    """Work until `stop` or `lost` is set or the worker fails, then wait for the jobs that are running."""
    app = app_of_worker(django_app, WorkerConnector(lost))
    fair_share.ending = False
    async with app.open_async():
        if alone and first:
            await take_up_abandoned(app, 0)
            await in_django_thread(lease.forget_all)()
            await in_django_thread(start_over)()
        await in_django_thread(look_after_restore)()
        if not first:  # transfers that the previous life could not requeue, because the database was away
            await in_django_thread(fair_share.hand_back)()
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                fetch_job_polling_interval=polling_seconds(),
                listen_notify=not is_pooled(),
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
            )
        )
        helpers = [
            asyncio.create_task(stop.wait()),
            asyncio.create_task(lost.wait()),
            asyncio.create_task(_keep_taking_up(app, first=first)),
        ]
        try:
            await asyncio.wait([worker, *helpers], return_when=asyncio.FIRST_COMPLETED)
        finally:
            fair_share.ending = True
            if not stop.is_set():
                health.failed("the worker stopped and is starting again")
            for task in (*helpers, worker):
                task.cancel()
            await asyncio.gather(worker, *helpers, return_exceptions=True)
            await in_django_thread(fair_share.hand_back)()


async def _keep_taking_up(app: App, *, first: bool) -> None:
    """Take over the jobs of dead workers every `LOOK_FOR_DEAD_SECONDS`, use idle threads, and report that this worker works.

    After a failure, a new life must last that long before it counts as working: a failing periodic deferrer ends it sooner.
    """
    latest = max(LATEST_PERIODIC, scaled(LATEST_PERIODIC))
    judged_from = (
        time.monotonic() + latest.total_seconds()
    )  # before that, a late task may have been late already when this worker started
    if first:
        health.passed()
    while True:
        await asyncio.sleep(LOOK_FOR_DEAD_SECONDS)
        if await take_up_abandoned(app, DEAD_AFTER_SECONDS):
            await in_django_thread(tend_now)()
        await in_django_thread(connection.ensure_connection)()
        await in_django_thread(fair_share.lend_idle)()
        late = await in_django_thread(late_periodic_task)(TEND, latest) if time.monotonic() > judged_from else None
        if late is not None:
            health.failed(late)
        else:
            health.passed()


async def take_up_abandoned(app: App, seconds_since_heartbeat: float) -> int:
    """Requeue the jobs of workers without a heartbeat for so long. Return their count.

    If an identical job is queued already and only one may be, the queued one replaces the abandoned one.
    """
    jobs = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds_since_heartbeat))
    for job in jobs:
        try:
            await app.job_manager.retry_job(job, retry_at=timezone.now())
        except exceptions.UniqueViolation:
            await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
    if jobs:
        log.info("worker.took_up_jobs", count=len(jobs))
    return len(jobs)
