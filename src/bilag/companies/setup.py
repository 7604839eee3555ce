"""A company's Integration setup as one frozen value, read from its row. Secrets are in clear and never shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bilag.companies.secrets import opened
from bilag.companies.settings import (
    AccrualSettings,
    AccruedIncomeSettings,
    ExpenseSettings,
    ExportSettings,
    NotifySettings,
    RetentionSettings,
    RoundingSettings,
    Section,
    Settings,
    TextSettings,
)
from bilag.posting.dimensions import Dimensions
from bilag.posting.problem import Problem

if TYPE_CHECKING:
    from bilag.companies.models import IntegrationSetup  # for its type only: this module needs no Django to be imported


@dataclass(frozen=True, slots=True)
class MomentAccess:
    """Where the company's Moment is, and the key to it."""

    base_url: str
    company_id: str
    api_key: str = field(repr=False)
    rates_per_hundred: frozenset[str] = frozenset()
    """Currencies whose exchange rate Moment gives for 100 units; all others are for one unit."""


@dataclass(frozen=True, slots=True)
class LedgerUse:
    """The ledger that the company posts to. `used` is False until something was first sent to it or read from it."""

    id: int
    key: str
    used: bool


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that is set for one company, at one `version` of its Integration setup."""

    company_id: int
    slug: str
    name: str
    organisation_number: str | None
    language: str
    version: int
    live: bool
    paused: Problem | None
    moment: MomentAccess
    source_id: int
    """The row of its Moment (`Source`); 0 in a setup that is not saved."""
    ledger: LedgerUse | None
    """None in a setup that is not saved."""
    platform_kind: str
    platform: Mapping[str, str] = field(repr=False)
    """The platform's own settings by name, secrets in clear."""
    export: ExportSettings
    """`invoices_from` is filled in: the day that was set, or else the company's first day live."""
    dimensions: Dimensions
    expenses: ExpenseSettings
    accrual: AccrualSettings
    accrued_income: AccruedIncomeSettings
    rounding: RoundingSettings
    texts: TextSettings
    retention: RetentionSettings
    notify: NotifySettings

    @classmethod
    def from_row(cls, row: "IntegrationSetup", *, with_secrets: bool = True) -> "Setup":
        """Read the setup from its row. Select the row with its company and ledger to save queries.

        Raises `SecretsUnreadable`, but not `with_secrets=False`: then the secrets are empty.
        """
        company, settings = row.company, Settings.from_stored(row.settings)
        secrets = opened(row.secrets) if with_secrets else {}
        export = settings.export
        return cls(
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
                secrets.get("moment.api_key", ""),
                settings.moment.rates_per_hundred,
            ),
            source_id=row.source_id or 0,
            ledger=LedgerUse(row.ledger.pk, row.ledger.key, row.ledger.used_at is not None) if row.ledger_id else None,
            platform_kind=row.platform_kind,
            platform=platform_values(row.platform_kind, row.settings, secrets),
            export=replace(export, invoices_from=export.invoices_from or company.live_since),
            dimensions=Dimensions(
                project=settings.dimensions.project,
                department=settings.dimensions.department,
                billability=settings.expenses.billability_dimension,
            ),
            expenses=settings.expenses,
            accrual=settings.accrual,
            accrued_income=settings.accrued_income,
            rounding=settings.rounding,
            texts=settings.texts,
            retention=settings.retention,
            notify=settings.notify,
        )


def platform_values(kind: str, settings: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, str]:
    """Join a platform's own settings, of a whole company's `settings`, and its secrets, of all of them by dotted name."""
    own = f"{Section.PLATFORM}.{kind}."
    return {
        **settings[Section.PLATFORM].get(kind, {}),
        **{name.removeprefix(own): secret for name, secret in secrets.items() if name.startswith(own)},
    }
