"""Procrastinate's entry points of notifications. Nobody imports this module: jobs are enqueued by name (`enqueue`)."""

from datetime import datetime, timedelta

from django.conf import settings
from procrastinate.contrib.django import app

from bilag.jobs.fair_share import AGAIN_IN, MAIL, fair_share
from bilag.jobs.schedule import AGAIN, every
from bilag.notifications import email_sender, enqueue, sweep
from bilag.posting.selection import OSLO

LOOK_EVERY = timedelta(minutes=1)
SUMMARY_AT = 8


@app.task(name=enqueue.SEND, retry=AGAIN)
def send(letter_id: int) -> None:
    """Send an e-mail; enqueue another try while the mail server does not accept it."""
    with fair_share.slot(MAIL) as acquired:  # a mail server that hangs must not hold all threads either
        pause = email_sender.send(letter_id) if acquired else AGAIN_IN
    if pause is not None:
        enqueue.ask(letter_id, after=pause)


@app.periodic(cron=every(LOOK_EVERY))
@app.task(name="notifying.look_all", queueing_lock="notifying.look_all")
def look_all(timestamp: int) -> None:
    """Write e-mails about new open problems of each company, and requeue e-mails that have no job any more."""
    sweep.look_all()


@app.periodic(cron="0 * * * *")
@app.task(name="notifying.summaries", queueing_lock="notifying.summaries")
def summaries(timestamp: int) -> None:
    """At eight in the morning in Oslo, summarise what is still open."""
    # The hour is that of the job's schedule: a busy worker that runs it later still sends the morning's summary.
    if datetime.fromtimestamp(timestamp, OSLO).hour == SUMMARY_AT or settings.BILAG_TIME_SCALE != 1:
        sweep.summarise_all()
