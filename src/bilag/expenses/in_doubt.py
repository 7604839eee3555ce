"""Handle a request to Moment whose answer was lost: for a minute, look the object up instead of sending it again.

Moment accepts duplicate activities, expenses and documents (contracts/moment.md). Without this wait, a late first request and
an early second one would create two.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from bilag.jobs import backoff


class StillInDoubt(Exception):
    """A request may still arrive: look the object up again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(seconds)


def wait_if_sent(sent_at: datetime | str | None) -> None:
    """Raise `StillInDoubt` if a request of that time (None: there was none) may still arrive. A text is a time in ISO form."""
    if not sent_at:
        return
    moment = datetime.fromisoformat(sent_at) if isinstance(sent_at, str) else sent_at
    left = moment + backoff.scaled(backoff.DOUBT) - timezone.now()
    if left > timedelta():
        raise StillInDoubt(left.total_seconds())
