"""Switch a company live or off. Page, API and company file all use this module, and nothing goes live unchecked.

A person who presses the switch sees the result at once: the company does not go live if the check fails, or if nobody would be
notified of problems. A company file is declarative: the company is live as the file says, and paused while the check says that
its setup cannot work (decisions.md, Interface).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from django.db import transaction

from bilag.companies import lifecycle, store, who
from bilag.companies.check import CheckReport, check_saved
from bilag.companies.parties import Parties, Standing
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record
from bilag.posting.selection import SkipReason, oslo_date
from bilag.transfers import enqueue
from bilag.transfers.activation import concerned, pausing
from bilag.transfers.models import Kind


class Refusal(StrEnum):
    """Why a company was not switched live."""

    UNREACHABLE = "unreachable"
    CHECK_FAILED = "check_failed"
    NO_RECIPIENTS = "no_recipients"
    PARTIES_UNCONFIRMED = "parties_unconfirmed"


class Rechecked(StrEnum):
    """The effect of a check after saving on a live company."""

    PAUSED = "paused"
    RESUMED = "resumed"


@dataclass(frozen=True, slots=True)
class Activation:
    """The results of the check, and why the company was not switched live; `refusal` None: it is live."""

    report: CheckReport
    refusal: Refusal | None = None


def check(company_id: int) -> CheckReport:
    """Check the saved setup. Changes nothing."""
    return check_saved(store.load_setup(company_id))


def activate(company_id: int, *, origin: str) -> Activation:
    """Switch the company live if nothing failed in its check and somebody is notified when something stops."""
    setup = store.load_setup(company_id)
    report = check_saved(setup)
    refusal = _refusal(setup, report)
    if refusal is None:
        _go_live(setup, report, origin)
    return Activation(report, refusal)


class PartiesChanged(Exception):
    """The parties are not those that the person saw. `report` has the present ones, unless a system did not answer."""

    def __init__(self, report: CheckReport) -> None:
        self.report = report
        super().__init__("the parties changed")


def confirm_parties(company_id: int, seen: str, *, origin: str) -> CheckReport:
    """Keep a person's word (`origin`) that exactly the parties with this digest are one company; resume a company paused for
    it.

    Returns the check with the parties confirmed. Raises `PartiesChanged`; then nothing was kept.
    """
    setup = store.load_setup(company_id)
    report = check_saved(setup)
    if report.seen is None or report.seen.parties.digest != seen:
        raise PartiesChanged(report)
    with transaction.atomic():
        who.accept(setup, report.seen, origin=origin, confirmed=True)
        _record_word(company_id, report.seen.parties, origin)
    confirmed = check_saved(setup)
    if setup.paused is not None and confirmed.misconfigured is None and confirmed.unavailable is None:
        pausing.resume(setup)
    return confirmed


def deactivate(company_id: int, *, origin: str) -> None:
    """Switch the company off: nothing of it is transferred from now on."""
    with transaction.atomic():
        if lifecycle.set_not_live(company_id, origin=origin):
            record(company_id, EventName.NOT_LIVE, origin=origin)
        enqueue.drop_setup_check(company_id)  # its check might switch the company live again


def apply_live_flag(company_id: int, *, live: bool, origin: str) -> CheckReport:
    """Check the setup, and make the company live or not as its file says; paused if its setup cannot work."""
    setup = store.load_setup(company_id)
    report = check_saved(setup)
    if not live:
        deactivate(company_id, origin=origin)
    elif report.misconfigured is None:
        _go_live(setup, report, origin)
    else:
        with transaction.atomic():
            _set_live(setup, origin)
            pausing.pause(setup, report.misconfigured, replace=True)
    return report


def recheck(company_id: int) -> Rechecked | None:
    """Check a live company after its setup was saved: pause it with the newest reason, or resume it if its setup works.

    Return None if it stays as it was. An unreachable system proves nothing about the setup.
    """
    setup = store.load_setup(company_id)
    if not setup.live:
        return None
    report = check_saved(setup)
    if report.misconfigured is not None:
        pausing.pause(setup, report.misconfigured, replace=True)
        return Rechecked.PAUSED
    if setup.paused is not None and report.unavailable is None:
        pausing.resume(setup)
        return Rechecked.RESUMED
    return None


def _refusal(setup: Setup, report: CheckReport) -> Refusal | None:
    if report.unavailable is not None and report.misconfigured is None:
        return Refusal.UNREACHABLE
    if not report.ok:
        return Refusal.CHECK_FAILED
    if report.seen is not None and report.seen.standing.asks:
        return Refusal.PARTIES_UNCONFIRMED
    return None if setup.notify.recipients else Refusal.NO_RECIPIENTS


def _go_live(setup: Setup, report: CheckReport, origin: str) -> None:
    """Switch the company live and resume it, in one transaction, and keep who its parties were."""
    with transaction.atomic():
        _keep_parties(setup, report, origin)
        # The first day live is the first day of invoices where none is set. Transfers are locked before their company, as
        # workers do: no deadlock.
        concerned.queue_skipped(setup.company_id, Kind.INVOICE, SkipReason.BEFORE_INVOICES_FROM)
        pausing.wake_company(setup.company_id)
        _set_live(setup, origin)
        pausing.end_pause(setup)


def _keep_parties(setup: Setup, report: CheckReport, origin: str) -> None:
    """Store the parties of a company that goes live.

    Only a company file brings parties this far whose names differ while an organisation number is missing. Its author named the
    client in it, which counts as the author's confirmation and is recorded in the control trail.
    """
    seen = report.seen
    if seen is None or seen.standing == Standing.KEPT:
        return  # the earlier acceptance stands, and the check still requires a confirmation
    declared = seen.standing in (Standing.UNSURE, Standing.RENAMED)
    who.accept(setup, seen, origin=origin, confirmed=declared or seen.standing == Standing.CONFIRMED)
    if declared:
        _record_word(setup.company_id, seen.parties, origin)


def _record_word(company_id: int, parties: Parties, origin: str) -> None:
    """Record in the control trail who confirmed that these are one company."""
    record(
        company_id,
        EventName.PARTIES_CONFIRMED,
        origin=origin,
        moment=parties.moment.shown,
        company=parties.company.shown,
        client=parties.client.shown,
    )


def _set_live(setup: Setup, origin: str) -> None:
    if lifecycle.set_live(setup.company_id, oslo_date(datetime.now(UTC)), origin=origin):
        record(setup.company_id, EventName.LIVE, origin=origin)
