"""Pause a company whose setup does not work, probe it ever more rarely, and resume it when the setup works again.

While a company is paused, Bilag sends nothing for it. People are notified once.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from bilag.companies import lifecycle, store
from bilag.companies.check import check_saved
from bilag.companies.gateways import moment_for
from bilag.companies.models import Company
from bilag.companies.setup import Setup
from bilag.events.models import Event
from bilag.events.record import EventName, record
from bilag.jobs import backoff
from bilag.moment.session import WRITE_FORBIDDEN
from bilag.posting.problem import Problem
from bilag.transfers import enqueue
from bilag.transfers.locking import locked_ids
from bilag.transfers.models import ACTIVE, Kind, State, Transfer
from bilag.wire.errors import EdgeError

log = structlog.get_logger(__name__)
SAME_PAUSE = timedelta(days=1)
"""A pause for the same problem within this time continues the earlier one."""


def pause(setup: Setup, problem: Problem, *, replace: bool = False) -> None:
    """Pause the company, record it, and enqueue a probe, in one transaction.

    Does nothing if its setup was saved meanwhile, or if the company is already paused, unless `replace` is set and the problem
    is another one.
    """
    with transaction.atomic():
        if not lifecycle.pause(setup.company_id, problem, version=setup.version, replace=replace):
            return
        before = 0 if replace else _paused_lately(setup.company_id, problem)
        record(setup.company_id, EventName.PAUSED, good=False, problem=problem)
        enqueue.ask_probe(setup.company_id, backoff.probe_pause(before), probes=before + 1)
    log.warning("company.paused", company=setup.slug, code=problem.code, said=problem.said)


def _paused_lately(company_id: int, problem: Problem) -> int:
    """Return how often the company was paused for the same problem within a day.

    A probe only reads, so it may resume a company whose next write is refused again: the backoff continues over all these
    pauses.
    """
    since = timezone.now() - SAME_PAUSE
    paused = Event.objects.filter(company_id=company_id, name=EventName.PAUSED, at__gte=since)
    return paused.filter(problem__code=problem.code).count()


def probe(company_id: int, probes: int) -> None:
    """Check a paused company. Resume it if its setup works again; otherwise enqueue the next, later probe."""
    setup = store.load_setup(company_id)
    if setup.paused is None or not setup.live:
        return
    try:
        report = check_saved(setup)
        works = not report.misconfigured and not report.unavailable and _may_write(setup)
    except EdgeError:
        works = False
    if works:
        resume(setup)
    else:
        enqueue.ask_probe(company_id, backoff.probe_pause(probes), probes=probes + 1)


def requeue_lost_probes() -> int:
    """Enqueue a check of each paused company that has none in the queue; return their count.

    A process that was frozen ends the job that another took over meanwhile, so a company could stay paused for ever.
    """
    paused = Company.objects.filter(live=True, paused__isnull=False).values_list("pk", flat=True)
    lost = sorted(set(paused) - enqueue.companies_with_probe()) if paused else []
    for company_id in lost:
        enqueue.ask_probe(company_id, backoff.probe_pause(0), probes=1)
    if lost:
        log.warning("company.probe_lost", count=len(lost))
    return len(lost)


def _may_write(setup: Setup) -> bool:
    """Return whether Moment accepts the change again for which it paused the company, tried on a posted and proven invoice.

    The check only reads, so it cannot tell. An invoice that changed since, or is gone, is left to its own transfer. Raises the
    edge's errors.
    """
    if setup.paused is None or setup.paused.code != WRITE_FORBIDDEN:
        return True
    posted = Transfer.objects.filter(source_id=setup.source_id, kind=Kind.INVOICE, accepted_hash__isnull=False)
    row = posted.filter(state__in=ACTIVE, moment_id__isnull=False).order_by("id").first()
    if row is None or row.moment_id is None:
        return True
    moment = moment_for(setup)
    invoice = moment.invoice(row.moment_id)
    if invoice is None or invoice.version is None or invoice.version != row.moment_version:
        return True
    moment.mark_transferred(invoice, lambda _: False)
    return True


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
    with transaction.atomic():
        ids = locked_ids(Transfer.objects.filter(company_id=company_id, state__in=ACTIVE, source__left_at=None))
        Transfer.objects.filter(pk__in=ids).exclude(state=State.SENDING).update(next_at=None)
        enqueue.wake_all(ids)
