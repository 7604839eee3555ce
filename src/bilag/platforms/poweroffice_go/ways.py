"""The two ways to post a voucher in PowerOffice Go. The privileges that the client gave decide which one is used.

**Outgoing invoice vouchers** have a place for everything. Their address and answer are published; that they are created by
POST is described in words only, so the body is the published answer less what Go itself fills in: assumed, see
docs/platforms-poweroffice-go.md. **Manual vouchers** are published entirely, and have no place for due date, KID and
your reference.
"""

from collections.abc import Set
from dataclasses import dataclass

from bilag.platforms.base import Capabilities, PostingWay, Said
from bilag.platforms.poweroffice_go.operations import INVOICE_VOUCHERS, MANUAL_VOUCHERS, Operation


@dataclass(frozen=True, slots=True)
class Way:
    """One way to post. `not_carried` are fields of a voucher that it has no place for (`posting.posted.CARRIED`)."""

    operation: Operation
    not_carried: frozenset[str]
    accrues_by_line: bool
    said: Said


OUTGOING = Way(
    INVOICE_VOUCHERS,
    frozenset({"credited_number"}),
    accrues_by_line=True,
    said=Said(
        "invoices are posted as outgoing invoice vouchers",
        "fakturaer bokføres som utgående fakturabilag",
    ),
)
MANUAL = Way(
    MANUAL_VOUCHERS,
    frozenset({"credited_number", "due_date", "payment_id", "your_reference"}),
    accrues_by_line=False,
    said=Said(
        "invoices are posted as manual vouchers",
        "fakturaer bokføres som manuelle bilag",
    ),
)


def way_of(privileges: Set[str]) -> Way | None:
    """Return the way to post invoices with these privileges: the one that carries more; None if neither is allowed."""
    for way in (OUTGOING, MANUAL):
        if way.operation.privilege is not None and way.operation.privilege.is_among(privileges):
            return way
    return None


def capabilities_of(way: Way) -> Capabilities:
    """Return what the platform can do for a client that allows this way."""
    return Capabilities(
        expenses=True,
        not_carried=way.not_carried,
        supplier_invoice_numbers=False,
        line_accrual=way.accrues_by_line,
        attachments=True,
    )


WAYS = (
    PostingWay(
        capabilities_of(OUTGOING),
        proof=Said(
            "The conformance kit, against a sandbox judged by PowerOffice's published OpenAPI; the body of the posting is assumed.",
            "Samsvarstestene, mot en sandkasse som måles mot PowerOffices publiserte OpenAPI; innholdet i bokføringen er antatt.",
        ),
        name=Said("Outgoing invoice vouchers", "Utgående fakturabilag"),
    ),
    PostingWay(
        capabilities_of(MANUAL),
        proof=Said(
            "The conformance kit, against a sandbox judged by PowerOffice's published OpenAPI.",
            "Samsvarstestene, mot en sandkasse som måles mot PowerOffices publiserte OpenAPI.",
        ),
        name=Said("Manual vouchers", "Manuelle bilag"),
    ),
)
