"""A person decides that something is not to be transferred: it stays in Moment until a person says otherwise."""

from django.db import transaction

from bilag.jobs.advisory_lock import Busy, held
from bilag.notices import events
from bilag.transfers.models import KEPT_BACK, State, Transfer

MAY_BE_KEPT = (State.QUEUED, State.WAITING, State.NEEDS_ATTENTION, State.SKIPPED)


class MayBeThere(Exception):
    """It is in accounting, or may be: keeping it back would be a lie."""


def keep_back(company_id: int, transfer_id: int, *, origin: str) -> Transfer:
    """Skip the transfer for good: hints do not wake it, only a person does.

    Raises `Transfer.DoesNotExist`; `MayBeThere` for one that was posted, is being sent, or may have arrived.
    """
    try:
        with held("transfer", transfer_id, wait=False), transaction.atomic():
            row = Transfer.objects.select_for_update().get(company_id=company_id, pk=transfer_id)
            if row.state not in MAY_BE_KEPT or row.doubt_since is not None or row.accepted_hash is not None:
                raise MayBeThere
            row.state, row.reason, row.problems = State.SKIPPED, KEPT_BACK, []
            row.next_at, row.blocked_by, row.by_hand = None, None, False
            row.failures, row.failing_since = 0, None
            row.save()
            events.record_numbers(company_id, "kept_back", [row.number], origin=origin, kind=row.kind)
            return row
    except Busy as error:
        raise MayBeThere from error
