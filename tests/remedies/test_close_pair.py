"""An invoice that was never posted and the credit notes that cancel it are closed as a pair by a person, on facts only."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.support.world import World

WRONG_DUE_DATE = {"dueDate": "2026-11-01"}
WRONG_KID = {"paymentId": "0050012"}


def unposted(world: World, **changes: Any) -> int:
    """An invoice that Bilag cannot post."""
    number = world.insert_invoice(changes or WRONG_DUE_DATE)
    poll_and_work(world)
    assert world.transfer(number).state == "needs_attention"
    return number


def poll_and_work(world: World) -> None:
    world.poll()
    world.work(rounds=2)


def credit(world: World, number: int, **part: Any) -> int:
    """What a user does in Moment, and Bilag sees."""
    note = world.moment.ask("POST", f"/admin/invoices/number:{number}/credit", part)
    poll_and_work(world)
    return int(note["invoiceNumber"])


def close(world: World, number: int, *, in_moment: bool = False) -> Any:
    """What the button on the page does."""
    from bilag.transfers.intake.close_pair import close_pair

    return close_pair(world.company_id, str(number), in_moment=in_moment, origin="Kari")


def standing(world: World, *numbers: int) -> list[tuple[str, str | None]]:
    rows = [world.transfer(number) for number in numbers]
    return [(row.state, row.reason) for row in rows]


CLOSED = ("skipped", "cancelled_before_posting")


def findings(world: World) -> dict[int, tuple[str, str]]:
    from bilag.reconciliation.runner import reconcile

    run = reconcile(world.company_id, date(2026, 10, 1), date(2026, 12, 31))
    assert run.problem is None
    return {row.number: (row.found, row.reason) for row in run.findings.all() if row.number is not None}


def test_a_credit_note_is_not_posted_alone_while_its_invoice_needs_attention(world: World) -> None:
    number = unposted(world)
    note = credit(world, number)
    assert world.codes(note) == ["credited_invoice_not_posted"]
    assert world.vouchers(note) == []
    world.moment.ask("PATCH", f"/admin/invoices/number:{number}", {"dueDate": "2026-12-01"})
    world.retry(number)
    world.work()
    assert standing(world, number, note) == [("done", None), ("done", None)]


@pytest.mark.parametrize("pressed_on", ["invoice", "credit note"])
@pytest.mark.parametrize("wrong", [WRONG_DUE_DATE, {"exchangeRate": 3}], ids=["only the invoice", "both"])
def test_either_number_closes_both_and_reconciliation_explains_them(
    world: World, pressed_on: str, wrong: dict[str, Any], events: Any
) -> None:
    number = unposted(world, **wrong)
    note = credit(world, number)
    assert world.transfer(note).state == "needs_attention"
    close(world, number if pressed_on == "invoice" else note)
    assert standing(world, number, note) == [CLOSED, CLOSED]
    assert world.codes(number) == world.codes(note) == []
    found = findings(world)
    assert found[number] == found[note] == ("explained", "cancelled_before_posting")
    (event,) = events("cancelled")
    assert (event.origin, event.facts["numbers"]) == ("Kari", f"{number}, {note}")
    poll_and_work(world)
    close(world, note)
    assert standing(world, number, note) == [CLOSED, CLOSED]
    assert len(events("cancelled")) == 1
    assert [world.export_status(one) for one in (number, note)] == ["toTransfer"] * 2


def test_moment_is_told_only_when_the_person_says_so(world: World) -> None:
    number = unposted(world)
    note = credit(world, number)
    assert close(world, number, in_moment=True).not_set_in_moment == ()
    assert [world.export_status(one) for one in (number, note)] == ["doNotTransfer"] * 2
    poll_and_work(world)
    assert standing(world, number, note) == [CLOSED, CLOSED]


def test_a_pair_is_closed_although_moment_does_not_change_it_and_the_numbers_are_told(world: World) -> None:
    number = unposted(world)
    note = credit(world, number)
    world.moment.fault(kind="internal_error", operation="patchInvoice", times=1)
    assert close(world, number, in_moment=True).not_set_in_moment == (str(number),)
    assert standing(world, number, note) == [CLOSED, CLOSED]
    assert close(world, number, in_moment=True).not_set_in_moment == ()
    assert [world.export_status(one) for one in (number, note)] == ["doNotTransfer"] * 2


def test_two_credit_notes_that_together_cancel_it_are_closed_with_it(world: World) -> None:
    number = unposted(world)
    line = world.invoices[number]["lines"][0]["id"]
    first = credit(world, number, lines=[{"id": line, "quantity": 4}])
    with pytest.raises(Exception, match=r"12500\.00 NOK, and 5000\.00 of it is credited"):
        close(world, number)
    second = credit(world, number, lines=[{"id": line, "quantity": 6}])
    assert close(world, first).numbers == [str(one) for one in (number, first, second)]
    assert standing(world, number, first, second) == [CLOSED] * 3


def test_an_invoice_in_another_currency_is_closed_by_its_amount_in_that_currency(world: World) -> None:
    number = unposted(world, currency="EUR", exchangeRate=None)
    note = credit(world, number)
    close(world, number)
    assert standing(world, number, note) == [CLOSED, CLOSED]
    assert findings(world)[number] == ("explained", "cancelled_before_posting")


def test_what_is_posted_is_not_closed(world: World) -> None:
    from bilag.transfers.intake.close_pair import CannotClose

    number = world.insert_invoice({})
    poll_and_work(world)
    note = credit(world, number)
    assert standing(world, number, note) == [("done", None), ("done", None)]
    for one in (number, note):
        with pytest.raises(CannotClose, match="has a voucher with number"):
            close(world, one)


def test_a_voucher_that_a_person_posted_with_the_number_stands_in_the_way(world: World) -> None:
    from bilag.transfers.intake.close_pair import CannotClose

    number = unposted(world)
    note = credit(world, number)
    customer = world.invoices[number]["customer"]["customerNumber"]
    body = {"voucherNumber": number, "customerNumber": customer, "totalAmount": "12500.00"}
    world.hub.ask("POST", "/admin/clients/123/vouchers", body)
    with pytest.raises(CannotClose, match=f"has a voucher with number {number}"):
        close(world, note)
    assert world.transfer(number).state == "needs_attention"


def test_an_amount_changed_in_moment_meanwhile_counts(world: World) -> None:
    from bilag.transfers.intake.close_pair import CannotClose

    number = unposted(world)
    note = credit(world, number)
    world.moment.ask("PATCH", f"/admin/invoices/number:{note}", {"totalAmount": -12000})
    with pytest.raises(CannotClose, match=r"12000\.00 of it is credited"):
        close(world, number)


def test_a_doubt_is_settled_before_a_pair_is_closed(world: World) -> None:
    from bilag.transfers.intake.close_pair import CannotClose

    world.hub.fault(kind="closed_before", operation="createBatch")
    number = world.insert_invoice({})
    poll_and_work(world)
    assert world.transfer(number).state == "in_doubt"
    note = credit(world, number)
    with pytest.raises(CannotClose):
        close(world, note)


def test_a_hub_that_does_not_answer_closes_nothing(world: World) -> None:
    from bilag.wire.errors import Unavailable

    number = unposted(world)
    note = credit(world, number)
    world.hub.fault(kind="unavailable", operation="listVouchers")
    with pytest.raises(Unavailable):
        close(world, note)
    assert world.transfer(number).state == "needs_attention"


@pytest.mark.parametrize("retried", ["invoice", "credit note"])
def test_a_retry_of_one_opens_both(world: World, retried: str) -> None:
    number = unposted(world)
    note = credit(world, number)
    close(world, number)
    world.moment.ask("PATCH", f"/admin/invoices/number:{number}", {"dueDate": "2026-12-01"})
    world.retry(number if retried == "invoice" else note)
    world.work(rounds=2)
    assert standing(world, number, note) == [("done", None), ("done", None)]
    assert sum(Decimal(one["totalAmount"]) for one in (*world.vouchers(number), *world.vouchers(note))) == 0


def test_a_saved_setup_leaves_a_closed_pair_closed(world: World) -> None:
    number = unposted(world)
    note = credit(world, number)
    close(world, number)
    world.apply(export={"invoices_from": date(2020, 2, 1)})
    poll_and_work(world)
    world.apply()
    assert standing(world, number, note) == [CLOSED, CLOSED]


def test_a_third_credit_note_for_a_closed_invoice_is_a_persons_question(world: World) -> None:
    number = unposted(world)
    credit(world, number)
    close(world, number)
    third = credit(world, number)
    assert world.codes(third) == ["credited_invoice_not_posted"]


def test_an_invoice_that_a_person_posted_elsewhere_lets_its_credit_note_go(world: World) -> None:
    number = unposted(world)
    note = credit(world, number)
    world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": "doNotTransfer"})
    world.retry(number)
    world.work()
    assert standing(world, number, note) == [("skipped", "do_not_transfer"), ("done", None)]
