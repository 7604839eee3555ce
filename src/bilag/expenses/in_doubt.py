"""What was sent to Moment and never answered may be on its way yet: for a minute it is looked for, not sent again.

Moment refuses no second activity, expense or document that is equal to the first (contracts/moment.md), so nothing but
this keeps a late first one and an early second one from both being there.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from bilag.jobs import backoff


class StillInDoubt(Exception):
    """What was sent may be under way yet: it is looked up again after a pause. `seconds` until then."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(seconds)


def wait_if_sent(sent_at: datetime | str | None) -> None:
    """Raise `StillInDoubt` when what was sent then (None = never) may yet arrive. A text is a time in ISO form."""
    if not sent_at:
        return
    moment = datetime.fromisoformat(sent_at) if isinstance(sent_at, str) else sent_at
    left = moment + backoff.scaled(backoff.DOUBT) - timezone.now()
    if left > timedelta():
        raise StillInDoubt(left.total_seconds())
