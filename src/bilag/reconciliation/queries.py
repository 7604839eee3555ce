"""The findings, as the command line and the API return them."""

from datetime import date, timedelta
from typing import Any

from bilag.messages import render_reason
from bilag.messages.problem_json import problem_as_json
from bilag.posting.problem import Problem
from bilag.reconciliation import number_gaps
from bilag.reconciliation.models import Finding, Found, Reconciliation

LISTED = (Found.MISSING, Found.DIFFERING, Found.DUPLICATE, Found.UNKNOWN, Found.UNDATED, Found.EXPLAINED, Found.GAP)


def as_json(run: Reconciliation, language: str = "en") -> dict[str, Any]:
    """The kinds that are listed; matching invoices are only counted."""
    lists = {str(found): [finding_as_json(row, language) for row in _rows(run, found)] for found in LISTED}
    numbers = [int(one["number"]) for one in lists["gap"]]
    recorded = number_gaps.reasons(run.company_id, numbers)
    for one in lists["gap"]:
        row = recorded.get(one["number"])
        one |= {"reason": row.reason if row else None, "recordedBy": row.by if row else None}
    return {
        "from": run.first.isoformat(),
        "to": run.last.isoformat(),
        "comparedAt": run.ended_at.isoformat() if run.ended_at else None,
        "matched": run.counts.get("matched", 0),
        **{name: rows for name, rows in lists.items() if name != "gap"},
        "gaps": lists["gap"],
        "sums": run.sums,
        "notInSums": run.counts.get("unread", 0),
        "digest": run.digest,
        "problem": problem_as_json(Problem.from_json(run.problem), language) if run.problem else None,
    }


def _rows(run: Reconciliation, found: Found) -> Any:
    return run.findings.filter(found=found).order_by("number", "id")


def finding_as_json(row: Finding, language: str = "en") -> dict[str, Any]:
    """One finding."""
    return {
        "number": row.number,
        "invoiceDate": row.invoice_date.isoformat() if row.invoice_date else None,
        "voucherDate": row.voucher_date.isoformat() if row.voucher_date else None,
        "customerNumber": row.customer or None,
        "customerName": row.name or None,
        "currency": row.currency or None,
        "total": str(row.total) if row.total is not None else None,
        "postedTotal": str(row.posted_total) if row.posted_total is not None else None,
        "journalNumbers": row.journals,
        "reason": row.reason or None,
        "reasonText": why(row, language) or None,
        "problems": [problem_as_json(Problem.from_json(stored), language) for stored in row.problems],
    }


MISSING_REASONS = {
    "under_way": ("It is being transferred now.", "Den overføres nå."),
    "needs_person": ("It needs attention.", "Den krever handling."),
    "not_sent": ("It should have been transferred, but was not.", "Den skulle vært overført, men er det ikke."),
    "gone": (
        "It has been posted, but is no longer in the journal.",
        "Den har vært bokført, men finnes ikke lenger i hovedboken.",
    ),
}


def why(row: Finding, language: str) -> str:
    """Why the invoice is missing or was not transferred, as a sentence; empty for other findings."""
    norwegian = language == "nb"
    if row.found == Found.MISSING and row.reason in MISSING_REASONS:
        return MISSING_REASONS[row.reason][norwegian]
    if row.found == Found.EXPLAINED:
        return render_reason(row.reason, language)
    if row.found == Found.DUPLICATE:
        journals = ", ".join(map(str, row.journals))
        return (
            f"Hovedboken har flere bilag med dette nummeret: {journals}."
            if norwegian
            else f"The journal has several vouchers with this number: {journals}."
        )
    if row.found == Found.UNDATED:
        return (
            "Datoen på fakturaen kan ikke leses, så den kan høre til denne perioden eller en annen."
            if norwegian
            else "The date of the invoice cannot be read, so it may belong to this period or to another."
        )
    if row.found == Found.UNKNOWN:
        return (
            "Moment har ingen faktura med dette nummeret." if norwegian else "Moment has no invoice with this number."
        )
    return ""


def months_before(today: date) -> list[tuple[date, date]]:
    """The month before, then this month: the first and the last day of each."""
    this = today.replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    following = (this + timedelta(days=32)).replace(day=1)
    return [(before, this - timedelta(days=1)), (this, following - timedelta(days=1))]
