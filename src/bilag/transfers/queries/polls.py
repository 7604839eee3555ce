"""Whether polls still work: webhooks may be lost, and then only the poll finds the changes."""

from datetime import datetime, timedelta

from django.utils import timezone

from bilag.companies.setup import Setup
from bilag.events.models import Event
from bilag.jobs import backoff
from bilag.posting.problem import Problem
from bilag.transfers.intake.poll import SAME_FAILURE_AGAIN, kinds_polled
from bilag.transfers.models import PollMark

SILENT_FOR = timedelta(hours=6)


def failing_poll(setup: Setup) -> Problem | None:
    """Return the problem that a list of Moment could not be read for `SILENT_FOR`, whatever the reason; None while polls
    succeed.
    """
    failures = Event.objects.filter(company_id=setup.company_id, name="poll_failed")
    last = failures.order_by("-at").first()
    now = timezone.now()
    if last is None or last.at < now - 2 * SAME_FAILURE_AGAIN:
        return None
    polled = dict(PollMark.objects.filter(company_id=setup.company_id).values_list("kind", "polled_at"))
    oldest: list[datetime | None] = [polled.get(kind) for kind in kinds_polled(setup)]
    known = [at for at in oldest if at is not None]
    never = len(known) < len(oldest) and failures.filter(at__lt=now - backoff.scaled(SILENT_FOR)).exists()
    if not never and (not known or min(known) > now - backoff.scaled(SILENT_FOR)):
        return None
    said = Problem.from_json(last.problem).said if last.problem else None
    return Problem("moment_not_polled", "company", {}, said)
