"""Save a company's Integration setup, and all that follows from it, in one transaction.

`bilag company apply`, the API, the setup page and the page for a new company save a setup only through here. In the
transaction: the rows and their changes, one event, the customers and projects that the new setup may concern (queued
again), and the live switch as far as it needs no check. If the process is stopped at any point, all of it was saved or
nothing.

The connection check talks to two other systems, so it runs after the transaction: the caller runs it with `check_saved`.
The transaction also enqueues it as a job for a little later, so that it happens even if the process is stopped before.
"""

from collections.abc import Set
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from bilag.companies import lifecycle, setup_writer, store
from bilag.companies.check import CheckReport
from bilag.companies.file import CompanyFile
from bilag.companies.settings import Section
from bilag.events.record import EventName, record
from bilag.posting.selection import SkipReason
from bilag.transfers import enqueue
from bilag.transfers.activation import switch
from bilag.transfers.activation.switch import Rechecked
from bilag.transfers.models import ACTIVE, Kind, PollMark, State, Transfer

LEDGER_SECTIONS = {Section.PLATFORM, Section.DIMENSIONS}
"""What accounting has accepted under another setting here says nothing about the new one."""
SELECTING_SECTIONS = LEDGER_SECTIONS | {Section.MOMENT, Section.EXPORT}
"""A change here may concern customers and projects that are done or were skipped."""


@dataclass(frozen=True, slots=True)
class SavedSetup:
    """What was saved. `changed` are dotted names, empty when everything was stored already."""

    company_id: int
    version: int
    created: bool
    changed: frozenset[str]
    live: bool | None
    origin: str


@dataclass(frozen=True, slots=True)
class SavedCheck:
    """What the check after saving found, and what it did; a report without steps when there was nothing to check."""

    report: CheckReport = CheckReport(())
    outcome: Rechecked | None = None


def save_setup(
    file: CompanyFile, *, origin: str, seen_version: int | None = None, live: bool | None = None
) -> SavedSetup:
    """Save the file's setup. `origin` says who or what saves it.

    `live`: what the file says of the live switch; None leaves it alone. False takes effect at once, True after the check.
    `seen_version` is the version on which the change is based (0 = a new company); None accepts any.
    Raises `store.SetupChanged` and `store.MomentTaken`; then nothing was saved.
    """
    try:
        return _save(file, origin, seen_version, live)
    except setup_writer.CreatedMeanwhile:
        return _save(file, origin, seen_version, live)


def check_saved(saved: SavedSetup) -> SavedCheck:
    """Check a saved setup now, go live if its file says so, and pause or resume a live company by the result."""
    if saved.live is not None:
        done = SavedCheck(switch.apply_live_flag(saved.company_id, live=saved.live, origin=saved.origin))
    elif saved.changed:
        done = SavedCheck(outcome=switch.recheck(saved.company_id))
    else:
        return SavedCheck()
    enqueue.drop_setup_check(saved.company_id, saved.version)
    return done


def run_enqueued_check(company_id: int, version: int, *, live: bool, origin: str) -> None:
    """Run the check that a stopped process left, unless the setup was saved again since: then another one is enqueued."""
    if store.load_setup(company_id).version != version:
        return
    if live:
        switch.apply_live_flag(company_id, live=True, origin=origin)
    else:
        switch.recheck(company_id)


@transaction.atomic
def _save(file: CompanyFile, origin: str, seen_version: int | None, live: bool | None) -> SavedSetup:
    comparison = setup_writer.compare(file, seen_version=seen_version)
    queued = []
    if comparison.row is not None:
        queued = _queue_customers_and_projects(comparison.row.company_id, comparison.changed_sections)
    written = setup_writer.write(comparison, origin=origin)
    company_id = written.company_id
    if written.changed:
        version, count = str(written.version), str(len(written.changed))
        record(company_id, EventName.SETUP_SAVED, origin=origin, version=version, count=count)
    if live is False:
        switch.deactivate(company_id, origin=origin)
    if lifecycle.is_open(company_id):
        enqueue.wake_all(queued)
    if live or (live is None and written.changed and lifecycle.is_live(company_id)):
        enqueue.drop_setup_check(company_id)  # of an earlier version
        enqueue.ask_setup_check(company_id, written.version, live=bool(live), origin=origin)
    return SavedSetup(company_id, written.version, written.created, written.changed, live, origin)


def _queue_customers_and_projects(company_id: int, changed: Set[str]) -> list[int]:
    """Queue the customers and projects that the change may concern, and return those that need a job.

    One that a worker sends at this moment under the earlier setup counts as requested again.
    """
    if not changed & SELECTING_SECTIONS:
        return []
    PollMark.objects.filter(company_id=company_id).update(modified_at=None)
    rows = Transfer.objects.filter(company_id=company_id, kind__in=(Kind.CUSTOMER, Kind.PROJECT))
    rows.update(moment_version=None)
    if changed & LEDGER_SECTIONS:
        rows.update(accepted_hash=None, unit_value=None)
    rows.filter(state__in=ACTIVE).update(request_count=F("request_count") + 1)
    settled = rows.filter(state__in=(State.DONE, State.SKIPPED)).exclude(reason=SkipReason.EXCLUDED)
    ids = list(settled.order_by("id").values_list("pk", flat=True))
    settled.update(state=State.QUEUED, hinted_at=timezone.now())
    return ids
