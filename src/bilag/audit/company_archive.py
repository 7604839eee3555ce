"""Export or remove everything that Bilag holds of a company."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import ForeignKey, Model, OneToOneField
from django.utils import timezone

from bilag import __version__
from bilag.audit.deletion_permit import removing
from bilag.companies.models import Company

SECRET_FIELDS = {"secrets", "webhook_token", "webhook_digest", "token", "secret", "name_words", "key_digest"}
SECRET_DIGESTS = ("members.invitation", "members.apitoken", "members.idempotentanswer")
"""Models whose `digest` is the digest of a secret. In other models it only shows whether something changed."""
CHUNK = 500
JOBS = """
delete from procrastinate_jobs where args ->> 'company_id' = %(company)s
    or (task_name = 'transfers.work' and exists (
        select 1 from jsonb_array_elements_text(args -> 'transfer_ids') one
        join transfers_transfer on transfers_transfer.id = one::bigint where company_id = %(company)s::bigint))
"""


class StillLive(Exception):
    """The company is live: it must be switched off before it is removed."""


def models_of_a_company() -> list[tuple[type[Model], str]]:
    """Return every model that belongs to a company, with the path of field names to the company; dependent models first."""
    found: list[tuple[type[Model], str]] = []

    def walk(model: type[Model], path: str, seen: tuple[type[Model], ...]) -> None:
        for other in apps.get_models():
            for field in other._meta.get_fields():
                points = isinstance(field, ForeignKey | OneToOneField) and field.related_model is model
                if points and other not in seen and other not in [known for known, _ in found]:
                    own = f"{field.name}__{path}" if path else field.name
                    walk(other, own, (*seen, other))
                    if other not in [known for known, _ in found]:
                        found.append((other, own))

    walk(Company, "", (Company,))
    direct = {model: _direct(model) or path for model, path in found}
    return list(direct.items())


def _direct(model: type[Model]) -> str | None:
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey | OneToOneField) and field.related_model is Company:
            return str(field.name)
    return None


def export(company: Company, file: Path) -> dict[str, int]:
    """Write all rows as JSON lines into a zip, one file for each model, without secrets; return the row counts.

    The zip exists complete or not at all.
    """
    part = file.with_name(f".{file.name}.part")
    counts: dict[str, int] = {}
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("company.json", _dumped(_row(company)))
            for model, path in models_of_a_company():
                name = model._meta.label_lower.replace(".", "-")
                with archive.open(f"{name}.jsonl", "w", force_zip64=True) as lines:
                    counts[name] = 0
                    for row in _rows(model, path, company.pk):
                        lines.write(_dumped(_row(row)).encode() + b"\n")
                        counts[name] += 1
            manifest = {"company": company.slug, "madeAt": timezone.now(), "bilag": __version__, "rows": counts}
            archive.writestr("manifest.json", _dumped(manifest))
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return counts


def purge(company: Company) -> dict[str, int]:
    """Remove the company, all its rows and its jobs, in one transaction. Users keep their accounts without this membership.

    Raises `StillLive`.
    """
    counts: dict[str, int] = {}
    with removing(company.pk):
        locked = Company.objects.select_for_update().get(pk=company.pk)
        if locked.live:
            raise StillLive(locked.slug)
        with connection.cursor() as cursor:
            cursor.execute(JOBS, {"company": str(locked.pk)})
            counts["jobs"] = cursor.rowcount
        for model, path in models_of_a_company():
            rows = model._default_manager.filter(**{path: locked.pk})
            deleted = rows._raw_delete(rows.db)
            if deleted:
                counts[model._meta.label_lower.replace(".", "-")] = deleted
        locked.delete()
    return counts


def _rows(model: type[Model], path: str, company_id: int) -> Iterator[Model]:
    last = 0
    while chunk := list(model._default_manager.filter(**{path: company_id, "pk__gt": last}).order_by("pk")[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk


def _row(row: Model) -> dict[str, Any]:
    hidden = SECRET_FIELDS | ({"digest"} if row._meta.label_lower in SECRET_DIGESTS else set())
    fields = [field for field in row._meta.concrete_fields if field.name not in hidden]
    return {field.attname: getattr(row, field.attname) for field in fields}


def _dumped(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
