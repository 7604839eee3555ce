"""Change a company's own details and its webhook address. These changes do not belong to a version of the setup."""

from collections.abc import Iterable

from django.db import transaction

from bilag.companies.models import Company, IntegrationSetup, SetupChange
from bilag.companies.secrets import digest_of, new_token, sealed
from bilag.companies.store import SECRET


def change_details(
    company_id: int, *, name: str, organisation_number: str | None, language: str, origin: str
) -> frozenset[str]:
    """Save the details, and write each change with its origin. Return the names of those that changed."""
    with transaction.atomic():
        setup, company = _locked(company_id)
        given = {"name": name, "organisation_number": organisation_number, "language": language}
        changed = {key: getattr(company, key) for key, value in given.items() if getattr(company, key) != value}
        for key in changed:
            setattr(company, key, given[key])
        if changed:
            company.save(update_fields=list(changed))
            _write_changes(setup, origin, [(f"company.{key}", old, given[key]) for key, old in changed.items()])
    return frozenset(changed)


def new_webhook_address(company_id: int, *, origin: str) -> Company:
    """Replace the secret in the company's webhook address. The old address stops working at once."""
    with transaction.atomic():
        setup, company = _locked(company_id)
        token = new_token()
        company.webhook_token, company.webhook_digest = sealed({"token": token}), digest_of(token)
        company.save(update_fields=["webhook_token", "webhook_digest"])
        _write_changes(setup, origin, [("company.webhook_address", SECRET, SECRET)])
    return company


def _locked(company_id: int) -> tuple[IntegrationSetup, Company]:
    """Lock the setup and then the company, in the order in which a setup is saved (`setup_writer`)."""
    setup = IntegrationSetup.objects.select_for_update().get(company_id=company_id)
    return setup, Company.objects.select_for_update(no_key=True).get(pk=company_id)


def _write_changes(setup: IntegrationSetup, origin: str, changes: Iterable[tuple[str, str | None, str | None]]) -> None:
    SetupChange.objects.bulk_create(
        SetupChange(company_id=setup.company_id, origin=origin, version=setup.version, field=field, old=old, new=new)
        for field, old, new in changes
    )
