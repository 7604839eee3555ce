"""Enqueue the rehearsal of a period."""

from datetime import date, timedelta

from bilag.jobs.backoff import scaled
from bilag.jobs.defer import Urgency, defer_coalesced

PERIOD = "rehearsal.period"


def ask(company_id: int, first: date, last: date, *, origin: str, after: timedelta | None = None) -> None:
    """Enqueue a rehearsal of the period (both days included); duplicates coalesce. `origin` is the person who asked."""
    defer_coalesced(
        PERIOD,
        f"rehearse-{company_id}-{first}-{last}",
        after=scaled(after) if after else None,
        urgency=Urgency.BACKGROUND,  # a year takes minutes, in front of a page that shows how far it is
        company_id=company_id,
        first=first.isoformat(),
        last=last.isoformat(),
        origin=origin,
    )
