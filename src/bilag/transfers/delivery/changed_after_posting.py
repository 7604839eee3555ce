"""Detect changes in Moment to an invoice that is already posted.

Moment is the master of its invoices, and a posted voucher is never changed: Bilag notifies a person of the difference, who
credits the invoice and makes a new one. The attempt that posted the invoice keeps it as it was then.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bilag.posting.invoice import Invoice
from bilag.posting.problem import Problem
from bilag.transfers.canonical_json import jsonable
from bilag.transfers.delivery.content import NOT_CONTENT
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Attempt, Verdict

NO_DIFFERENCE = {*NOT_CONTENT, "finalized_at"}
"""An invoice that was finalised again with the same content is the same invoice."""


def change_after_posting(run: TransferRun, invoice: Invoice) -> Problem | None:
    """Return the problem that names the changed fields; None when nothing changed but the time of finalising."""
    return change_since(_as_posted(run), invoice)


def change_between(posted: Invoice, now: Invoice) -> Problem | None:
    """Do the same for an invoice that changed while it was being posted."""
    return change_since(jsonable(posted), now)


def change_since(before: Mapping[str, Any] | None, invoice: Invoice) -> Problem | None:
    """Do the same for an invoice that was `before` when it was posted (None: unknown)."""
    facts = {"number": str(invoice.number)}
    if before is not None:
        now: dict[str, Any] = jsonable(invoice)
        before, now = _by_identity(before, now)
        fields = [name for name in now if name in before and name not in NO_DIFFERENCE and now[name] != before[name]]
        if not fields:
            return None
        facts["fields"] = ", ".join(fields)
        if "total" in fields:
            facts |= {"total_now": f"{invoice.total:.2f}", "total_posted": f"{Decimal(before['total']):.2f}"}
    return Problem("changed_after_posting", f"invoice {invoice.number}", facts)


def _by_identity(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both documents with customer and projects named by their Moment ids where both have them: another number of the same
    customer or project changes nothing that was posted."""
    documents = dict(before), dict(now)
    if all(one.get("customer_moment_id") is not None for one in documents):
        for one in documents:
            one["customer"] = f"id {one['customer_moment_id']}"
    ids = [{str(number): f"id {pk}" for number, pk in one.get("project_moment_ids") or ()} for one in documents]
    if all("project_moment_ids" in one for one in documents):
        for one, known in zip(documents, ids, strict=True):
            one["project_moment_ids"] = sorted(known.values())
            one["project"] = known.get(str(one.get("project")), one.get("project"))
            one["lines"] = [
                {**line, "project": known.get(str(line.get("project")), line.get("project"))}
                for line in one.get("lines") or ()
            ]
    return documents


def _as_posted(run: TransferRun) -> dict[str, Any] | None:
    """Return the invoice as it was when it was posted; None when no attempt is kept from that time."""
    attempts = Attempt.objects.of([run.transfer]).filter(verdict=Verdict.DONE, source__isnull=False)
    found: dict[str, Any] | None = attempts.order_by("-pk").values_list("source", flat=True).first()
    return found
