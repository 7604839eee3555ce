"""Procrastinate's entry points of notifications. Jobs are enqueued by name (`enqueue`); do not import this module."""

from datetime import datetime, timedelta

from django.conf import settings
from procrastinate.contrib.django import app

from bilag.jobs.fair_share import AGAIN_IN, MAIL, fair_share
from bilag.jobs.schedule import AGAIN, every
from bilag.notifications import email_sender, enqueue, sweep
from bilag.posting.selection import OSLO

NOTIFY_EVERY = timedelta(minutes=1)
SUMMARY_AT = 8


@app.task(name=enqueue.SEND, retry=AGAIN)
def send(letter_id: int) -> None:
    """Send an email; enqueue another attempt while the mail server does not accept it."""
    with fair_share.slot(MAIL, lent=False) as acquired:  # a mail server that hangs must not occupy all threads
        pause = email_sender.send(letter_id) if acquired else AGAIN_IN
    if pause is not None:
        enqueue.enqueue_send(letter_id, after=pause)


@app.periodic(cron=every(NOTIFY_EVERY))
@app.task(name="notifying.look_all", queueing_lock="notifying.look_all")
def notify_all(timestamp: int) -> None:
    """Create emails about new open problems of each company, and requeue emails whose job was lost."""
    sweep.notify_all()


@app.periodic(cron="0 * * * *")
@app.task(name="notifying.summaries", queueing_lock="notifying.summaries")
def send_summaries(timestamp: int) -> None:
    """Summarise at eight in the morning in Oslo what is still open."""
    # The hour is that of the job's schedule: a busy worker that runs it later still sends the morning's summary.
    if datetime.fromtimestamp(timestamp, OSLO).hour == SUMMARY_AT or settings.BILAG_TIME_SCALE != 1:
        sweep.send_summaries()
