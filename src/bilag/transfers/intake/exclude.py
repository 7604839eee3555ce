"""A person decides that something is not to be transferred: it stays in Moment until a person says otherwise."""

from django.db import transaction

from bilag.events.record import EventName, record_numbers
from bilag.jobs.advisory_lock import Busy, held
from bilag.transfers.models import EXCLUDED, State, Transfer

EXCLUDABLE = (State.QUEUED, State.WAITING, State.NEEDS_ATTENTION, State.SKIPPED)


class AlreadyPostedOrInFlight(Exception):
    """It is in accounting, or may be: keeping it back would be a lie."""


def exclude(company_id: int, transfer_id: int, *, origin: str) -> Transfer:
    """Skip the transfer for good: hints do not wake it, only a person does.

    Raises `Transfer.DoesNotExist`; `AlreadyPostedOrInFlight` for one that was posted, is being sent, or may have arrived.
    """
    try:
        with held("transfer", transfer_id, wait=False), transaction.atomic():
            row = Transfer.objects.select_for_update().get(company_id=company_id, pk=transfer_id)
            if row.state not in EXCLUDABLE or row.doubt_since is not None or row.accepted_hash is not None:
                raise AlreadyPostedOrInFlight
            row.state, row.reason, row.problems = State.SKIPPED, EXCLUDED, []
            row.next_at, row.blocked_by, row.manual = None, None, False
            row.failures, row.failing_since = 0, None
            row.save()
            record_numbers(company_id, EventName.EXCLUDED, [row.number], origin=origin, kind=row.kind)
            return row
    except Busy as error:
        raise AlreadyPostedOrInFlight from error
