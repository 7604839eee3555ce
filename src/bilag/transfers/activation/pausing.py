"""Pause a company whose setup does not work, probe it ever more rarely, and resume it when the setup works again.

While a company is paused, Bilag sends nothing for it. People are notified once.
"""

import structlog
from django.db import transaction

from bilag.companies import lifecycle, store
from bilag.companies.check import check_company
from bilag.companies.gateways import moment_for, platform_for
from bilag.companies.setup import Setup
from bilag.events.record import EventName, record
from bilag.jobs import backoff
from bilag.posting.problem import Problem
from bilag.transfers import enqueue
from bilag.transfers.models import ACTIVE, State, Transfer
from bilag.wire.errors import EdgeError

log = structlog.get_logger(__name__)


def pause(setup: Setup, problem: Problem, *, replace: bool = False) -> None:
    """Pause the company, record it, and enqueue a probe; in one transaction.

    Nothing happens when the company is paused already, unless `replace` is set and the problem is another one; nor when
    its setup was saved meanwhile.
    """
    with transaction.atomic():
        if not lifecycle.pause(setup.company_id, problem, version=setup.version, replace=replace):
            return
        record(setup.company_id, EventName.PAUSED, good=False, problem=problem)
        enqueue.ask_probe(setup.company_id, backoff.probe_pause(0), probes=1)
    log.warning("company.paused", company=setup.slug, code=problem.code, said=problem.said)


def probe(company_id: int, probes: int) -> None:
    """Check a paused company. Resume it if its setup works again; otherwise enqueue the next, later probe."""
    setup = store.load_setup(company_id)
    if setup.paused is None or not setup.live:
        return
    try:
        report = check_company(setup, moment_for(setup), platform_for(setup))
        works = not report.misconfigured and not report.unavailable
    except EdgeError:
        works = False
    if works:
        resume(setup)
    else:
        enqueue.ask_probe(company_id, backoff.probe_pause(probes), probes=probes + 1)


def resume(setup: Setup) -> None:
    """Resume the company, and enqueue its active transfers."""
    with transaction.atomic():
        wake_company(setup.company_id)  # locks transfers before their company, as workers do: no deadlock
        end_pause(setup)


def end_pause(setup: Setup) -> None:
    """End the pause, if there is one and the setup was not saved meanwhile. Enqueue a poll for what happened during it."""
    if lifecycle.resume(setup.company_id, version=setup.version):
        record(setup.company_id, EventName.RESUMED)
        log.info("company.resumed", company=setup.slug)
    enqueue.ask_poll(setup.company_id)


def wake_company(company_id: int) -> None:
    """Enqueue a job for each active transfer of the company, to run now."""
    rows = Transfer.objects.filter(company_id=company_id, state__in=ACTIVE, source__left_at=None)
    rows.exclude(state=State.SENDING).update(next_at=None)
    enqueue.wake_all(list(rows.order_by("id").values_list("pk", flat=True)))
