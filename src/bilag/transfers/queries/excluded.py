"""Find the invoices that a person excluded from transfer and somebody still has to post."""

from django.db.models import Q

from bilag.posting.selection import ExcludedAs, SkipReason
from bilag.transfers.models import SHIPPED, State, Transfer

TO_POST_MANUALLY = Q(state=State.SKIPPED, reason=SkipReason.EXCLUDED, kind__in=SHIPPED) & (
    Q(excluded_as=ExcludedAs.TO_POST_MANUALLY) | Q(excluded_as=None)
)
"""Excluded invoices and accrued income that nobody has declared posted or not belonging in the books."""


def to_post_manually(company_id: int) -> int:
    """Return how many of the company's documents somebody still has to post."""
    return Transfer.objects.filter(TO_POST_MANUALLY, company_id=company_id).count()
