"""Switch a company live or off, pause and resume it, and list the open companies.

An open company is live and not paused: Bilag works on its transfers.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from bilag.companies.models import Company, IntegrationSetup, SetupChange
from bilag.posting.problem import Problem


def is_open(company_id: int) -> bool:
    """Return whether the company is live and not paused."""
    return Company.objects.filter(pk=company_id, live=True, paused__isnull=True).exists()


def is_live(company_id: int) -> bool:
    """Return whether the company is live, paused or not."""
    return Company.objects.filter(pk=company_id, live=True).exists()


def open_companies() -> list[int]:
    """Return the ids of all open companies."""
    return list(Company.objects.filter(live=True, paused__isnull=True).order_by("pk").values_list("pk", flat=True))


def set_live(company_id: int, today: date, *, origin: str = "") -> bool:
    """Switch the company live; `today` becomes its first day live if it has none. False when it was live already."""
    Company.objects.filter(pk=company_id, live_since=None).update(live_since=today)
    return _switch(company_id, live=True, origin=origin)


def set_not_live(company_id: int, *, origin: str = "") -> bool:
    """Switch the company off. False when it was off already."""
    return _switch(company_id, live=False, origin=origin)


def _switch(company_id: int, *, live: bool, origin: str) -> bool:
    """Switch, and write the change of the setup; once, also when two processes switch at the same time."""
    with transaction.atomic():
        if not Company.objects.filter(pk=company_id, live=not live).update(live=live):
            return False
        version = IntegrationSetup.objects.values_list("version", flat=True).get(company_id=company_id)
        SetupChange.objects.create(
            company_id=company_id, origin=origin, version=version, field="company.live", old=not live, new=live
        )
        return True


def pause(company_id: int, problem: Problem, *, version: int | None = None, replace: bool = False) -> bool:
    """Pause the company for the problem. False when nothing changed.

    Nothing changes when the company is paused already, unless `replace` is set and the problem is another one; nor when
    its setup was saved since `version`.
    """
    with transaction.atomic():
        # Lock the row first: of several workers that meet the same refusal at once, only one reports it.
        row = Company.objects.select_for_update(no_key=True).filter(pk=company_id).first()
        if row is None or (row.paused is not None and not (replace and row.paused != problem.as_json())):
            return False
        if version is not None and not IntegrationSetup.objects.filter(company_id=company_id, version=version).exists():
            return False
        row.paused, row.paused_at = problem.as_json(), timezone.now()
        row.save(update_fields=("paused", "paused_at"))
    return True


def resume(company_id: int, *, version: int | None = None) -> bool:
    """End the company's pause. False when it was not paused, or when its setup was saved since `version`."""
    rows = Company.objects.filter(pk=company_id, paused__isnull=False)
    if version is not None:
        rows = rows.filter(setup__version=version)
    return rows.update(paused=None, paused_at=None) > 0
