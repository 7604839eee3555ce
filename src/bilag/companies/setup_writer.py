"""Write a company file to the database, in two steps inside the caller's transaction: compare, then write.

Only `bilag.transfers.activation.save_setup` calls this module, since more follows from a new setup than its rows. Between
the two steps it updates transfers. Every transaction locks setup, transfers and company in this order, so that no two
transactions wait for each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from bilag.companies.file import CompanyFile
from bilag.companies.models import Company, IntegrationSetup, Ledger, SetupChange, Source
from bilag.companies.refusals import LedgerTaken, MomentTaken
from bilag.companies.secrets import digest_of, new_token, opened, sealed
from bilag.companies.settings import Section, section_of
from bilag.companies.store import SECRET, SetupChanged, flat
from bilag.companies.unfinished import is_placeholder, moment_is_empty, placeholder, platform_is_empty
from bilag.moment.source import source_key
from bilag.platforms.base import Said
from bilag.platforms.registry import platform_kinds


class CreatedMeanwhile(Exception):
    """Somebody else created the company since it was looked up. Compare again: it is an update now."""


@dataclass(frozen=True)
class Comparison:
    """A company file and the stored setup. `row` is locked; None for a new company."""

    file: CompanyFile
    row: IntegrationSetup | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    secrets_before: Mapping[str, str]
    ledger_before: str | None
    """The key of the ledger before; `row` has the present one after `write`. None for a new company."""
    source_before: str | None

    @cached_property
    def changed_settings(self) -> frozenset[str]:
        """The dotted names of settings that differ."""
        return _differing(self.before, self.after)

    @cached_property
    def changed_secrets(self) -> frozenset[str]:
        """The dotted names of secrets that differ."""
        return _differing(self.secrets_before, self.file.secrets)

    @property
    def changed(self) -> frozenset[str]:
        """The dotted names of everything that differs."""
        return self.changed_settings | self.changed_secrets

    @cached_property
    def ledger_key(self) -> str:
        """The ledger that the file names."""
        kind = self.file.settings[Section.PLATFORM]["kind"]
        values = self.file.settings[Section.PLATFORM][kind]
        if platform_is_empty(kind, values):
            return placeholder(self.file.slug)
        return platform_kinds()[kind].ledger_key(values)

    @cached_property
    def source_key(self) -> str:
        """The company of Moment that the file names."""
        moment = self.file.settings[Section.MOMENT]
        if moment_is_empty(moment.get("company_id")):
            return placeholder(self.file.slug)
        return source_key(moment["base_url"], moment["company_id"])

    @property
    def ledger_changes(self) -> bool:
        """Whether the file names another ledger than the stored one."""
        return self.ledger_before not in (None, self.ledger_key)

    @property
    def ledger_replaced(self) -> bool:
        """Whether the file names another ledger than one that was already known."""
        return self.ledger_changes and not is_placeholder(self.ledger_before)

    @property
    def source_changes(self) -> bool:
        """Whether the file names another company of Moment than the stored one."""
        return self.source_before not in (None, self.source_key)

    @property
    def source_replaced(self) -> bool:
        """Whether the file names another company of Moment than one that was already known."""
        return self.source_changes and not is_placeholder(self.source_before)

    @property
    def changed_sections(self) -> frozenset[str]:
        """The sections in which anything differs."""
        return frozenset(section_of(name) for name in self.changed)


@dataclass(frozen=True, slots=True)
class Written:
    """The result of a write: `changed` are dotted names, empty if the file was stored already."""

    company_id: int
    source_id: int
    """The present company of Moment (`models.Source`)."""
    version: int
    created: bool
    changed: frozenset[str]


def compare(file: CompanyFile, *, seen_version: int | None = None) -> Comparison:
    """Compare the file with what is stored, and lock the setup until the transaction ends.

    `seen_version` is the version on which the change is based (0 = a new company); None accepts any. Raises
    `SetupChanged` when the setup is at another version.
    """
    rows = IntegrationSetup.objects.select_for_update(of=("self",)).select_related("company", "ledger", "source")
    row = rows.filter(company__slug=file.slug).first()
    version = row.version if row is not None else 0
    if seen_version is not None and version != seen_version:
        raise SetupChanged(version)
    if row is not None:  # a worker may have used it while this waited for the lock: an intent locks the setup too
        row.ledger.refresh_from_db()
    return Comparison(
        file=file,
        row=row,
        before=_stored_settings(row) if row is not None else {},
        after=flat({Section.COMPANY: dict(file.company_values), **file.settings}),
        secrets_before=opened(row.secrets) if row is not None else {},
        ledger_before=row.ledger.key if row is not None else None,
        source_before=row.source.key if row is not None else None,
    )


def write(comparison: Comparison, *, origin: str, source_used: bool = False) -> Written:
    """Write the differences, and one `SetupChange` for each setting with its `origin`.

    An unused ledger or source is replaced by the one that the file names; a used one is left, and its row stays with what
    belongs to it. Raises `MomentTaken`, `LedgerTaken` and `CreatedMeanwhile`; then nothing was written.
    """
    row = comparison.row
    if row is not None and not comparison.changed:
        return Written(row.company_id, row.source_id, row.version, created=False, changed=frozenset())
    try:
        with transaction.atomic():
            saved = _write_rows(comparison, source_used)
    except IntegrityError as error:
        raise _explained(error, comparison.file) from error
    SetupChange.objects.bulk_create(
        SetupChange(company_id=saved.company_id, origin=origin, version=saved.version, field=name, old=old, new=new)
        for name, old, new in _shown_changes(comparison)
    )
    return Written(saved.company_id, saved.source_id, saved.version, created=row is None, changed=comparison.changed)


def _write_rows(comparison: Comparison, source_used: bool) -> IntegrationSetup:
    file, row = comparison.file, comparison.row
    if row is None:
        token = new_token()
        company = Company(slug=file.slug, webhook_token=sealed({"token": token}), webhook_digest=digest_of(token))
        row = IntegrationSetup(version=0)
    else:
        company = Company.objects.select_for_update(no_key=True).get(pk=row.company_id)
    for name, value in file.company_values.items():
        setattr(company, name, value)
    company.save()
    row.company = company
    if row.pk is None:
        kind = file.settings[Section.PLATFORM]["kind"]
        row.source = Source.objects.create(company=company, key=comparison.source_key)
        row.ledger = Ledger.objects.create(company=company, key=comparison.ledger_key, platform_kind=kind)
    if comparison.source_changes:
        row.source = _next_source(comparison, row, source_used)
    if comparison.ledger_changes:
        row.ledger = _next_ledger(comparison, row)
    row.version += 1
    row.moment_base_url = file.settings[Section.MOMENT].get("base_url", "")
    row.moment_company_id = file.settings[Section.MOMENT].get("company_id", "")
    row.platform_kind = file.settings[Section.PLATFORM]["kind"]
    row.settings = dict(file.settings)
    row.secrets = sealed(file.secrets)
    row.save()
    # Unused rows of former ledgers and sources: they would block their client or Moment for other companies.
    Ledger.objects.filter(company=company, used_at=None, attempts=None).exclude(pk=row.ledger_id).delete()
    Source.objects.filter(company=company, transfers=None).exclude(pk=row.source_id).delete()
    return row


def _next_ledger(comparison: Comparison, row: IntegrationSetup) -> Ledger:
    """Return the ledger that the file names: a former one, the present row if nothing belongs to it, or a new one."""
    present, kind = row.ledger, comparison.file.settings[Section.PLATFORM]["kind"]
    former = Ledger.objects.filter(company=row.company, key=comparison.ledger_key).first()
    if present.used_at is None and former is None:
        present.key, present.platform_kind = comparison.ledger_key, kind
        present.save(update_fields=["key", "platform_kind"])
        return present
    present.left_at = timezone.now()
    present.settings = {
        name: row.settings[name] for name in (Section.PLATFORM, Section.DIMENSIONS) if name in row.settings
    }
    present.secrets = row.secrets
    present.save(update_fields=["left_at", "settings", "secrets"])
    if former is None:
        return Ledger.objects.create(company=row.company, key=comparison.ledger_key, platform_kind=kind)
    former.left_at, former.settings, former.secrets = None, {}, ""
    former.save(update_fields=["left_at", "settings", "secrets"])
    return former


def _next_source(comparison: Comparison, row: IntegrationSetup, used: bool) -> Source:
    """Return the source that the file names: a former one, the present row if nothing belongs to it, or a new one."""
    present = row.source
    former = Source.objects.filter(company=row.company, key=comparison.source_key).first()
    if not used and former is None:
        present.key = comparison.source_key
        present.save(update_fields=["key"])
        return present
    present.left_at = timezone.now()
    present.save(update_fields=["left_at"])
    if former is None:
        return Source.objects.create(company=row.company, key=comparison.source_key)
    former.left_at = None
    former.save(update_fields=["left_at"])
    return former


def _explained(error: IntegrityError, file: CompanyFile) -> Exception:
    """Say which uniqueness was violated."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if constraint == "one_company_per_ledger":
        return LedgerTaken(
            Said(
                "another company in Bilag posts to this client, or has posted to it. Two companies would change each "
                "other's customers and vouchers. Give this company's own client.",
                "et annet firma i Bilag bokfører hos denne klienten, eller har gjort det. To firmaer ville endret hverandres "
                "kunder og bilag. Oppgi dette firmaets egen klient.",
            ),
            Section.PLATFORM,
        )
    if constraint != "one_company_per_moment":
        return CreatedMeanwhile(file.slug)
    moment = file.settings[Section.MOMENT]
    which = f"{moment['company_id']} at {moment['base_url']}", f"{moment['company_id']} på {moment['base_url']}"
    return MomentTaken(
        Said(
            f"company {which[0]} already belongs to another company in Bilag, and its invoices would be posted twice. Give the "
            "id of another company in Moment.",
            f"firma {which[1]} hører allerede til et annet firma i Bilag, og fakturaene ville blitt bokført to ganger. Oppgi "
            "id-en til et annet firma i Moment.",
        ),
        "moment.company_id",
    )


def _shown_changes(comparison: Comparison) -> list[tuple[str, Any, Any]]:
    """Return each change with its old and new value; of a secret only that it changed."""
    before, after = comparison.before, comparison.after
    old, new = comparison.secrets_before, comparison.file.secrets
    return [(name, before.get(name), after.get(name)) for name in sorted(comparison.changed_settings)] + [
        (name, SECRET if name in old else None, SECRET if name in new else None)
        for name in sorted(comparison.changed_secrets)
    ]


def _stored_settings(row: IntegrationSetup) -> dict[str, Any]:
    company = {name: getattr(row.company, name) for name in ("name", "organisation_number", "language")}
    return flat({Section.COMPANY: company, **row.settings})


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
