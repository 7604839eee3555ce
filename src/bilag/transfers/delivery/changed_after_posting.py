"""An invoice that is posted already and was changed, or finalised anew, in Moment: what differs from what was posted.

Moment is master of its invoices, and a posted voucher is never changed: a difference is told to a person, who credits the
invoice and makes a new one. What was posted is known from the attempt that did it, which keeps the invoice as it was.
"""

from decimal import Decimal
from typing import Any

from bilag.posting.invoice import Invoice
from bilag.posting.problem import Problem
from bilag.transfers.canonical_json import jsonable
from bilag.transfers.delivery.content import NOT_CONTENT
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Attempt

NO_DIFFERENCE = {*NOT_CONTENT, "finalized_at"}
"""An invoice finalised anew with the same content is the same invoice."""


def change_after_posting(work: TransferRun, invoice: Invoice) -> Problem | None:
    """The problem that names what differs; None where nothing does but when it was finalised."""
    number = work.transfer.number
    facts = {"number": number}
    before = _as_posted(work)
    if before is not None:
        now: dict[str, Any] = jsonable(invoice)
        fields = [name for name in now if name in before and name not in NO_DIFFERENCE and now[name] != before[name]]
        if not fields:
            return None
        facts["fields"] = ", ".join(fields)
        if "total" in fields:
            facts |= {"total_now": f"{invoice.total:.2f}", "total_posted": f"{Decimal(before['total']):.2f}"}
    return Problem("changed_after_posting", f"invoice {number}", facts)


def _as_posted(work: TransferRun) -> dict[str, Any] | None:
    """The invoice as it was when it was posted; None where the trail does not go back that far."""
    attempts = Attempt.objects.filter(transfer=work.transfer, verdict="done", source__isnull=False)
    found: dict[str, Any] | None = attempts.order_by("-pk").values_list("source", flat=True).first()
    return found
