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

from bilag.companies.file import CompanyFile
from bilag.companies.models import Company, IntegrationSetup, SetupChange
from bilag.companies.secrets import digest_of, new_token, opened, sealed
from bilag.companies.settings import Section, section_of
from bilag.companies.store import SECRET, MomentTaken, SetupChanged, flat


class CreatedMeanwhile(Exception):
    """Somebody else created the company since it was looked up. Compare again: it is an update now."""


@dataclass(frozen=True)
class Comparison:
    """A company file beside what is stored. `row` is locked; None for a new company."""

    file: CompanyFile
    row: IntegrationSetup | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    secrets_before: Mapping[str, str]

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

    @property
    def changed_sections(self) -> frozenset[str]:
        """The sections in which anything differs."""
        return frozenset(section_of(name) for name in self.changed)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: `changed` are dotted names, empty when the file was stored already."""

    company_id: int
    version: int
    created: bool
    changed: frozenset[str]


def compare(file: CompanyFile, *, seen_version: int | None = None) -> Comparison:
    """Compare the file with what is stored, and lock the setup until the transaction ends.

    `seen_version` is the version on which the change is based (0 = a new company); None accepts any. Raises
    `SetupChanged` when the setup is at another version.
    """
    row = IntegrationSetup.objects.select_for_update(of=("self",)).filter(company__slug=file.slug).first()
    version = row.version if row is not None else 0
    if seen_version is not None and version != seen_version:
        raise SetupChanged(version)
    return Comparison(
        file=file,
        row=row,
        before=_stored_settings(row) if row is not None else {},
        after=flat({Section.COMPANY: dict(file.company_values), **file.settings}),
        secrets_before=opened(row.secrets) if row is not None else {},
    )


def write(comparison: Comparison, *, origin: str) -> Written:
    """Write what differs, and one `SetupChange` a setting with its `origin`.

    Raises `MomentTaken` and `CreatedMeanwhile`; then nothing was written.
    """
    row = comparison.row
    if row is not None and not comparison.changed:
        return Written(row.company_id, row.version, created=False, changed=frozenset())
    try:
        with transaction.atomic():
            saved = _write_rows(comparison)
    except IntegrityError as error:
        raise _explained(error, comparison.file) from error
    SetupChange.objects.bulk_create(
        SetupChange(company_id=saved.company_id, origin=origin, version=saved.version, field=name, old=old, new=new)
        for name, old, new in _shown_changes(comparison)
    )
    return Written(saved.company_id, saved.version, created=row is None, changed=comparison.changed)


def _write_rows(comparison: Comparison) -> IntegrationSetup:
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
    row.version += 1
    row.moment_base_url = file.settings[Section.MOMENT]["base_url"]
    row.moment_company_id = file.settings[Section.MOMENT]["company_id"]
    row.platform_kind = file.settings[Section.PLATFORM]["kind"]
    row.settings = dict(file.settings)
    row.secrets = sealed(file.secrets)
    row.save()
    return row


def _explained(error: IntegrityError, file: CompanyFile) -> Exception:
    """Say which uniqueness was violated."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if constraint != "one_company_per_moment":
        return CreatedMeanwhile(file.slug)
    moment = file.settings[Section.MOMENT]
    return MomentTaken(
        f"company {moment['company_id']} at {moment['base_url']} already belongs to another company in Bilag, and its "
        "invoices would be posted twice. Give the id of another company in Moment."
    )


def _shown_changes(comparison: Comparison) -> list[tuple[str, Any, Any]]:
    """Each change with its old and new value; of a secret only that it changed."""
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
