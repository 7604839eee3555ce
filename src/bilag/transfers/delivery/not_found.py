"""When Moment does not have what was hinted at: hints can be forged, numbers can be changed in a draft."""

from bilag.posting.problem import Problem
from bilag.transfers.delivery.outcome import Outcome, needs_person, skipped
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Kind


def absent(work: TransferRun) -> Outcome:
    """Moment knows no such object: told to whoever asked for it by hand, otherwise passed over with its reason."""
    row = work.transfer
    if row.manual or row.accepted_hash is not None:
        return needs_person(Problem("not_in_moment", f"{row.kind} {row.number}", {"number": row.number}))
    return skipped("not_in_moment")


def renumbered(work: TransferRun, kind: Kind, number: str, moment_id: int) -> Outcome:
    """The hint named another number than the object has: the object goes under its own number."""
    from bilag.transfers.intake import accept

    accept.accept(
        work.setup.company_id,
        [accept.TransferRequest(kind, number, moment_id)],
        manual=work.transfer.manual,
        cause=work.transfer.cause,
    )
    return skipped("other_number")
