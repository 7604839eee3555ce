"""Exclude a transfer: a person decides that an object is not transferred, until a person decides otherwise."""

from django.db import transaction

from bilag.events.record import EventName, record_numbers
from bilag.jobs.lease import Busy, held
from bilag.posting.selection import ExcludedAs, SkipReason
from bilag.transfers.in_accounting import may_be_in_accounting
from bilag.transfers.intake.release import release_blocked
from bilag.transfers.models import SHIPPED, Kind, State, Transfer

EXCLUDABLE = (State.QUEUED, State.WAITING, State.NEEDS_ATTENTION, State.SKIPPED)


LONGEST_NOTE = 300


class AlreadyPostedOrInFlight(Exception):
    """It is or may be in accounting, so it cannot be excluded."""


def may_exclude(row: Transfer) -> bool:
    """Return whether a person may exclude the transfer: no ledger has or may have the object, or Bilag can no longer look it
    up, so that only the person knows.
    """
    return row.state in EXCLUDABLE and (not may_be_in_accounting(row) or _is_out_of_reach(row))


def _is_out_of_reach(row: Transfer) -> bool:
    """Return whether it is in doubt in a ledger without kept access, or belongs to a Moment that the company has left."""
    if row.source.left_at is not None:
        return True
    return (
        row.accepted_hash is None
        and row.ledger is not None
        and row.ledger.left_at is not None
        and not row.ledger.secrets
    )


def skip(row: Transfer, reason: SkipReason) -> None:
    """Let a person's decision end the transfer. The caller saves the row."""
    row.state, row.reason, row.problems = State.SKIPPED, reason, []
    row.next_at, row.blocked_by = None, None
    row.manual, row.manual_at = False, None
    row.failures, row.failing_since = 0, None
    row.excluded_as, row.exclusion_note = None, None


def exclude(
    company_id: int, transfer_id: int, *, origin: str, excluded_as: ExcludedAs | None = None, note: str = ""
) -> Transfer:
    """Exclude the transfer: hints do not queue it again, only a person does. Excluding it again changes the reason.

    `excluded_as` and `note` are the person's reason, which the log keeps. Raises `Transfer.DoesNotExist`;
    `AlreadyPostedOrInFlight` if it was posted, is being sent, or may have arrived (`may_be_in_accounting`).
    """
    try:
        with held("transfer", transfer_id), transaction.atomic():
            row = Transfer.objects.select_for_update().get(company_id=company_id, pk=transfer_id)
            if not may_exclude(row):
                raise AlreadyPostedOrInFlight
            if row.reason == SkipReason.CANCELLED_BEFORE_POSTING and row.state == State.SKIPPED:
                return row  # it is already not transferred, and its counterpart depends on it
            skip(row, SkipReason.EXCLUDED)
            row.excluded_as = excluded_as if row.kind in SHIPPED else None
            row.exclusion_note = note.replace("\x00", "").strip()[:LONGEST_NOTE] or None
            row.save()
            if row.kind == Kind.INVOICE:
                release_blocked(row)
            said = {"excluded_as": row.excluded_as or "", "note": row.exclusion_note or ""}
            record_numbers(company_id, EventName.EXCLUDED, [row.number], origin=origin, kind=row.kind, **said)
            return row
    except Busy as error:
        raise AlreadyPostedOrInFlight from error
