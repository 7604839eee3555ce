"""The worker: takes jobs from the queue in the database, and takes up again those of a worker that died."""

import asyncio
import concurrent.futures
from datetime import timedelta
from typing import cast

import structlog
from asgiref.sync import sync_to_async
from django.utils import timezone
from procrastinate import App, exceptions
from procrastinate.contrib.django import app as django_app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Status
from psycopg import Error as DatabaseError

from bilag.jobs.fair_share import fair_share
from bilag.jobs.registry import register_tasks

log = structlog.get_logger(__name__)
HEARTBEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 20.0
LOOK_FOR_DEAD_SECONDS = 5.0
POLLING_SECONDS = 1.0
GRACE_SECONDS = 20.0
RESTART_PAUSE = timedelta(seconds=1)


async def work(concurrency: int, stop: asyncio.Event, *, alone: bool) -> None:
    """Work until `stop` is set. A worker that loses the database is started anew when it is back.

    `alone`: no other worker can be alive on this database, so that jobs left under way by a killed one are taken up
    at once; otherwise when the dead one's heartbeat has been missing for `DEAD_AFTER_SECONDS`. Moment is asked at once too,
    for webhooks met nobody while no worker was alive.
    """
    register_tasks()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(max_workers=concurrency + 24))
    fair_share.places = concurrency
    first = True
    while not stop.is_set():
        try:
            await _one_life(concurrency, stop, take_all=alone and first)
        except (DatabaseError, exceptions.ProcrastinateException, OSError) as error:
            log.warning("worker.lost_database", error=type(error).__name__)
        first = False
        if not stop.is_set():
            await asyncio.sleep(RESTART_PAUSE.total_seconds())


def start_over() -> None:
    """Ask for a poll of each live company at once, and take up transfers that a worker had in memory when it died."""
    from bilag.transfers.intake import poll  # models can be named only when Django is set up

    tend_now()
    poll.poll_now()


def tend_now() -> None:
    """Take up transfers that a worker had in memory when it died."""
    from bilag.transfers.intake import requeue_stuck

    requeue_stuck.requeue_stuck(timedelta(0))


async def _one_life(concurrency: int, stop: asyncio.Event, *, take_all: bool) -> None:
    connector = cast(DjangoConnector, django_app.connector)
    app = django_app.with_connector(connector.get_worker_connector())
    async with app.open_async():
        if take_all:
            await take_up_abandoned(app, 0)
            await sync_to_async(start_over)()
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency,
                install_signal_handlers=False,
                fetch_job_polling_interval=POLLING_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
            )
        )
        helpers = [asyncio.create_task(stop.wait()), asyncio.create_task(_keep_taking_up(app))]
        try:
            await asyncio.wait([worker, *helpers], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*helpers, worker):
                task.cancel()
            await asyncio.gather(worker, *helpers, return_exceptions=True)
            await sync_to_async(fair_share.hand_back)()


async def _keep_taking_up(app: App) -> None:
    while True:
        await asyncio.sleep(LOOK_FOR_DEAD_SECONDS)
        if await take_up_abandoned(app, DEAD_AFTER_SECONDS):
            await sync_to_async(tend_now)()


async def take_up_abandoned(app: App, seconds_since_heartbeat: float) -> int:
    """Queue again the jobs of workers that gave no sign of life for so long; give their count.

    A job of which there may be one in the queue only, and is one again by now, is done with: that one takes its place.
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
