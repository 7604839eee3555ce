"""The jobs: what is open is looked at each minute, summed up each morning, and letters are sent."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app

from bilag.posting.selection import OSLO
from bilag.transfers.jobs import AGAIN, every
from bilag.transfers.turns import AGAIN_IN, MAIL, turns

LOOK_EVERY = timedelta(minutes=1)
SUMMARY_AT = 8


@app.task(name="notifying.send", retry=AGAIN)
def send(letter_id: int) -> None:
    """Send a letter; again after a pause while the mail server does not take it."""
    from bilag.notifying import sending

    with turns.turn(MAIL) as ours:  # a mail server that hangs must not have all threads either
        pause = sending.send(letter_id) if ours else AGAIN_IN
    if pause is not None:
        ask(letter_id, after=pause)


def ask(letter_id: int, *, after: timedelta | None = None) -> None:
    """See to it that the letter is sent; any number of askings before then make one job."""
    at = timezone.now() + after if after else None
    with suppress(exceptions.AlreadyEnqueued), transaction.atomic():
        send.configure(queueing_lock=f"letter-{letter_id}", schedule_at=at).defer(letter_id=letter_id)


@app.periodic(cron=every(LOOK_EVERY))
@app.task(name="notifying.look_all", queueing_lock="notifying.look_all")
def look_all(timestamp: int) -> None:
    """Look at what is open with each company, and take up letters that no job comes for any more."""
    from bilag.notifying import tending

    tending.look_all()


@app.periodic(cron="0 * * * *")
@app.task(name="notifying.summaries", queueing_lock="notifying.summaries")
def summaries(timestamp: int) -> None:
    """At eight in the morning in Oslo: what is still open."""
    from bilag.notifying import tending

    # By the hour that the job is of: one that a busy worker comes to later is still the morning's.
    if datetime.fromtimestamp(timestamp, OSLO).hour == SUMMARY_AT or settings.BILAG_TIME_SCALE != 1:
        tending.summarise_all()
