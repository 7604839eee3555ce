"""A company's Integration setup as one frozen value, read from its row. Secrets are in clear and never shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

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
    """Currencies whose rate Moment gives for a hundred units; of all others it gives the rate for one."""


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
    retention: RetentionSettings
    notify: NotifySettings

    @classmethod
    def from_row(cls, row: "IntegrationSetup") -> "Setup":
        """Read the setup from its row. Select the row with its company to save a query."""
        company, settings, secrets = row.company, Settings.from_stored(row.settings), opened(row.secrets)
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
            platform_kind=row.platform_kind,
            platform=_platform(row, secrets),
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
            retention=settings.retention,
            notify=settings.notify,
        )


def _platform(row: "IntegrationSetup", secrets: Mapping[str, str]) -> dict[str, str]:
    """Join the platform's own settings and its secrets."""
    own = f"{Section.PLATFORM}.{row.platform_kind}."
    return {
        **row.settings[Section.PLATFORM].get(row.platform_kind, {}),
        **{name.removeprefix(own): secret for name, secret in secrets.items() if name.startswith(own)},
    }
