"""Companies in the database: looked up, set live, paused, and their setup as one picture."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bilag.companies.models import Company, IntegrationSetup, SetupChange
from bilag.companies.secrets import digest_of, new_token, opened, sealed
from bilag.companies.setup import AccrualSetup, AccruedIncomeSetup, ExpenseSetup, ExportSetup, MomentAccess, Setup
from bilag.posting.dimensions import Dimensions
from bilag.posting.problem import Problem

SECRET = "(secret)"  # noqa: S105 - what is shown instead of one


class SetupChanged(Exception):
    """The setup was changed by somebody else meanwhile; it stands at `version` now."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"the setup was changed meanwhile: it stands at version {version}")


class UnknownCompany(LookupError):
    """No company has this short name."""


def load_setup(company_id: int) -> Setup:
    """The company's setup as it stands. Raises `IntegrationSetup.DoesNotExist` for a company that is gone."""
    return picture(IntegrationSetup.objects.select_related("company").get(company_id=company_id))


def load_setup_by_slug(slug: str) -> Setup:
    """The same by short name. Raises `UnknownCompany`."""
    row = IntegrationSetup.objects.select_related("company").filter(company__slug=slug).first()
    if row is None:
        raise UnknownCompany(slug)
    return picture(row)


def companies() -> list[Company]:
    """All companies, by short name."""
    return list(Company.objects.order_by("slug").select_related("setup"))


def company_for_token(token: str) -> int | None:
    """The id of the company whose webhook address has this token, or None."""
    return Company.objects.filter(webhook_digest=digest_of(token)).values_list("pk", flat=True).first()


def hint_arrived(company_id: int) -> None:
    """Note that a webhook of Moment arrived; to the minute, so that many at once are one write."""
    now = timezone.now()
    before = Q(last_hint_at=None) | Q(last_hint_at__lt=now - timedelta(minutes=1))
    Company.objects.filter(before, pk=company_id).update(last_hint_at=now)


def webhook_url(company: Company) -> str:
    """The address that Moment's webhooks are to be sent to."""
    return f"{django_settings.BILAG_BASE_URL}/hooks/moment/{opened(company.webhook_token)['token']}"


def save(
    *,
    slug: str,
    company_values: Mapping[str, Any],
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
    origin: str,
    seen_version: int | None = None,
) -> tuple[Company, bool, frozenset[str]]:
    """Create or update a company and its setup in one transaction, and keep each change with its origin.

    `company_values` are columns of the company; `settings` are sections of the company file without secrets;
    `secrets` are by dotted name. Gives the company, whether it was created, and the dotted names that changed.
    `seen_version` is the version that the one who saves has seen (0 = none), None not to ask.
    Raises `django.db.IntegrityError` when another company holds the same company of Moment, `SetupChanged` when the
    setup is not at `seen_version` any more.
    """
    with transaction.atomic():
        company = Company.objects.select_for_update().filter(slug=slug).first()
        created = company is None
        if company is None:
            token = new_token()
            company = Company(slug=slug, webhook_token=sealed({"token": token}), webhook_digest=digest_of(token))
        before = _flat_before(company) if not created else {}
        for name, value in company_values.items():
            setattr(company, name, value)
        company.save()
        row = IntegrationSetup.objects.filter(company=company).first() or IntegrationSetup(company=company, version=0)
        if seen_version is not None and row.version != seen_version:
            raise SetupChanged(row.version)
        secrets_before = opened(row.secrets)
        after = flat({"company": dict(company_values), **settings})
        changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
        changed_secrets = {
            name for name in secrets_before.keys() | secrets.keys() if secrets_before.get(name) != secrets.get(name)
        }
        if changed or changed_secrets:
            row.version += 1
            row.moment_base_url = settings["moment"]["base_url"]
            row.moment_company_id = settings["moment"]["company_id"]
            row.platform_kind = settings["platform"]["kind"]
            row.settings = dict(settings)
            row.secrets = sealed(secrets)
            row.save()
            shown = [(name, before.get(name), after.get(name)) for name in sorted(changed)]
            shown += [
                (name, SECRET if name in secrets_before else None, SECRET if name in secrets else None)
                for name in sorted(changed_secrets)
            ]
            SetupChange.objects.bulk_create(
                SetupChange(company=company, origin=origin, version=row.version, field=name, old=old, new=new)
                for name, old, new in shown
            )
        return company, created, frozenset(changed | changed_secrets)


def unsaved(company: Company, settings: Mapping[str, Any], secrets: Mapping[str, str], *, version: int = 0) -> Setup:
    """The setup as it would be with these settings and secrets (as `save` takes them). Nothing is stored."""
    row = IntegrationSetup(
        company=company,
        version=version,
        moment_base_url=settings["moment"]["base_url"],
        moment_company_id=settings["moment"]["company_id"],
        platform_kind=settings["platform"]["kind"],
        settings=dict(settings),
        secrets=sealed(secrets),
    )
    return picture(row)


def stored(company_id: int) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Version, settings and secrets (in clear: never to be shown) of the company's setup."""
    row = IntegrationSetup.objects.get(company_id=company_id)
    return row.version, row.settings, opened(row.secrets)


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested sections as dotted names."""
    result: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            result |= flat(value, f"{prefix}{name}.")
        else:
            result[prefix + name] = value
    return result


def _flat_before(company: Company) -> dict[str, Any]:
    values = {name: getattr(company, name) for name in ("name", "organisation_number", "language")}
    row = IntegrationSetup.objects.filter(company=company).first()
    return flat({"company": values, **(row.settings if row else {})})


def picture(row: IntegrationSetup) -> Setup:
    """The setup of a row that was read with its company."""
    company, stored, secret = row.company, row.settings, opened(row.secrets)
    export, expenses = stored.get("export", {}), stored.get("expenses", {})
    accrual, dimensions = stored.get("accrual", {}), stored.get("dimensions", {})
    accrued = stored.get("accrued_income", {})
    platform = dict(stored["platform"].get(row.platform_kind, {}))
    prefix = f"platform.{row.platform_kind}."
    platform |= {name.removeprefix(prefix): value for name, value in secret.items() if name.startswith(prefix)}
    first = _day(export.get("invoices_from")) or company.live_since
    return Setup(
        company_id=company.pk,
        slug=company.slug,
        name=company.name,
        organisation_number=company.organisation_number,
        language=company.language,
        version=row.version,
        live=company.live,
        paused=Problem.from_json(company.paused) if company.paused else None,
        moment=MomentAccess(
            row.moment_base_url,
            row.moment_company_id,
            secret.get("moment.api_key", ""),
            frozenset(stored.get("moment", {}).get("rates_per_hundred", [])),
        ),
        platform_kind=row.platform_kind,
        platform=platform,
        export=ExportSetup(
            customers=export.get("customers", True),
            projects=export.get("projects", True),
            invoices=export.get("invoices", True),
            invoices_from=first,
            customer_states=frozenset(export.get("customer_states", [])),
            project_states=frozenset(export.get("project_states", [])),
        ),
        dimensions=Dimensions(
            project=dimensions.get("project"),
            department=dimensions.get("department"),
            billability=expenses.get("billability_dimension"),
        ),
        expenses=ExpenseSetup(
            enabled=expenses.get("import", False),
            activity=expenses.get("activity", ""),
            report_name=expenses.get("report_name", ""),
            billable_by_default=expenses.get("billable_by_default", True),
            account_above=expenses.get("account_above", 4000),
            days_back=expenses.get("days_back", 30),
            from_date=_day(expenses.get("from_date")),
            approve_billable=expenses.get("approve_billable", False),
        ),
        accrual=AccrualSetup(
            enabled=accrual.get("enabled", False),
            debit_account=accrual.get("debit_account"),
            credit_account=accrual.get("credit_account"),
            by=accrual.get("by", "months"),
        ),
        accrued_income=AccruedIncomeSetup(
            enabled=accrued.get("enabled", False),
            debit_account=accrued.get("debit_account"),
            credit_account=accrued.get("credit_account"),
        ),
        rounding_account=stored.get("rounding", {}).get("account"),
        keep_years=stored.get("retention", {}).get("years") or 5,
        notify_users=tuple(stored.get("notify", {}).get("users", [])),
        notify_emails=tuple(stored.get("notify", {}).get("emails", [])),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def has_recipients(company_id: int) -> bool:
    """Whether anybody is chosen to be told when something stops."""
    stored = IntegrationSetup.objects.filter(company_id=company_id).values_list("settings", flat=True).first() or {}
    notify = stored.get("notify", {})
    return bool(notify.get("users") or notify.get("emails"))


def posts_accrued_income(company_id: int) -> bool:
    """Whether accrued income is switched on."""
    stored = IntegrationSetup.objects.filter(company_id=company_id).values_list("settings", flat=True).first() or {}
    return bool(stored.get("accrued_income", {}).get("enabled"))
