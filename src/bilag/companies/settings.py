"""The settings of a company: one typed model, with the only copy of each default.

A setting is declared once, as a field of its section. Its name in the company file is the section's name, a dot, and the
field's name (or `key`, where a Python name cannot be the same). The company file, the setup page and the API all read
defaults from here. Stored settings are sparse: a key that was never given is not stored, and reads as its default.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self

from bilag.posting.accrual import Allocation
from bilag.posting.text_form import ENTRY_FORM, VOUCHER_FORM

DEFAULT_LANGUAGE = "nb"
LIVE_BY_DEFAULT = True
"""The default of a company file that does not state whether the company is live."""


class Section(StrEnum):
    """The sections of a company file."""

    COMPANY = "company"
    MOMENT = "moment"
    PLATFORM = "platform"
    EXPORT = "export"
    DIMENSIONS = "dimensions"
    EXPENSES = "expenses"
    ACCRUAL = "accrual"
    ACCRUED_INCOME = "accrued_income"
    ROUNDING = "rounding"
    TEXTS = "texts"
    RETENTION = "retention"
    NOTIFY = "notify"


def section_of(name: str) -> str:
    """Return the section of a setting's dotted name."""
    return name.partition(".")[0]


def _stored(key: str = "", *, read: Callable[[Any], Any] | None = None) -> dict[str, Any]:
    """Say how a field is stored as JSON: under which key, and how the JSON value is read."""
    return {"key": key, "read": read}


class _SettingsSection:
    """Reads a section from its stored form."""

    __slots__ = ()

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Read the section. A key that is missing or null has its default; an unknown key is ignored."""
        values = {}
        for one in fields(cls):  # type: ignore[arg-type]
            value = stored.get(_key(one))
            if value is not None:
                read = one.metadata.get("read")
                values[one.name] = read(value) if read else value
        return cls(**values)


def _key(one: Any) -> str:
    return one.metadata.get("key") or str(one.name)


@dataclass(frozen=True, slots=True)
class MomentSettings(_SettingsSection):
    """How Moment's values are read. Its address and company id have columns of their own."""

    rates_per_hundred: frozenset[str] = field(default=frozenset(), metadata=_stored(read=frozenset))
    """Currencies whose exchange rate Moment gives for 100 units; all others are for one unit."""


@dataclass(frozen=True, slots=True)
class ExportSettings(_SettingsSection):
    """What Bilag transfers to accounting. No states means all states."""

    customers: bool = True
    projects: bool = True
    invoices: bool = True
    attachments: bool = True
    """The PDF of an invoice is attached to its voucher, where the accounting system takes documents."""
    invoices_from: date | None = field(default=None, metadata=_stored(read=date.fromisoformat))
    """Invoices finalised earlier are transferred only on request. None: from the company's first day live."""
    customer_states: frozenset[str] = field(default=frozenset(), metadata=_stored(read=frozenset))
    project_states: frozenset[str] = field(default=frozenset(), metadata=_stored(read=frozenset))


@dataclass(frozen=True, slots=True)
class DimensionSettings(_SettingsSection):
    """The organisational units (1-12) of projects and departments. None: they are not sent."""

    project: int | None = None
    department: int | None = None


@dataclass(frozen=True, slots=True)
class ExpenseSettings(_SettingsSection):
    """Which posted costs Bilag imports into Moment as project expenses (docs/expenses.md)."""

    enabled: bool = field(default=False, metadata=_stored("import"))
    activity: str = ""
    report_name: str = ""
    billability_dimension: int | None = None
    billable_by_default: bool = True
    account_above: int = 4000
    days_back: int = 30
    from_date: date | None = field(default=None, metadata=_stored(read=date.fromisoformat))
    approve_billable: bool = False


@dataclass(frozen=True, slots=True)
class AccrualSettings(_SettingsSection):
    """Accrual of income: the two accounts, and whether months get equal shares or shares by their days."""

    enabled: bool = False
    debit_account: str | None = None
    credit_account: str | None = None
    by: Allocation = field(default=Allocation.MONTHS, metadata=_stored(read=Allocation))


@dataclass(frozen=True, slots=True)
class AccruedIncomeSettings(_SettingsSection):
    """Income that is earned but not invoiced, posted at the end of a month (docs/accrual.md): the two accounts."""

    enabled: bool = False
    debit_account: str | None = None
    credit_account: str | None = None


@dataclass(frozen=True, slots=True)
class RoundingSettings(_SettingsSection):
    """The account for rounding differences. None: the posting rules choose it."""

    account: str | None = None


@dataclass(frozen=True, slots=True)
class TextSettings(_SettingsSection):
    """The forms of the texts of vouchers and their entries (`posting.text_form`)."""

    voucher: str = VOUCHER_FORM
    entry: str = ENTRY_FORM


@dataclass(frozen=True, slots=True)
class RetentionSettings(_SettingsSection):
    """How many years the control trail is kept after the end of its year: at least five (bokføringsloven § 13)."""

    years: int = 5


@dataclass(frozen=True, slots=True)
class NotifySettings(_SettingsSection):
    """Who gets an e-mail when something stops: users of Moment, and other addresses."""

    users: tuple[str, ...] = field(default=(), metadata=_stored(read=tuple))
    emails: tuple[str, ...] = field(default=(), metadata=_stored(read=tuple))

    @property
    def recipients(self) -> tuple[str, ...]:
        """All addresses."""
        return (*self.users, *self.emails)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings that are neither secret nor a platform's own. Each field is a section of the company file."""

    moment: MomentSettings = MomentSettings()
    export: ExportSettings = ExportSettings()
    dimensions: DimensionSettings = DimensionSettings()
    expenses: ExpenseSettings = ExpenseSettings()
    accrual: AccrualSettings = AccrualSettings()
    accrued_income: AccruedIncomeSettings = AccruedIncomeSettings()
    rounding: RoundingSettings = RoundingSettings()
    texts: TextSettings = TextSettings()
    retention: RetentionSettings = RetentionSettings()
    notify: NotifySettings = NotifySettings()

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Read the stored JSON, whichever version of Bilag wrote it."""
        defaults = cls()
        sections = {one.name: getattr(defaults, one.name) for one in fields(cls)}
        return cls(**{name: section.from_stored(stored.get(name) or {}) for name, section in sections.items()})


def default_settings() -> dict[str, Any]:
    """Return each setting's default by its dotted name, as JSON stores it."""
    settings = Settings()
    sections = {section.name: getattr(settings, section.name) for section in fields(settings)}
    return {
        f"{section}.{_key(one)}": _as_json(getattr(defaults, one.name))
        for section, defaults in sections.items()
        for one in fields(defaults)
    }


def _as_json(value: Any) -> Any:
    if isinstance(value, (frozenset, tuple)):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value
