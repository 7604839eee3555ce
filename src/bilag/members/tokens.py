"""Create, look up and revoke tokens for the HTTP API. Only a digest of a token is stored."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bilag.companies.models import Company
from bilag.companies.secrets import digest_of, new_token
from bilag.events.record import EventName, record
from bilag.members.models import ApiToken
from bilag.posting.selection import OSLO

Scope = Literal["read", "write"]
MARK = "bilag_"
"""The prefix of every token, so that secret scanners find leaked tokens."""
SHOWN = len(MARK) + 4
USED_AGAIN_AFTER = timedelta(minutes=1)


def make(
    company: Company, name: str, scopes: Sequence[Scope], *, by: str, last_day: date | None = None
) -> tuple[ApiToken, str]:
    """Create a token, and return its row and the token itself, which is not stored.

    The token is valid until the end of `last_day` in Oslo's time zone; None = until it is revoked.
    """
    token = MARK + new_token()
    with transaction.atomic():
        row = ApiToken.objects.create(
            company=company,
            name=name,
            scopes=list(scopes),
            beginning=token[:SHOWN],
            digest=digest_of(token),
            made_by=by[:254],
            expires_at=datetime.combine(last_day + timedelta(days=1), time(), OSLO) if last_day else None,
        )
        record(company.pk, EventName.TOKEN_MADE, origin=by, token=f"{name} ({row.beginning}…)")
    return row, token


def revoke(company: Company, token_id: int, *, by: str) -> ApiToken | None:
    """Revoke a token. Return None if the company no longer has it."""
    with transaction.atomic():
        row = ApiToken.objects.select_for_update().filter(company=company, pk=token_id).first()
        if row is None:
            return None
        row.delete()
        record(company.pk, EventName.TOKEN_REVOKED, origin=by, token=f"{row.name} ({row.beginning}…)")
    return row


def token_access(token: str) -> tuple[Company, ApiToken] | None:
    """Return the company and the row of a valid token; None for any other text."""
    if not token.startswith(MARK):
        return None
    now = timezone.now()
    valid = ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now))
    row = valid.select_related("company").filter(digest=digest_of(token)).first()
    if row is None:
        return None
    if row.last_used_at is None or row.last_used_at < now - USED_AGAIN_AFTER:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return row.company, row
