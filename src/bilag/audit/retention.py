"""Remove attempts, events, e-mails, reconciliations and rehearsals that are older than the company keeps them.

Transfers stay, because they keep an invoice from being posted twice; their names are removed. Setup changes stay, because later
attempts name their versions. Years are counted from the end of the year of the event (bokføringsloven § 13: five).
"""

from datetime import date, datetime, time

import structlog
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from bilag.audit.deletion_permit import removing
from bilag.companies import store
from bilag.companies.models import Company
from bilag.events.models import Event
from bilag.events.record import EventName, record, record_for_many
from bilag.expenses.models import ExpenseImport
from bilag.notifications.models import Letter, OpenCause
from bilag.posting.selection import OSLO, oslo_date
from bilag.reconciliation.models import Reconciliation
from bilag.rehearsal.models import Rehearsal
from bilag.transfers import attempt_months
from bilag.transfers.models import Attempt, State, Transfer

log = structlog.get_logger(__name__)
CHUNK = 2000


def kept_from(today: date, years: int) -> datetime:
    """Return the start of the first year that is kept."""
    return datetime.combine(date(today.year - years, 1, 1), time(), OSLO)


def tidy(company_id: int) -> dict[str, int]:
    """Remove expired records in small transactions. Log and return the counts; empty if nothing was removed."""
    setup = store.load_setup(company_id)
    until = kept_from(oslo_date(timezone.now()), setup.retention.years)
    removed = {
        name: _remove(company_id, rows)
        for name, rows in (
            ("attempts", Attempt.objects.filter(company_id=company_id, began_at__lt=until, ended_at__isnull=False)),
            ("events", Event.objects.filter(company_id=company_id, at__lt=until)),
            ("letters", Letter.objects.filter(company_id=company_id, written_at__lt=until)),
            ("causes", OpenCause.objects.filter(company_id=company_id, closed_at__lt=until)),
            ("imports", ExpenseImport.objects.filter(company_id=company_id, ended_at__lt=until)),
            ("rehearsals", Rehearsal.objects.filter(company_id=company_id, ended_at__lt=until)),
            ("reconciliations", Reconciliation.objects.filter(company_id=company_id, ended_at__lt=until)),
        )
    }
    settled = Transfer.objects.filter(
        company_id=company_id, state__in=[State.DONE, State.SKIPPED], updated_at__lt=until
    )
    removed["names"] = settled.filter(name__isnull=False).update(name=None)
    told = {name: count for name, count in removed.items() if count}
    if told:
        facts = {name: str(count) for name, count in told.items()}
        record(company_id, EventName.RETENTION, **facts)  # type: ignore[arg-type]
        log.info("retention.deleted", company=company_id, **told)
    return told


def tidy_all() -> None:
    """Apply retention to every company, after dropping whole months of attempts. Also add the coming months, and forget the
    access to ledgers that companies left long ago.
    """
    store.forget_former_access()
    companies = list(Company.objects.order_by("pk").values_list("pk", flat=True))
    today = oslo_date(timezone.now())
    attempt_months.add_coming(today)
    years = max((store.load_setup(company_id).retention.years for company_id in companies), default=None)
    if years is not None:
        drop_months(kept_from(today, years))
    for company_id in companies:
        tidy(company_id)


def drop_months(until: datetime) -> None:
    """Drop the months of attempts that ended by `until`. Log how many attempts of each company were dropped.

    A month is kept if one of its attempts has not ended, or if another process uses it: `tidy` then removes its rows.
    """
    for month in attempt_months.ended_by(until):
        try:
            with transaction.atomic():
                counts = attempt_months.drop(month)
                told = {company_id: {"attempts": str(count)} for company_id, count in counts.items()}
                record_for_many(
                    EventName.RETENTION, told
                )  # few statements: until the commit, nobody else reads a transfer
        except attempt_months.InUse as in_use:
            log.warning("retention.month_in_use", month=f"{month:%Y-%m}", reason=str(in_use))
        else:
            log.info("retention.month_dropped", month=f"{month:%Y-%m}", attempts=sum(counts.values()))


def _remove(company_id: int, rows: QuerySet[Model]) -> int:
    removed = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with removing(company_id):
            rows.filter(pk__in=ids).delete()
        removed += len(ids)
    return removed
