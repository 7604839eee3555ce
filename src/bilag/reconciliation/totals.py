"""Sum up a reconciliation: counts, sums by currency, and the digest of all findings."""

import hashlib
import json
from decimal import Decimal

from django.db.models import Count, Sum

from bilag.posting.voucher import ZERO
from bilag.reconciliation.models import Found, Reconciliation, Why

CHUNK = 1000


def counts(run: Reconciliation) -> dict[str, int]:
    """Return the count of each `Found`, zeros included; and of invoices that the sums lack."""
    grouped = run.findings.values_list("found").annotate(Count("id")).order_by()
    found = dict(grouped)
    return {
        **{str(kind): found.get(str(kind), 0) for kind in Found},
        "unread": run.findings.filter(unread=True).count(),
    }


def sums(run: Reconciliation) -> dict[str, dict[str, str]]:
    """Return sums by currency: what Moment says the journal should hold, what it holds, the difference, and the explained sum."""
    rows = run.findings.exclude(currency="").values_list("currency", "found")
    told: dict[str, dict[str, Decimal]] = {}
    for currency, found, total, posted in rows.annotate(Sum("total"), Sum("posted_total")).order_by("currency"):
        one = told.setdefault(currency, {"moment": ZERO, "journal": ZERO, "explained": ZERO})
        one["explained" if found == Found.EXPLAINED else "moment"] += total or ZERO
        one["journal"] += posted or ZERO
    return {
        currency: {
            "moment": f"{one['moment']:.2f}",
            "journal": f"{one['journal']:.2f}",
            "difference": f"{one['moment'] - one['journal']:.2f}",
            "explained": f"{one['explained']:.2f}",
        }
        for currency, one in told.items()
    }


def digest(run: Reconciliation) -> str:
    """Return the SHA-256 over every finding in order of number: its kind and reason, both totals, the voucher's date and
    journals, and each difference. A reversed voucher counts as one that is gone, as it did when earlier months were signed.
    """
    sha = hashlib.sha256(f"{run.first} {run.last}".encode())
    fields = (
        "number",
        "found",
        "currency",
        "total",
        "posted_total",
        "invoice_date",
        "voucher_date",
        "journals",
        "reason",
    )
    rows = run.findings.order_by("number", "id").values_list(*fields, "problems")
    for *row, problems in rows.iterator(chunk_size=CHUNK):
        if row[-1] == Why.REVERSED:
            row[-1] = str(Why.GONE)
        told = json.dumps(problems, sort_keys=True, ensure_ascii=False)
        sha.update("|".join([*(str(value) for value in row), told]).encode() + b"\n")
    return sha.hexdigest()
