"""Enqueue the jobs of transfers, in the transaction of the rows that they work on."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from procrastinate.types import JSONDict

from bilag.jobs.backoff import scaled
from bilag.jobs.defer import Urgency, cancel, defer, defer_coalesced, defer_many, subjects_with_job

WORK = "transfers.work"
LOOK = "transfers.look"
POLL = "transfers.poll"
PROBE = "transfers.probe"
CHECK_SETUP = "transfers.check_setup"
AHEAD = "transfers.look_for_unknown"
RECOVER = "transfers.recover"
DOCUMENTS = "transfers.attach_documents"
POLL_EVERY = timedelta(minutes=5)
SETUP_CHECK_AFTER = timedelta(minutes=2)
"""Longer than a check takes: the process that saves a setup also checks it, and then removes the job."""
MOST_TOGETHER = 10
"""The most transfers in one job: a job costs a third of what a transfer costs."""
SPREAD_OVER = 192
"""A list becomes at least so many jobs before any job gets two transfers, so that no worker is idle."""


def wake(transfer_id: int, at: datetime | None = None) -> None:
    """Enqueue a job for the transfer, to run now or at a time (UTC)."""
    defer(WORK, at=at, transfer_ids=[transfer_id])


def wake_all(transfer_ids: list[int]) -> None:
    """Enqueue jobs for many transfers; a long list becomes jobs of several transfers."""
    wake_lists([transfer_ids])


def wake_lists(lists: Iterable[list[int]]) -> None:
    """Enqueue the jobs of several lists of transfers, one for each company, in one statement: no job mixes two lists."""
    defer_many(WORK, [job for transfer_ids in lists for job in _jobs_of(transfer_ids)])


def _jobs_of(transfer_ids: list[int]) -> list[JSONDict]:
    together = max(1, min(MOST_TOGETHER, len(transfer_ids) // SPREAD_OVER))
    starts = range(0, len(transfer_ids), together)
    return [{"transfer_ids": [*transfer_ids[start : start + together]]} for start in starts]


def wake_together(transfer_ids: list[int]) -> None:
    """Enqueue one job for all of these transfers."""
    defer(WORK, transfer_ids=[*transfer_ids])


def ask_look(company_id: int, kind: str, moment_id: int, at: datetime | None = None) -> None:
    """Enqueue the look-up of an object for which Moment's hint has no number."""
    defer(LOOK, at=at, company_id=company_id, kind=kind, moment_id=moment_id)


def ask_looks(objects: Iterable[tuple[int, str, int]]) -> None:
    """Enqueue the look-up of each object (company, kind, Moment's id) for which Moment's hint has no number."""
    defer_many(LOOK, [{"company_id": company, "kind": kind, "moment_id": pk} for company, kind, pk in objects])


def ask_probe(company_id: int, after: timedelta, *, probes: int) -> None:
    """Enqueue a check of a paused company. Duplicates coalesce, so that saving a setup with a wrong password again and
    again does not try that password more often."""
    defer_coalesced(PROBE, f"probe-{company_id}", after=after, company_id=company_id, probes=probes)


def companies_with_probe() -> set[int]:
    """Return the ids of the companies for which a check waits or runs."""
    return {int(str(pk)) for pk in subjects_with_job(PROBE, "company_id")}


def ask_poll(company_id: int, after: timedelta | None = None, *, origin: str = "") -> None:
    """Enqueue a poll of Moment; duplicates coalesce. `origin` is the person who requested it, or None.

    A later poll, an immediate poll and a person's poll have separate locks, so none replaces another. A person's poll is always
    logged.
    """
    lock = f"poll-{company_id}-{'later' if after else 'by-hand' if origin else 'now'}"
    given = {"origin": origin} if origin else {}
    urgency = Urgency.PERSON if origin else Urgency.USUAL
    defer_coalesced(POLL, lock, after=after, urgency=urgency, company_id=company_id, **given)


def ask_ahead(company_id: int, after: timedelta | None = None, *, after_restore: bool = False) -> None:
    """Enqueue a look for vouchers that the database does not know; duplicates coalesce. One after a restore looks further."""
    if after_restore:
        lock = f"ahead-{company_id}-restored"
        defer_coalesced(AHEAD, lock, after=after, company_id=company_id, after_restore=True)
    else:
        defer_coalesced(AHEAD, f"ahead-{company_id}", after=after, company_id=company_id)


def ask_recover(company_id: int, *, origin: str, after: timedelta | None = None) -> None:
    """Enqueue a recovery of what accounting has and the database lacks; duplicates coalesce. `origin` is the person who
    requested it.
    """
    defer_coalesced(RECOVER, f"recover-{company_id}", after=after, company_id=company_id, origin=origin)


def ask_documents(company_id: int, after: timedelta | None = None) -> None:
    """Enqueue attaching the company's documents that are due; duplicates coalesce."""
    defer_coalesced(DOCUMENTS, f"documents-{company_id}", after=after, company_id=company_id)


def ask_setup_check(company_id: int, version: int, *, live: bool, origin: str, after: timedelta | None = None) -> None:
    """Enqueue the check of a saved setup; duplicates coalesce. `live`: the company goes live after it."""
    delay = scaled(SETUP_CHECK_AFTER) if after is None else after
    defer_coalesced(
        CHECK_SETUP,
        _setup_check_lock(company_id),
        after=delay,
        company_id=company_id,
        version=version,
        live=live,
        origin=origin,
    )


def drop_setup_check(company_id: int, version: int | None = None) -> None:
    """Remove the check of a saved setup from the queue; with `version` only if it is of that version."""
    given: JSONDict = {} if version is None else {"version": version}
    cancel(_setup_check_lock(company_id), **given)


def _setup_check_lock(company_id: int) -> str:
    return f"setup-check-{company_id}"
