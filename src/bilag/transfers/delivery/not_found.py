"""The hint named an object that Moment does not have, or has under another number: hints can be forged or out of date."""

from bilag.posting.problem import Problem
from bilag.posting.selection import SkipReason
from bilag.transfers.delivery.outcome import Outcome, needs_attention, skipped
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.intake import accept
from bilag.transfers.models import Kind


def absent(run: TransferRun) -> Outcome:
    """Moment has no such object: a problem if a person asked for it or it was posted before, otherwise a skip."""
    row = run.transfer
    if row.manual or row.accepted_hash is not None:
        return needs_attention(Problem("not_in_moment", run.subject, {"number": row.number}))
    return skipped(SkipReason.NOT_IN_MOMENT)


def renumbered(run: TransferRun, kind: Kind, number: str, moment_id: int) -> Outcome:
    """Moment has the object under another number: accept it under that number, and skip this one."""
    accept.accept(
        run.setup.company_id,
        [accept.TransferRequest(kind, number, moment_id)],
        manual=run.transfer.manual,
        cause=run.transfer.cause,
    )
    return skipped(SkipReason.OTHER_NUMBER)
