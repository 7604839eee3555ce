"""A company's own details, and its webhook address: changed apart from the setup, each change kept with its origin."""

from collections.abc import Iterable

from django.db import transaction

from bilag.companies.models import Company, IntegrationSetup, SetupChange
from bilag.companies.secrets import digest_of, new_token, sealed
from bilag.companies.store import SECRET


def change_details(
    company_id: int, *, name: str, organisation_number: str | None, language: str, origin: str
) -> frozenset[str]:
    """Save the details; the names of those that changed."""
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=company_id)
        given = {"name": name, "organisation_number": organisation_number, "language": language}
        changed = {key: getattr(company, key) for key, value in given.items() if getattr(company, key) != value}
        for key in changed:
            setattr(company, key, given[key])
        if changed:
            company.save(update_fields=list(changed))
            _keep(company, origin, [(f"company.{key}", old, given[key]) for key, old in changed.items()])
    return frozenset(changed)


def new_webhook_address(company_id: int, *, origin: str) -> Company:
    """Another secret in the company's webhook address: what is sent to the old address is not found from now on."""
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=company_id)
        token = new_token()
        company.webhook_token, company.webhook_digest = sealed({"token": token}), digest_of(token)
        company.save(update_fields=["webhook_token", "webhook_digest"])
        _keep(company, origin, [("company.webhook_address", SECRET, SECRET)])
    return company


def _keep(company: Company, origin: str, changes: Iterable[tuple[str, str | None, str | None]]) -> None:
    version = IntegrationSetup.objects.values_list("version", flat=True).get(company=company)
    SetupChange.objects.bulk_create(
        SetupChange(company=company, origin=origin, version=version, field=field, old=old, new=new)
        for field, old, new in changes
    )
