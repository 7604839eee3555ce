"""A database restored from a backup takes in what the ledger knows, and nothing is posted twice."""

from datetime import date
from typing import Any

from tests.support.world import World

FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)


def forget(number: int) -> None:
    """What a backup of yesterday knows of an invoice of today: nothing."""
    from bilag.transfers.models import Attempt, Transfer
    from tests.support.history import history_may_be_written

    with history_may_be_written():
        Attempt.objects.filter(transfer__number=str(number), transfer__kind="invoice").delete()
        Transfer.objects.filter(number=str(number), kind="invoice").delete()


def posted(world: World) -> int:
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    return int(invoice["invoiceNumber"])


def recover(world: World) -> list[int]:
    from bilag.transfers.intake.recover import recover as take_in

    return [one.number for one in take_in(world.company_id, FIRST, LAST, origin="Kari")]


def unknown(world: World) -> list[int]:
    from bilag.companies import store
    from bilag.transfers.intake.recover import unknown_vouchers

    return [one.number for one in unknown_vouchers(store.load_setup(world.company_id), FIRST, LAST)]


def test_a_posted_invoice_that_the_backup_does_not_know_is_done_again(world: World, events: Any) -> None:
    kept, lost = posted(world), posted(world)
    forget(lost)
    assert unknown(world) == [lost]
    assert recover(world) == [lost]
    world.work()
    row = world.transfer(lost)
    assert (row.state, row.journal_number, row.ledger_id is not None) == (
        "done",
        world.vouchers(lost)[0]["journalNumber"],
        True,
    )
    assert [len(world.vouchers(number)) for number in (kept, lost)] == [1, 1]
    assert unknown(world) == []
    assert recover(world) == []
    [event] = events("recovered")
    assert (event.origin, event.facts["numbers"]) == ("Kari", str(lost))
    attempt = row.attempts.get()
    assert attempt.cause == "found in accounting"
    assert not any(exchange["method"] == "POST" and "batches" in exchange["path"] for exchange in attempt.exchanges)


def test_one_that_differs_is_a_persons(world: World) -> None:
    lost = posted(world)
    invoice = world.transfer(lost)
    forget(lost)
    world.moment.ask("PATCH", f"/admin/invoices/{invoice.moment_id}", {"paymentId": "1234567897"})
    recover(world)
    world.work()
    row = world.transfer(lost)
    assert row.state == "needs_attention"
    assert len(world.vouchers(lost)) == 1


def test_what_waits_in_the_backup_is_taken_in_too(world: World) -> None:
    """The backup was made while the invoice waited; it has been posted since."""
    from bilag.transfers.models import Transfer

    lost = posted(world)
    Transfer.objects.filter(number=str(lost), kind="invoice").update(
        state="skipped",
        reason="already_transferred",
        accepted_hash=None,
        journal_number=None,
        ledger=None,
        done_at=None,
    )
    assert recover(world) == [lost]
    world.work()
    assert world.transfer(lost).state == "done"
