"""A customer goes to accounting when its content differs from what was last accepted there."""

from typing import Any

from bilag.posting.master import Customer
from bilag.posting.selection import customer_stays
from bilag.transfers.canonical_json import digest, fitting
from bilag.transfers.delivery.not_found import absent, renumbered
from bilag.transfers.delivery.outcome import Outcome, done, skipped
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Kind


def send(work: TransferRun) -> Outcome:
    """Send the customer if it is to go and anything changed."""
    row = work.transfer
    customer = _fetch(work)
    if customer is None:
        return absent(work)
    work.saw(customer)
    if customer.number != row.number:
        return renumbered(work, Kind.CUSTOMER, customer.number, customer.moment_id)
    export = work.setup.export
    about: dict[str, Any] = {
        "name": customer.name[:200],
        "moment_version": fitting(customer.version),
        "moment_id": customer.moment_id,
    }
    stays = customer_stays(
        customer,
        switched_on=export.customers,
        states=export.customer_states,
        manual=row.manual or work.forced,
    )
    if stays is not None:
        return skipped(stays, **about)
    content = digest(work.platform.customer_content(customer))
    if content == row.accepted_hash:
        return done("unchanged", **about)
    work.begin()
    work.platform.put_customer(customer)
    return done(accepted_hash=content, **about)


def _fetch(work: TransferRun) -> Customer | None:
    if work.transfer.moment_id is not None:
        return work.moment.customer(work.transfer.moment_id)
    return work.moment.customer_by_number(work.transfer.number)
