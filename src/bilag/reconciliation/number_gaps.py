"""Find the numbers missing between the invoices of a period: an auditor asks for each of them."""

from itertools import islice

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from bilag.moment.client import MomentClient
from bilag.reconciliation.models import Finding, Found, GapReason, Reconciliation
from bilag.wire.errors import Refused

MOST_NUMBERS = 500
"""The most numbers of one gap, and of a period. A larger gap is where another number series begins."""
LONGEST_REASON = 300
GAPS = """
select number + 1, following - 1 from (
    select number, lead(number) over (order by number) as following
    from (select distinct number from reconciliation_finding where run_id = %s and number is not null) numbers
) pairs where following > number + 1 order by 1
"""


def find_gaps(run: Reconciliation, moment: MomentClient, *, before: int | None) -> None:
    """Store each number between `before`, the last number of earlier days, and the period's highest that neither Moment, on any
    date, nor the journal has. Raises Moment's errors."""
    with connection.cursor() as cursor:
        cursor.execute(GAPS, [run.pk])
        pairs: list[tuple[int, int]] = cursor.fetchall()
    lowest = run.findings.aggregate(lowest=Min("number"))["lowest"]
    if before is not None and lowest is not None and before + 1 < lowest:
        pairs.insert(0, (before + 1, lowest - 1))
    some = [pair for pair in pairs if pair[1] - pair[0] < MOST_NUMBERS]
    for number in islice((number for first, last in some for number in range(first, last + 1)), MOST_NUMBERS):
        try:
            invoice = moment.invoice_by_number(number)
        except Refused:  # Moment has the number, on an invoice that cannot be read
            continue
        if invoice is None or not invoice.finalized:
            Finding.objects.create(run=run, found=Found.GAP, number=number)


def reasons(company_id: int, numbers: list[int]) -> dict[int, GapReason]:
    """Return the reasons that people recorded for these numbers."""
    rows = GapReason.objects.filter(company_id=company_id, number__in=numbers)
    return {row.number: row for row in rows}


def record_reason(company_id: int, number: int, reason: str, *, by: str) -> GapReason:
    """Record why a number was never used; a later reason replaces an earlier one. Raises `ValueError` for an empty reason."""
    text = " ".join(reason.replace("\x00", "").split())[:LONGEST_REASON]
    if not text:
        raise ValueError("empty")
    row, _ = GapReason.objects.update_or_create(
        company_id=company_id, number=number, defaults={"reason": text, "by": by, "at": timezone.now()}
    )
    return row
