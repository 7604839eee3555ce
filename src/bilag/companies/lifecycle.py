"""Switch a company live or off, pause and resume it; list the companies whose transfers are worked on."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from bilag.companies.models import Company, IntegrationSetup, SetupChange
from bilag.posting.problem import Problem


def is_open(company_id: int) -> bool:
    """Whether the company's transfers are worked on: live, and not paused."""
    return Company.objects.filter(pk=company_id, live=True, paused__isnull=True).exists()


def open_companies() -> list[int]:
    """The ids of all companies whose transfers are worked on."""
    return list(Company.objects.filter(live=True, paused__isnull=True).order_by("pk").values_list("pk", flat=True))


def set_live(company_id: int, today: date, *, origin: str = "") -> None:
    """Set the company live, on this first day if it never was."""
    Company.objects.filter(pk=company_id, live_since=None).update(live_since=today)
    _switch(company_id, live=True, origin=origin)


def set_not_live(company_id: int, *, origin: str = "") -> None:
    """Nothing of the company is transferred from now on."""
    _switch(company_id, live=False, origin=origin)


def _switch(company_id: int, *, live: bool, origin: str) -> None:
    """Keep it as a change, if it is one."""
    with transaction.atomic():
        if Company.objects.filter(pk=company_id, live=not live).update(live=live):
            version = IntegrationSetup.objects.values_list("version", flat=True).get(company_id=company_id)
            SetupChange.objects.create(
                company_id=company_id, origin=origin, version=version, field="company.live", old=not live, new=live
            )


def pause(company_id: int, problem: Problem, *, version: int | None = None) -> bool:
    """Pause the company; False when it is paused already, or when its setup was saved since `version`."""
    with transaction.atomic():
        # Held before anything is looked at: several workers meet the same refusal at once, and only one tells of it.
        row = Company.objects.select_for_update().filter(pk=company_id, paused__isnull=True).first()
        if row is None:
            return False
        if version is not None and not IntegrationSetup.objects.filter(company_id=company_id, version=version).exists():
            return False
        row.paused, row.paused_at = problem.as_json(), timezone.now()
        row.save(update_fields=("paused", "paused_at"))
    return True


def resume(company_id: int) -> bool:
    """Let the company go on; False when it was not paused."""
    rows = Company.objects.filter(pk=company_id, paused__isnull=False)
    return rows.update(paused=None, paused_at=None) > 0
