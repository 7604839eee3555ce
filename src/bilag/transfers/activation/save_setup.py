"""Save a company's Integration setup, and all that follows from it, in one transaction.

`bilag company apply`, the API, the setup page and the page for a new company save a setup only through here. In the
transaction: the rows and their changes, one event, the transfers that the new setup may concern (queued again:
`concerned`), and the live switch as far as it needs no check. If the process is stopped at any point, all of it was saved or
nothing.

The connection check talks to two other systems, so it runs after the transaction: the caller runs it with `check_saved`.
The transaction also enqueues it as a job for a little later, so that it happens even if the process is stopped before.
"""

from dataclasses import dataclass

from django.db import transaction

from bilag.companies import lifecycle, setup_writer, store
from bilag.companies.check import CheckReport
from bilag.companies.file import CompanyFile
from bilag.events.record import EventName, record
from bilag.transfers import enqueue
from bilag.transfers.activation import concerned, switch
from bilag.transfers.activation.switch import Rechecked


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
        queued = concerned.queue(comparison.row.company_id, comparison.changed)
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
