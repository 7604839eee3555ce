"""Enqueue the comparison of a period."""

from datetime import date, timedelta

from bilag.jobs.backoff import scaled
from bilag.jobs.defer import defer_coalesced, has_job, urgency_of

PERIOD = "reconciliation.period"


def is_asked(company_id: int, first: date, last: date) -> bool:
    """Return whether a comparison of the period is queued or running."""
    return has_job(_lock(company_id, first, last, by_hand=True), _lock(company_id, first, last, by_hand=False))


def ask(company_id: int, first: date, last: date, *, origin: str = "", after: timedelta | None = None) -> None:
    """Enqueue a comparison of the period (both days included); duplicates coalesce. `origin` is the person who requested it."""
    given: dict[str, int | str] = {"company_id": company_id, "first": first.isoformat(), "last": last.isoformat()}
    if origin:
        given["origin"] = origin
    lock = _lock(company_id, first, last, by_hand=bool(origin))
    defer_coalesced(PERIOD, lock, after=scaled(after) if after else None, urgency=urgency_of(origin), **given)


def _lock(company_id: int, first: date, last: date, *, by_hand: bool) -> str:
    return f"reconcile-{company_id}-{first}-{last}-{'by-hand' if by_hand else 'by-itself'}"
