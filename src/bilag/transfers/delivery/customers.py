"""Deliver a customer when its content differs from what accounting last accepted."""

from typing import Any

from bilag.posting.master import Customer
from bilag.posting.selection import reason_to_skip_customer
from bilag.transfers.canonical_json import digest, fitting
from bilag.transfers.delivery.not_found import absent, renumbered
from bilag.transfers.delivery.outcome import Outcome, done, skipped
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Kind, Verdict


def send(run: TransferRun) -> Outcome:
    """Send the customer if the setup transfers it and its content changed."""
    row = run.transfer
    customer = _fetch(run)
    if customer is None:
        return absent(run)
    run.saw(customer)
    if customer.number != row.number:
        return renumbered(run, Kind.CUSTOMER, customer.number, customer.moment_id)
    export = run.setup.export
    columns: dict[str, Any] = {
        "name": customer.name[:200],
        "moment_version": fitting(customer.version),
        "moment_id": customer.moment_id,
    }
    stays = reason_to_skip_customer(
        customer,
        switched_on=export.customers,
        states=export.customer_states,
        manual=row.manual or run.forced,
    )
    if stays is not None:
        return skipped(stays, **columns)
    content = digest(run.platform.customer_content(customer))
    if content == row.accepted_hash:
        return done(Verdict.UNCHANGED, **columns)
    run.begin()
    run.platform.put_customer(customer)
    return done(accepted_hash=content, **columns)


def _fetch(run: TransferRun) -> Customer | None:
    if run.transfer.moment_id is not None:
        return run.moment.customer(run.transfer.moment_id)
    return run.moment.customer_by_number(run.transfer.number)
