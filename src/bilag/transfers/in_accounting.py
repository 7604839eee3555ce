"""Whether a transfer may stand in a ledger. Facts of the ledger outrank decisions: what may stand there is never excluded."""

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
    """Whether the object stands in a ledger, or may: it was accepted, it was read in the journal (equal to the plan or not),
    it is stored there and not posted yet, or a request left whose outcome is not known. What belongs to a Moment that the
    company has left was closed by that step."""
    facts = (
        row.ledger_id is not None
        or row.accepted_hash is not None
        or row.journal_number is not None
        or row.voucher_number is not None
        or row.doubt_since is not None
        or row.state == State.SENDING
    )
    return facts and row.source.left_at is None
