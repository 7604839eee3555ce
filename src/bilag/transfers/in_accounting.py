"""Whether a transfer's object may be in a ledger. Facts outrank decisions: what may be there is never excluded."""

from django.db.models import Q

from bilag.transfers.models import State, Transfer

OURS_WITH_OTHER_CONTENT = "duplicate_content"
"""The problem of a document whose external id accounting already has, with other content: it keeps its ledger."""

MAY_BE_IN_ACCOUNTING = Q(source__left_at=None) & (
    Q(ledger__isnull=False)
    | Q(accepted_hash__isnull=False)
    | Q(journal_number__isnull=False)
    | Q(voucher_number__isnull=False)
    | Q(doubt_since__isnull=False)
    | Q(state=State.SENDING)
)
"""`may_be_in_accounting` as a condition."""


def may_be_in_accounting(row: Transfer) -> bool:
    """Return whether a ledger has or may have the object: accounting accepted it, it was read in the journal (equal to the plan
    or not), it is stored there but not posted, or a request was sent whose outcome is unknown. Transfers of a Moment that the
    company has left were closed when it was left.
    """
    facts = (
        row.ledger_id is not None
        or row.accepted_hash is not None
        or row.journal_number is not None
        or row.voucher_number is not None
        or row.doubt_since is not None
        or row.state == State.SENDING
    )
    return facts and row.source.left_at is None
