"""Look up companies, their setups and their settings."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils import timezone

from bilag.companies.models import KEPT_AFTER_LEAVING, Company, IntegrationSetup, Ledger, Source
from bilag.companies.secrets import opened, sealed
from bilag.companies.settings import Section, Settings
from bilag.companies.setup import Setup

SECRET = "(secret)"  # noqa: S105 - this is shown in the place of a secret

MOST_KEPT = 2_000
"""Setups that one process keeps at most."""
_kept: dict[int, tuple[str, Setup]] = {}


class SetupChanged(Exception):
    """Somebody else saved the setup meanwhile; it is at `version` now."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"the setup was changed meanwhile: it is at version {version} now")


class UnknownCompany(LookupError):
    """No company has this short name."""


def load_setup(company_id: int) -> Setup:
    """Load the company's setup. Raises `IntegrationSetup.DoesNotExist` when the company was deleted."""
    return Setup.from_row(IntegrationSetup.objects.select_related("company", "ledger").get(company_id=company_id))


def load_setup_without_secrets(company_id: int) -> Setup:
    """Load the company's setup for what sends nothing to other systems: its secrets are empty, and need not be readable. Raises
    `IntegrationSetup.DoesNotExist` when the company was deleted."""
    row = IntegrationSetup.objects.select_related("company", "ledger").get(company_id=company_id)
    return Setup.from_row(row, with_secrets=False)


def load_setup_at(company_id: int, stamp: str) -> Setup:
    """Load the setup, or return the one kept in this process for the same `stamp`: it changes whenever one of the rows does
    that the setup is read from. Raises `IntegrationSetup.DoesNotExist`.
    """
    kept = _kept.get(company_id)
    if kept is None or kept[0] != stamp:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[company_id] = stamp, load_setup(company_id)
    return kept[1]


def forget_kept() -> None:
    """Forget the setups kept in this process. For tests, in which rows of other databases bear the same stamps."""
    _kept.clear()


def load_setup_by_slug(slug: str) -> Setup:
    """Load the setup of the company with this short name. Raises `UnknownCompany`."""
    row = IntegrationSetup.objects.select_related("company", "ledger").filter(company__slug=slug).first()
    if row is None:
        raise UnknownCompany(slug)
    return Setup.from_row(row)


def source_of(company_id: int) -> int:
    """Return the id of the company's present source. Raises `Source.DoesNotExist`."""
    return Source.objects.values_list("pk", flat=True).get(company_id=company_id, left_at=None)


def forget_former_access() -> int:
    """Remove the secrets of ledgers that were left more than `KEPT_AFTER_LEAVING` ago; return how many ledgers had any."""
    left = Ledger.objects.filter(left_at__lt=timezone.now() - KEPT_AFTER_LEAVING).exclude(secrets="")
    return left.update(secrets="", settings={})


def companies() -> list[Company]:
    """Return all companies, by short name."""
    return list(Company.objects.order_by("slug").select_related("setup"))


def companies_importing_expenses() -> list[int]:
    """Return the ids of the companies that are live, not paused, and import expenses, in one statement."""
    rows = IntegrationSetup.objects.filter(company__live=True, company__paused__isnull=True)
    return list(
        rows.filter(settings__expenses__import=True).order_by("company_id").values_list("company_id", flat=True)
    )


def companies_by_webhook(digests: Iterable[str]) -> dict[str, Company]:
    """Return the companies whose webhook tokens have these digests, by digest. Not all columns are read."""
    rows = Company.objects.filter(webhook_digest__in=set(digests)).only("webhook_digest", "last_hint_at")
    return {row.webhook_digest: row for row in rows}


def hints_arrived(companies: Iterable[Company]) -> None:
    """Record that webhooks arrived for these companies (from `companies_by_webhook`): at most one write a minute for each.

    Call it in a transaction. Locked rows are skipped, so that nothing waits: the next webhook writes them.
    """
    now = timezone.now()
    minute_ago = now - timedelta(minutes=1)
    stale = [one.pk for one in companies if one.last_hint_at is None or one.last_hint_at < minute_ago]
    if stale:
        rows = Company.objects.select_for_update(skip_locked=True, no_key=True).filter(pk__in=stale)
        Company.objects.filter(pk__in=rows.values("pk")).update(last_hint_at=now)


def webhook_url(company: Company) -> str:
    """Return the address to which Moment sends the company's webhooks."""
    return f"{django_settings.BILAG_BASE_URL}/hooks/moment/{opened(company.webhook_token)['token']}"


def unsaved(company: Company, settings: Mapping[str, Any], secrets: Mapping[str, str], *, version: int = 0) -> Setup:
    """Return the setup that these settings and secrets of a company file would make. Nothing is stored."""
    return Setup.from_row(
        IntegrationSetup(
            company=company,
            version=version,
            moment_base_url=settings[Section.MOMENT].get("base_url", ""),
            moment_company_id=settings[Section.MOMENT].get("company_id", ""),
            platform_kind=settings[Section.PLATFORM]["kind"],
            settings=dict(settings),
            secrets=sealed(secrets),
        )
    )


def stored(company_id: int) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return version, stored settings and secrets of the company's setup. Secrets are in clear: never show them."""
    row = IntegrationSetup.objects.get(company_id=company_id)
    return row.version, row.settings, opened(row.secrets)


def usual_value(platform_kind: str, field: str) -> str:
    """Return the value that most companies of this installation have in a platform's field, such as the address of its server.

    Empty if none has one. For operators alone: it says something about other companies.
    """
    value = KeyTextTransform(field, KeyTransform(platform_kind, KeyTransform(str(Section.PLATFORM), "settings")))
    rows = (
        IntegrationSetup.objects.filter(platform_kind=platform_kind).annotate(value=value).exclude(value__isnull=True)
    )
    counted = rows.exclude(value="").values_list("value").annotate(count=Count("id")).order_by("-count", "value")
    return next((str(value) for value, _count in counted[:1]), "")


def flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested sections as one mapping by dotted name."""
    result: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            result |= flat(value, f"{prefix}{name}.")
        else:
            result[prefix + name] = value
    return result


def has_recipients(company_id: int) -> bool:
    """Return whether anybody gets an e-mail when something stops."""
    return bool(_settings(company_id).notify.recipients)


def _settings(company_id: int) -> Settings:
    """Return the settings without secrets, which would have to be decrypted; the defaults for a company that was deleted."""
    rows = IntegrationSetup.objects.filter(company_id=company_id).values_list("settings", flat=True)
    return Settings.from_stored(rows.first() or {})
