"""Requeue the transfers that a changed setting concerns: those sent under it, and those skipped because of it.

A skipped transfer keeps its reason, so exactly the transfers that the setting excluded are looked at again.
"""

from collections.abc import Set

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from bilag.companies.models import IntegrationSetup
from bilag.companies.settings import Section, section_of
from bilag.posting.selection import SkipReason
from bilag.transfers import tracing
from bilag.transfers.locking import locked_ids
from bilag.transfers.models import ACTIVE, Kind, PollMark, State, Transfer

LEDGER_SECTIONS = {Section.PLATFORM, Section.DIMENSIONS}
"""Settings after whose change everything sent must be sent again, because accounting accepted it under the old value."""
SENDING_SECTIONS = LEDGER_SECTIONS | {Section.MOMENT}
"""A change here concerns every customer and project."""
REASON_OF: dict[str, tuple[Kind, SkipReason]] = {
    "export.customers": (Kind.CUSTOMER, SkipReason.SWITCH_OFF),
    "export.projects": (Kind.PROJECT, SkipReason.SWITCH_OFF),
    "export.invoices": (Kind.INVOICE, SkipReason.SWITCH_OFF),
    "export.customer_states": (Kind.CUSTOMER, SkipReason.STATE_FILTERED),
    "export.project_states": (Kind.PROJECT, SkipReason.STATE_FILTERED),
    "export.invoices_from": (Kind.INVOICE, SkipReason.BEFORE_INVOICES_FROM),
    "dimensions.project": (Kind.PROJECT, SkipReason.NO_PROJECT_DIMENSION),
    "accrued_income.enabled": (Kind.ACCRUED, SkipReason.SWITCH_OFF),
}
"""The transfers that a setting makes skip, and the reason that they keep."""
KEPT_SKIPPED = (SkipReason.EXCLUDED, SkipReason.SOURCE_CHANGED)
"""Skip reasons that no change of a setting removes."""
MASTER = Q(kind__in=(Kind.CUSTOMER, Kind.PROJECT))


def queue(setup: IntegrationSetup, changed: Set[str]) -> list[int]:
    """Queue the transfers that a change of these settings (dotted names) concerns; return those that need a job.

    A transfer that a worker is sending under the earlier setup counts as requested again. Call it in a transaction.
    """
    sections = {section_of(name) for name in changed}
    reasons = [REASON_OF[name] for name in sorted(changed) if name in REASON_OF]
    rows = Transfer.objects.filter(source=setup.source_id)
    resends = bool(sections & SENDING_SECTIONS)
    if resends or Section.EXPORT in sections:
        read_all_again(setup.company_id)
    kinds = {kind for kind, _ in reasons} | ({Kind.CUSTOMER, Kind.PROJECT} if resends else set())
    if not kinds:
        return []
    held = Transfer.objects.filter(pk__in=locked_ids(rows.filter(_concerned(reasons, kinds, resends=resends))))
    if resends:
        held.filter(MASTER).update(moment_version=None)
    if sections & LEDGER_SECTIONS:
        held.filter(MASTER).update(accepted_hash=None, unit_value=None)
    held.filter(state__in=ACTIVE).update(request_count=F("request_count") + 1)
    return _queue_again(held.filter(state__in=(State.DONE, State.SKIPPED)).exclude(reason__in=KEPT_SKIPPED))


def queue_reentered(source_id: int) -> list[int]:
    """Requeue the transfers that were closed when this company of Moment was left, and its customers and projects, because the
    company reads from it again; return them. Call it in a transaction.
    """
    closed = Transfer.objects.filter(source=source_id, state=State.SKIPPED, reason=SkipReason.SOURCE_CHANGED)
    ids = locked_ids(closed)
    closed.filter(MASTER, pk__in=ids).update(accepted_hash=None, unit_value=None, moment_version=None)
    return _queue_again(Transfer.objects.filter(pk__in=ids)) + queue_master_data(source_id)


def queue_master_data(source_id: int) -> list[int]:
    """Queue every customer and project that was sent, because it is unknown what accounting has of them; return them. Call it
    in a transaction.
    """
    held = Transfer.objects.filter(
        pk__in=locked_ids(Transfer.objects.filter(MASTER, source=source_id, state=State.DONE))
    )
    held.update(accepted_hash=None, unit_value=None, moment_version=None)
    return _queue_again(held)


def read_all_again(company_id: int) -> None:
    """Let the next poll read Moment's lists from their beginning."""
    PollMark.objects.filter(company_id=company_id).update(modified_at=None)


def queue_skipped(company_id: int, kind: Kind, reason: SkipReason) -> list[int]:
    """Queue the transfers that were skipped for this reason; return them. In a transaction."""
    rows = Transfer.objects.filter(
        company_id=company_id, source__left_at=None, kind=kind, state=State.SKIPPED, reason=reason
    )
    return _queue_again(Transfer.objects.filter(pk__in=locked_ids(rows)))


def _concerned(reasons: list[tuple[Kind, SkipReason]], kinds: Set[Kind], *, resends: bool) -> Q:
    """Return the transfers under way, those skipped for one of the reasons, and with `resends` all that were sent."""
    condition = Q(state__in=ACTIVE, kind__in=kinds)
    for kind, reason in reasons:
        condition |= Q(kind=kind, state=State.SKIPPED, reason=reason)
    return condition | MASTER if resends else condition


def _queue_again(rows: QuerySet[Transfer]) -> list[int]:
    ids = list(rows.order_by("id").values_list("pk", flat=True))
    now = timezone.now()
    Transfer.objects.filter(pk__in=ids).update(state=State.QUEUED, hinted_at=now, requested_at=now)
    tracing.queued_again(ids, now, "setup")
    return ids
