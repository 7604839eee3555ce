"""The jobs: an import of each company every half hour of the working day, and by hand."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app

from bilag.posting.selection import OSLO
from bilag.transfers import pauses
from bilag.transfers.jobs import every
from bilag.transfers.turns import turns

IMPORT_EVERY = timedelta(minutes=30)
FIRST_HOUR, LAST_HOUR = 7, 20
SATURDAY = 5
AGAIN_IN = timedelta(minutes=2)
WHEN_FREE = timedelta(seconds=10)
"""When all turns of the company are taken."""


@app.task(name="expenses.import_company", retry=False)
def import_company(company_id: int, origin: str = "", days_back: int | None = None) -> None:
    """Import; where an answer was lost or the other side was down, once more after a while."""
    from bilag.expenses import by_itself

    with turns.turn(company_id, extra=1) as ours:
        if ours:
            by_itself.import_by_itself(company_id, origin=origin, days_back=days_back)
        else:
            ask_import(company_id, origin=origin, days_back=days_back, after=WHEN_FREE)


@app.periodic(cron=every(IMPORT_EVERY))
@app.task(name="expenses.import_all", queueing_lock="expenses.import_all")
def import_all(timestamp: int) -> None:
    """Start an import of each company that wants it, in working hours."""
    from bilag.expenses import by_itself

    if in_working_hours(timezone.now()):
        by_itself.ask_all()


def in_working_hours(now: datetime) -> bool:
    """07 to 20 on the clock in Oslo, Monday to Friday. Under BILAG_TIME_SCALE clocks mean nothing: always."""
    local = now.astimezone(OSLO)
    return settings.BILAG_TIME_SCALE != 1 or (FIRST_HOUR <= local.hour < LAST_HOUR and local.weekday() < SATURDAY)


def ask_import(
    company_id: int, *, origin: str = "", days_back: int | None = None, after: timedelta | None = None
) -> None:
    """See to it that the company's expenses are imported soon; any number of askings before then make one import.

    By hand it is one of its own, so that whoever asked sees its answer.
    """
    lock = f"expenses-{company_id}-{'by-hand' if origin else 'later' if after else 'now'}"
    at = timezone.now() + pauses.scaled(after) if after else None
    given: dict[str, str | int] = {"company_id": company_id}
    if origin:
        given["origin"] = origin
    if days_back is not None:
        given["days_back"] = days_back
    try:
        with transaction.atomic():
            import_company.configure(queueing_lock=lock, schedule_at=at).defer(**given)
    except exceptions.AlreadyEnqueued:
        return
