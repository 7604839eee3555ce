"""Looks a token up. To be replaced by `bilag.members.tokens.token_access`."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from bilag.companies.models import Company
from bilag.companies.secrets import digest_of
from bilag.members.models import ApiToken

USED_AGAIN_AFTER = timedelta(minutes=1)


def token_access(token: str) -> tuple[Company, ApiToken] | None:
    """The token's company and row; None when there is no such token in force."""
    now = timezone.now()
    in_force = ApiToken.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now))
    row = in_force.select_related("company").filter(digest=digest_of(token)).first()
    if row is None or not token.startswith("bilag_"):
        return None
    if row.last_used_at is None or row.last_used_at < now - USED_AGAIN_AFTER:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return row.company, row
