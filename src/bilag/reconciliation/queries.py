"""The findings, as the command line and the API return them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum

from bilag.messages import render_reason
from bilag.messages.problem_json import problem_as_json
from bilag.posting.problem import Problem
from bilag.reconciliation import number_gaps
from bilag.reconciliation.models import Finding, Found, Reconciliation, ReplacedRun

LISTED = (Found.MISSING, Found.DIFFERING, Found.DUPLICATE, Found.UNKNOWN, Found.UNDATED, Found.EXPLAINED, Found.GAP)


def as_json(run: Reconciliation, language: str = "en") -> dict[str, Any]:
    """Return the kinds that are listed; matching invoices are only counted."""
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
    """Return one finding."""
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
        "unreadable": row.unread,
        "reason": row.reason or None,
        "reasonText": why(row, language) or None,
        "problems": [problem_as_json(Problem.from_json(stored), language) for stored in row.problems],
    }


UNREADABLE = "unread"
"""The group of unreadable invoices, except those without a date, which have their own kind of finding."""


@dataclass
class Cause:
    """Findings of one cause: how many, the first of them, and by how much, by currency."""

    key: str
    count: int = 0
    first: int | None = None
    """The lowest number."""
    example: list[dict[str, Any]] = field(default_factory=list)
    """The problems of one of them."""
    amounts: dict[str, Decimal] = field(default_factory=dict)
    """Of invoices that differ, by how much Moment is above the journal; of others, their totals in Moment."""


def in_group(run: Reconciliation, group: str) -> QuerySet[Finding]:
    """Return the findings of a kind, without those that cannot be read; or, of `UNREADABLE`, these."""
    if group == UNREADABLE:
        return run.findings.filter(unread=True).exclude(found=Found.UNDATED)
    rows = run.findings.filter(found=group)
    return rows if group == Found.UNDATED else rows.filter(unread=False)


def group_counts(run: Reconciliation) -> dict[str, int]:
    """Return how many findings each group has."""
    counts = {str(found): int(run.counts.get(found, 0)) for found in Found} | {UNREADABLE: 0}
    if run.counts.get("unread"):
        rows = run.findings.filter(unread=True).exclude(found=Found.UNDATED).values_list("found")
        for found, count in rows.annotate(Count("id")).order_by():
            counts[found] -= count
            counts[UNREADABLE] += count
    return counts


def causes(run: Reconciliation, group: str) -> list[Cause]:
    """Return the causes of a group, those of most findings first; none for a group that has no causes."""
    rows = in_group(run, group).exclude(cause="").values("cause", "currency")
    figures = rows.annotate(
        count=Count("id"), first=Min("number"), example=Min("id"), total=Sum("total"), posted=Sum("posted_total")
    )
    found: dict[str, Cause] = {}
    examples: dict[str, int] = {}
    for row in figures.order_by("cause", "currency"):
        one = found.setdefault(row["cause"], Cause(row["cause"]))
        one.count += row["count"]
        one.first = min((number for number in (one.first, row["first"]) if number is not None), default=None)
        examples.setdefault(row["cause"], row["example"])
        if row["total"] is not None and row["currency"]:
            posted = row["posted"] or Decimal(0) if group == Found.DIFFERING else Decimal(0)
            one.amounts[row["currency"]] = row["total"] - posted
    problems = dict(run.findings.filter(pk__in=examples.values()).values_list("pk", "problems"))
    for key, pk in examples.items():
        found[key].example = problems.get(pk, [])
    return sorted(found.values(), key=lambda one: (-one.count, one.first or 0, one.key))


def newest_of(company_id: int, first: date, last: date) -> Reconciliation | None:
    """Return the newest reconciliation of a period, running, stopped or completed."""
    return Reconciliation.objects.filter(company_id=company_id, first=first, last=last).order_by("-id").first()


def run_at(company_id: int, pk: int) -> Reconciliation | None:
    """Return the reconciliation of this id, or the one that replaced it."""
    run = Reconciliation.objects.filter(company_id=company_id, pk=pk).first()
    if run is not None:
        return run
    replaced = ReplacedRun.objects.filter(company_id=company_id, pk=pk).first()
    if replaced is None:
        return None
    same = Reconciliation.objects.filter(company_id=company_id, first=replaced.first, last=replaced.last)
    return same.filter(ended_at__isnull=False, problem__isnull=True).order_by("-id").first()


def invoices_expected(run: Reconciliation) -> int | None:
    """Return how many invoices an earlier reconciliation of the period compared; None if there is none."""
    earlier = Reconciliation.objects.filter(
        company_id=run.company_id, first=run.first, last=run.last, ended_at__isnull=False, problem__isnull=True
    )
    counts = earlier.order_by("-id").values_list("counts", flat=True).first()
    return _compared(counts) if counts else None


def _compared(counts: dict[str, int]) -> int:
    kinds: Iterable[Found] = (Found.MATCHED, Found.EXPLAINED, Found.MISSING, Found.DIFFERING, Found.DUPLICATE)
    return sum(int(counts.get(kind, 0)) for kind in kinds)


MISSING_REASONS = {
    "under_way": ("It is being transferred now.", "Den overføres nå."),
    "needs_person": ("It needs attention.", "Den krever handling."),
    "not_sent": ("It should have been transferred, but was not.", "Den skulle vært overført, men er det ikke."),
    "gone": (
        "It has been posted, but is no longer in the journal.",
        "Den har vært bokført, men finnes ikke lenger i hovedboken.",
    ),
    "reversed": (
        "Its voucher was reversed in the accounting system. Bilag does not post it again.",
        "Bilaget er reversert i regnskapssystemet. Bilag bokfører det ikke på nytt.",
    ),
}
MISSING_REMEDIES = {
    "reversed": (
        "Reverse the reversal in the accounting system, on the posting date of the voucher. If the invoice is wrong, then "
        "credit it in Moment: Bilag posts the credit note.",
        "Reverser reverseringen i regnskapssystemet, med bilagets bokføringsdato. Er fakturaen feil, krediterer du den "
        "deretter i Moment: Bilag bokfører kreditnotaen.",
    ),
}
"""What to do about a missing invoice where its transfer is not the remedy."""


def why(row: Finding, language: str) -> str:
    """Return why the invoice is missing or was not transferred, as a sentence; empty for other findings."""
    norwegian = language == "nb"
    if row.found == Found.MISSING and row.reason in MISSING_REASONS:
        remedy = MISSING_REMEDIES.get(row.reason, ("", ""))[norwegian]
        return f"{MISSING_REASONS[row.reason][norwegian]} {remedy}".rstrip()
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
    """Return the month before, then this month: the first and the last day of each."""
    this = today.replace(day=1)
    before = (this - timedelta(days=1)).replace(day=1)
    following = (this + timedelta(days=32)).replace(day=1)
    return [(before, this - timedelta(days=1)), (this, following - timedelta(days=1))]
