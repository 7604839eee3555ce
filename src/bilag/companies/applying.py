"""Puts a company file into the database: all of it, or nothing."""

from dataclasses import dataclass

from django.db import IntegrityError

from bilag.companies import store
from bilag.companies.file import CompanyFile


class MomentTaken(Exception):
    """Another company of Bilag has this company of Moment already."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What it came to."""

    company_id: int
    created: bool
    changed: frozenset[str]


def apply_file(file: CompanyFile, *, origin: str, seen_version: int | None = None, again: bool = False) -> Applied:
    """Create or update. `origin` tells by what the change was made. Raises `MomentTaken`, and `store.SetupChanged` when
    the setup is not at `seen_version` any more."""
    try:
        company, created, changed = store.save(
            slug=file.slug,
            company_values=file.company_values,
            settings=file.settings,
            secrets=file.secrets,
            origin=origin,
            seen_version=seen_version,
        )
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if constraint != "one_company_per_moment":
            if again:
                raise
            # Somebody created it just now: it is there to be changed.
            return apply_file(file, origin=origin, seen_version=seen_version, again=True)
        where = file.settings["moment"]
        raise MomentTaken(
            f"company {where['company_id']} at {where['base_url']} already belongs to another company in Bilag, and its "
            "invoices would be posted twice. Give the id of another company in Moment."
        ) from error
    return Applied(company.pk, created, changed)
