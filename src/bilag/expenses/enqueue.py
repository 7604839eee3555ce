"""Enqueue the import of a company's expenses."""

from datetime import timedelta

from bilag.jobs.backoff import scaled
from bilag.jobs.defer import defer_coalesced, has_job, urgency_of

IMPORT_COMPANY = "expenses.import_company"


def is_asked(company_id: int) -> bool:
    """Return whether an import that a person requested is queued or running."""
    return has_job(f"expenses-{company_id}-by-hand")


def ask_import(
    company_id: int, *, origin: str = "", days_back: int | None = None, after: timedelta | None = None
) -> None:
    """Enqueue an import; duplicates coalesce. `origin` is the person who requested it, or None.

    A person's import has a lock of its own, so that the person sees its result.
    """
    lock = f"expenses-{company_id}-{'by-hand' if origin else 'later' if after else 'now'}"
    given: dict[str, int | str] = {"company_id": company_id}
    if origin:
        given["origin"] = origin
    if days_back is not None:
        given["days_back"] = days_back
    defer_coalesced(IMPORT_COMPANY, lock, after=scaled(after) if after else None, urgency=urgency_of(origin), **given)
