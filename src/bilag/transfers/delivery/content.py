"""The hash of an invoice's posted content."""

from dataclasses import fields

from bilag.posting.invoice import Invoice
from bilag.transfers.canonical_json import digest

NOT_CONTENT = ("version", "export_status", "modified_at", "customer_name", "departments", "moment_id")
"""Fields of an invoice that may change after posting without changing its voucher."""

ADDED_LATER = {"unknown_type": None, "unnumbered": (), "half_periods": ()}
"""Fields that Bilag began to read later, with the value that they had until then: with that value they are left out, so that
the digests of invoices posted earlier stay the same.
"""


def content_hash(invoice: Invoice) -> str:
    """Return the digest of the fields that must not change after posting."""
    content = {one.name: getattr(invoice, one.name) for one in fields(invoice) if one.name not in NOT_CONTENT}
    return digest(
        {name: value for name, value in content.items() if name not in ADDED_LATER or value != ADDED_LATER[name]}
    )
