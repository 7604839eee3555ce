"""A company whose setup does not work is paused: nothing of it is tried, one notice, until it checks out again."""

import structlog
from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle, store
from bilag.companies.check import check_company
from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.models import SetupChange
from bilag.companies.setup import Setup
from bilag.events.record import record
from bilag.jobs import backoff
from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason
from bilag.transfers import enqueue
from bilag.transfers.models import ACTIVE, PollMark, State, Transfer
from bilag.wire.errors import EdgeError

log = structlog.get_logger(__name__)


def pause(setup: Setup, problem: Problem) -> None:
    """Pause the company, if it is not paused already, and have it checked again after a while."""
    if lifecycle.pause(setup.company_id, problem, version=setup.version):
        log.warning("company.paused", company=setup.slug, code=problem.code, said=problem.said)
        record(setup.company_id, "paused", good=False, problem=problem)
        enqueue.ask_probe(setup.company_id, backoff.probe_pause(0), probes=1)


def probe(company_id: int, probes: int) -> None:
    """Check a paused company. If it works again it goes on; otherwise it is checked later, ever more seldom."""
    setup = store.load_setup(company_id)
    if setup.paused is None or not setup.live:
        return
    try:
        report = check_company(setup, moment_for(setup), platform_for(setup))
        works = not report.misconfigured and not report.unavailable
    except EdgeError:
        works = False
    if works:
        resume(company_id)
    else:
        enqueue.ask_probe(company_id, backoff.probe_pause(probes), probes=probes + 1)


def resume(company_id: int) -> None:
    """Let the company go on: what was queued is woken, and Moment is asked what happened meanwhile."""
    with transaction.atomic():
        wake_company(
            company_id
        )  # transfers before their company, as a worker does that settles: none waits for the other
        if lifecycle.resume(company_id):
            record(company_id, "resumed")
        enqueue.ask_poll(company_id)
    log.info("company.resumed", company=company_id)


def wake_company(company_id: int) -> None:
    """A job for each transfer of the company that is under way."""
    rows = Transfer.objects.filter(company_id=company_id, state__in=ACTIVE)
    rows.exclude(state=State.SENDING).update(next_at=None)
    enqueue.wake_all(list(rows.order_by("id").values_list("pk", flat=True)))


def setup_changed(company_id: int, changed: frozenset[str]) -> None:
    """After a setup was saved: it is logged, and what it may change for customers and projects is looked at again."""
    _record_saved(company_id, changed)
    if not any(name.startswith(("platform", "dimensions", "export", "moment")) for name in changed):
        return
    with transaction.atomic():
        PollMark.objects.filter(company_id=company_id).update(modified_at=None)
        master = Transfer.objects.filter(company_id=company_id, kind__in=("customer", "project"))
        master.update(moment_version=None)
        if any(name.startswith(("platform", "dimensions")) for name in changed):
            master.update(accepted_hash=None, unit_value=None)
        settled = master.filter(state__in=(State.DONE, State.SKIPPED)).exclude(reason=SkipReason.EXCLUDED)
        ids = list(settled.order_by("id").values_list("pk", flat=True))
        settled.update(state=State.QUEUED, hinted_at=timezone.now())
        if lifecycle.is_open(company_id):
            enqueue.wake_all(ids)


def _record_saved(company_id: int, changed: frozenset[str]) -> None:
    """Log that the setup was saved, by whom its changes say."""
    newest = SetupChange.objects.filter(company_id=company_id).order_by("-id").first()
    if changed and newest is not None:
        count, version = str(len(changed)), str(newest.version)
        record(company_id, "setup_saved", origin=newest.origin, version=version, count=count)
