"""Show a company's setup and its changes without secrets."""

from typing import Any

from bilag.companies.models import IntegrationSetup, SetupChange
from bilag.companies.secrets import opened
from bilag.companies.store import SECRET

MOST_CHANGES = 200


def shown_settings(company_id: int) -> dict[str, Any]:
    """Return the stored sections of the company file; a stored secret is shown as "(secret)"."""
    row = IntegrationSetup.objects.select_related("company").get(company_id=company_id)
    company = row.company
    sections: dict[str, Any] = {
        "company": {
            "slug": company.slug,
            "name": company.name,
            "organisation_number": company.organisation_number,
            "language": company.language,
            "live_since": company.live_since.isoformat() if company.live_since else None,
        },
        **{name: dict(values) for name, values in row.settings.items()},
    }
    for name in opened(row.secrets):
        *path, key = name.split(".")
        place = sections
        for part in path:
            place = place.setdefault(part, {})
        place[key] = SECRET
    return sections


def changes(company_id: int) -> list[dict[str, Any]]:
    """Return the latest changes of the setup, newest first."""
    rows = SetupChange.objects.filter(company_id=company_id).order_by("-id")[:MOST_CHANGES]
    return [change_as_json(row) for row in rows]


def change_as_json(row: SetupChange) -> dict[str, Any]:
    """Return one change; of a secret only that it changed."""
    return {
        "at": row.at.isoformat(timespec="seconds"),
        "origin": row.origin,
        "version": row.version,
        "field": row.field,
        "old": row.old,
        "new": row.new,
    }
