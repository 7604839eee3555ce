"""Save a company's Integration setup, and all that follows from it, in one transaction.

`bilag company apply`, the API, the setup page and the page for a new company save a setup only through here. In the
transaction: the rows and their changes, one event, the transfers that the new setup may concern (queued again:
`concerned`), and the live switch as far as it needs no check. If the process is stopped at any point, all of it was saved or
nothing.

The connection check talks to two other systems, so it runs after the transaction: the caller runs it with `check_saved`.
The transaction also enqueues it as a job for a little later, so that it happens even if the process is stopped before.
"""

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from bilag.companies import lifecycle, refusals, setup_writer, store
from bilag.companies.check import CheckReport
from bilag.companies.file import CompanyFile
from bilag.companies.settings import Section
from bilag.events.record import EventName, record
from bilag.platforms.base import Said
from bilag.transfers import enqueue
from bilag.transfers.activation import concerned, leave_source, switch
from bilag.transfers.activation.switch import Rechecked
from bilag.transfers.locking import locked_ids
from bilag.transfers.models import State, Transfer


@dataclass(frozen=True, slots=True)
class SavedSetup:
    """The result of saving. `changed` are dotted names, empty if everything was stored already."""

    company_id: int
    version: int
    created: bool
    changed: frozenset[str]
    live: bool | None
    origin: str


@dataclass(frozen=True, slots=True)
class SavedCheck:
    """The results of the check after saving, and its effect; a report without steps if there was nothing to check."""

    report: CheckReport = CheckReport(())
    outcome: Rechecked | None = None


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """A person's decision to change to another ledger or another company of Moment (`change_ledger`).

    `invoices_from`: invoices finalised earlier (Oslo) do not go to the new ledger automatically.
    """

    invoices_from: date


def save_setup(
    file: CompanyFile,
    *,
    origin: str,
    seen_version: int | None = None,
    live: bool | None = None,
    change: LedgerChange | None = None,
) -> SavedSetup:
    """Save the file's setup. `origin` says who or what saves it.

    `live`: the file's live switch; None leaves it alone. False takes effect at once, True after the check. `seen_version` is
    the version on which the change is based (0 = a new company); None accepts any. `change`: None unless a person decided to
    change to another ledger or company of Moment.

    Raises `store.SetupChanged` and the `refusals.SetupRefused`s; then nothing was saved.
    """
    try:
        return _save(file, origin, seen_version, live, change)
    except setup_writer.CreatedMeanwhile:
        return _save(file, origin, seen_version, live, change)


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
    """Run the check that a stopped process left, unless the setup was saved again since: that save enqueued its own."""
    if store.load_setup(company_id).version != version:
        return
    if live:
        switch.apply_live_flag(company_id, live=True, origin=origin)
    else:
        switch.recheck(company_id)


@transaction.atomic
def _save(
    file: CompanyFile, origin: str, seen_version: int | None, live: bool | None, change: LedgerChange | None
) -> SavedSetup:
    if change is not None:
        export = {**file.settings[Section.EXPORT], "invoices_from": change.invoices_from.isoformat()}
        file = replace(file, settings={**file.settings, Section.EXPORT: export})
    comparison = setup_writer.compare(file, seen_version=seen_version)
    row, queued, source_used = comparison.row, [], False
    if row is not None:
        # Hints received before the connection was entered belong to the Moment that is entered now.
        source_used = comparison.source_replaced and Transfer.objects.filter(source=row.source_id).exists()
        if change is None:
            _refuse_another_ledger(comparison, source_used)
        if source_used:
            leave_source.close_source(row.source_id)
            concerned.read_all_again(row.company_id)
        else:
            queued = concerned.queue(row, comparison.changed)
        if comparison.ledger_changes:
            _end_requests_by_hand(row.source_id)
    written = setup_writer.write(comparison, origin=origin, source_used=source_used)
    company_id = written.company_id
    if comparison.source_changes:
        queued += concerned.queue_reentered(written.source_id)
    if row is not None and (comparison.ledger_replaced or source_used):
        record(
            company_id,
            EventName.LEDGER_CHANGED,
            origin=origin,
            ledger=comparison.ledger_key,
            moment=comparison.source_key,
        )
    if written.changed:
        version, count = str(written.version), str(len(written.changed))
        record(company_id, EventName.SETUP_SAVED, origin=origin, version=version, count=count)
    if live is False:
        switch.deactivate(company_id, origin=origin)
    if lifecycle.is_open(company_id):
        enqueue.wake_all(queued)
    if live or (live is None and written.changed and lifecycle.is_live(company_id)):
        enqueue.drop_setup_check(company_id)  # the job of an earlier version
        enqueue.ask_setup_check(company_id, written.version, live=bool(live), origin=origin)
    return SavedSetup(company_id, written.version, written.created, written.changed, live, origin)


def _refuse_another_ledger(comparison: setup_writer.Comparison, source_used: bool) -> None:
    """Raise `LedgerInUse` if the file names another ledger or Moment than the present one, and something belongs to that."""
    row = comparison.row
    assert row is not None  # noqa: S101 - asked by the caller
    slug = comparison.file.slug
    remedy = (
        f"What is posted or in doubt stays where it is, and you choose from which day invoices go to the new one. See what happens "
        f"with: bilag ledger change {slug} FILE.toml --dry-run",
        f"Det som er bokført eller uavklart, blir der det er, og du velger fra hvilken dag fakturaer går til det nye. Se hva som "
        f"skjer med: bilag ledger change {slug} FIL.toml --dry-run",
    )
    if comparison.ledger_changes and row.ledger.used_at is not None:
        old, new = row.ledger.key, comparison.ledger_key
        raise refusals.LedgerInUse(
            Said(
                f"the setup changes the ledger from {old} to {new}, which is a step of its own. {remedy[0]}",
                f"oppsettet bytter regnskap fra {old} til {new}, og det er et eget steg. {remedy[1]}",
            ),
            Section.PLATFORM,
        )
    if source_used:
        old, new = row.source.key, comparison.source_key
        raise refusals.LedgerInUse(
            Said(
                f"the setup changes the company in Moment from {old} to {new}, which is a step of its own. {remedy[0]}",
                f"oppsettet bytter firma i Moment fra {old} til {new}, og det er et eget steg. {remedy[1]}",
            ),
            "moment.company_id",
        )


def _end_requests_by_hand(source_id: int) -> None:
    """End every manual request that was made for another ledger: from now on the date that the person chose decides."""
    rows = Transfer.objects.filter(source=source_id, manual=True).exclude(state=State.DONE)
    Transfer.objects.filter(pk__in=locked_ids(rows)).update(manual=False, manual_at=None)
