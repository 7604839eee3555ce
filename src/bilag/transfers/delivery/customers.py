"""Deliver a customer when its content differs from what accounting last accepted."""

from typing import Any

from bilag.posting.selection import reason_to_skip_customer
from bilag.transfers.canonical_json import digest, fitting
from bilag.transfers.delivery.not_found import find, not_found
from bilag.transfers.delivery.outcome import Outcome, done, skipped
from bilag.transfers.delivery.owners import question_of_owner
from bilag.transfers.delivery.run import TransferRun
from bilag.transfers.models import Verdict


def send(run: TransferRun) -> Outcome:
    """Send the customer if the setup transfers it and its content changed."""
    row = run.transfer
    found = find(run, run.moment.customer, run.moment.customer_by_number)
    if found.source is None:
        return not_found(run, found.other)
    customer = found.source
    run.saw(customer)
    question = question_of_owner(run, customer)
    if question is not None:
        return question
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
