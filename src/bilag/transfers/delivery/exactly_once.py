"""Where vouchers stand in accounting, and posting them if they are surely not there: the middle of exactly once.

For what cannot simply be repeated: invoices, and accrued income.
"""

from collections.abc import Callable, Sequence

from django.utils import timezone

from bilag.jobs import backoff
from bilag.platforms.base import PostingStatus
from bilag.posting.voucher import Voucher
from bilag.transfers.delivery.run import TransferRun
from bilag.wire.errors import Refused

GONE_FROM_ACCOUNTING = {"customer_unknown", "org_unit_unknown", "org_unit_closed"}
"""Refusals that sending the master data again can mend: somebody removed or closed it there."""


def find_or_post(
    work: TransferRun,
    vouchers: Sequence[Voucher],
    external_id: str,
    *,
    held_back: bool,
    again: Callable[[TransferRun], None],
) -> PostingStatus:
    """Look up where the vouchers stand, and post them if they are surely not there. Raises as the platform does.

    What is `held_back` now is looked up only. `again` sends the master data once more, before a second try.
    """
    standing = work.platform.find_voucher(vouchers[0], external_id, thorough=not work.first_attempt)
    if standing.state in ("posted", "in_progress", "conflict"):
        return standing
    if standing.state == "absent" and (held_back or may_still_arrive(work)):
        return standing
    try:
        return work.platform.post_voucher(vouchers, external_id)
    except Refused as refused:
        if not GONE_FROM_ACCOUNTING & {problem.code for problem in refused.problems}:
            raise
        again(work)
        return work.platform.post_voucher(vouchers, external_id)


def may_still_arrive(work: TransferRun) -> bool:
    """Whether a request with a lost answer may still be running, so that not finding it proves nothing yet."""
    return work.doubt_since is not None and timezone.now() < work.doubt_since + backoff.scaled(backoff.DOUBT)
