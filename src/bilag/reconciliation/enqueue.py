"""Enqueue the comparison of a period."""

from datetime import date, timedelta

from bilag.jobs.backoff import scaled
from bilag.jobs.defer import defer_coalesced

PERIOD = "reconciliation.period"


def ask(company_id: int, first: date, last: date, *, origin: str = "", after: timedelta | None = None) -> None:
    """Enqueue a comparison of the period (both days included); duplicates coalesce. `origin` is the person who asked."""
    lock = f"reconcile-{company_id}-{first}-{last}-{'by-hand' if origin else 'by-itself'}"
    given: dict[str, int | str] = {"company_id": company_id, "first": first.isoformat(), "last": last.isoformat()}
    if origin:
        given["origin"] = origin
    defer_coalesced(PERIOD, lock, after=scaled(after) if after else None, **given)
