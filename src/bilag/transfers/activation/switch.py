"""The switch "live", behind the check: the one way in for the page, the HTTP API and the company file.

Whoever presses the switch hears at once whether it is on, so nothing goes live that does not check out, or of which
nobody would hear when it stops. A company file is a standing wish: the company is live as it says, and paused with the
reason while its check says that it cannot work (decisions.md, Interface).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from bilag.companies import lifecycle, store
from bilag.companies.check import CheckReport, check_company
from bilag.companies.gateways import moment_for, platform_for
from bilag.events.record import record
from bilag.posting.problem import Problem
from bilag.posting.selection import oslo_date
from bilag.transfers.activation import pausing

Refusal = Literal["unreachable", "failed", "nobody_told"]


@dataclass(frozen=True, slots=True)
class Switched:
    """What the check found, and why the company was not switched on; `refusal` None: it is on."""

    report: CheckReport
    refusal: Refusal | None = None


def checked(company_id: int) -> CheckReport:
    """The check of the setup as it is saved. Nothing is changed."""
    setup = store.load_setup(company_id)
    return check_company(setup, moment_for(setup), platform_for(setup))


def activate(company_id: int, *, origin: str) -> Switched:
    """Set the company live if nothing failed in its check and somebody is told when something stops."""
    report = checked(company_id)
    refusal = _refusal(company_id, report)
    if refusal is None:
        _on(company_id, origin)
        pausing.resume(company_id)
    return Switched(report, refusal)


def deactivate(company_id: int, *, origin: str) -> None:
    """Nothing of the company is transferred from now on."""
    if store.load_setup(company_id).live:
        record(company_id, "not_live", origin=origin)
    lifecycle.set_not_live(company_id, origin=origin)


def apply_live_flag(company_id: int, *, live: bool, origin: str) -> CheckReport:
    """After a company file was applied: live or not as it says, paused where the check says that it cannot work."""
    report = checked(company_id)
    if not live:
        deactivate(company_id, origin=origin)
        return report
    _on(company_id, origin)
    if report.misconfigured is not None:
        _pause_again(company_id, report.misconfigured)
    else:
        pausing.resume(company_id)
    return report


def recheck(company_id: int) -> Literal["paused", "resumed"] | None:
    """After a setup was saved: a live company goes on if its setup works, or is paused with the reason.

    None: it stands as it stood. A system that cannot be reached just now says nothing of the setup.
    """
    setup = store.load_setup(company_id)
    if not setup.live:
        return None
    report = checked(company_id)
    if report.misconfigured is not None:
        _pause_again(company_id, report.misconfigured)
        return "paused"
    if setup.paused is not None and report.unavailable is None:
        pausing.resume(company_id)
        return "resumed"
    return None


def _refusal(company_id: int, report: CheckReport) -> Refusal | None:
    if report.unavailable is not None and report.misconfigured is None:
        return "unreachable"
    if not report.ok:
        return "failed"
    return None if store.has_recipients(company_id) else "nobody_told"


def _on(company_id: int, origin: str) -> None:
    if not store.load_setup(company_id).live:
        record(company_id, "live", origin=origin)
    lifecycle.set_live(company_id, oslo_date(datetime.now(UTC)), origin=origin)


def _pause_again(company_id: int, problem: Problem) -> None:
    """Pause it, so that the newest reason is the one that is told."""
    lifecycle.resume(company_id)
    pausing.pause(store.load_setup(company_id), problem)
