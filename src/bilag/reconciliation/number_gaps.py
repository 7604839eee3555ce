"""Numbers that are missing between the invoices of a period: an auditor asks for each of them."""

from itertools import islice

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from bilag.moment.client import MomentClient
from bilag.reconciliation.models import Finding, Found, GapReason, Reconciliation

MOST_NUMBERS = 500
"""In a period. A gap that is larger alone is where another series begins, and naming each number helps nobody."""
LONGEST_REASON = 300
GAPS = """
select number + 1, following - 1 from (
    select number, lead(number) over (order by number) as following
    from (select distinct number from reconciliation_finding where run_id = %s) numbers
) pairs where following > number + 1 order by 1
"""


def find_gaps(run: Reconciliation, moment: MomentClient, *, before: int | None) -> None:
    """Keep each number from `before`, the last one of earlier days, to the highest of the period that no invoice of
    Moment has, whatever its date, and that the journal does not have. Raises the edge's errors."""
    with connection.cursor() as cursor:
        cursor.execute(GAPS, [run.pk])
        pairs: list[tuple[int, int]] = cursor.fetchall()
    lowest = run.findings.aggregate(lowest=Min("number"))["lowest"]
    if before is not None and lowest is not None and before + 1 < lowest:
        pairs.insert(0, (before + 1, lowest - 1))
    some = [pair for pair in pairs if pair[1] - pair[0] < MOST_NUMBERS]
    for number in islice((number for first, last in some for number in range(first, last + 1)), MOST_NUMBERS):
        invoice = moment.invoice_by_number(number)
        if invoice is None or not invoice.finalized:
            Finding.objects.create(run=run, found=Found.GAP, number=number)


def reasons(company_id: int, numbers: list[int]) -> dict[int, GapReason]:
    """What people recorded of these numbers."""
    rows = GapReason.objects.filter(company_id=company_id, number__in=numbers)
    return {row.number: row for row in rows}


def record_reason(company_id: int, number: int, reason: str, *, by: str) -> GapReason:
    """Record why a number was never used; a later reason replaces the earlier. Raises `ValueError` for an empty one."""
    text = " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
    if not text:
        raise ValueError("empty")
    row, _ = GapReason.objects.update_or_create(
        company_id=company_id, number=number, defaults={"reason": text, "by": by, "at": timezone.now()}
    )
    return row
