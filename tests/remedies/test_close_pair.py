"""An invoice that was never posted and the credit notes that cancel it are closed as a pair by a person, on facts only."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.remedies.person import Person
from tests.support.program import Program
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
    for one in (number, note):  # a webhook
        world.hint({"invoiceNumber": one, "id": world.transfer(one).moment_id})
    poll_and_work(world)
    assert standing(world, number, note) == [CLOSED, CLOSED]
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
    refused = {"code": "validation_failed", "message": "Avvist"}
    world.hub.fault(kind="answer", operation="createBatch", status=422, json=refused)
    note = credit(world, number)
    assert world.vouchers(number) == world.vouchers(note) == []
    with pytest.raises(CannotClose, match=f"voucher with number {number}, or may get one"):
        close(world, note)
    world.pass_doubt()
    world.hurry()
    assert world.transfer(number).state == "done"


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


# The doors


@pytest.fixture
def pair(world: World) -> tuple[int, int]:
    """An invoice that Bilag cannot post, and its credit note."""
    number = unposted(world)
    return number, credit(world, number)


def test_the_page_of_either_offers_it_with_moments_status_and_a_viewer_may_not(
    world: World, person: Person, pair: tuple[int, int]
) -> None:
    from django.test import Client

    from bilag.companies.models import Company
    from bilag.members.models import Membership, Role, User

    number, note = pair
    addresses = [f"/c/fjell/transfers/{world.transfer(one).pk}/" for one in pair]
    for address in addresses:
        assert "Close with credit note" in person.browser.get(address).content.decode()
    user = User.objects.create_user("viewer@fjell.example")
    company = Company.objects.get(pk=world.company_id)
    Membership.objects.create(company=company, user=user, role=Role.VIEWER)
    viewer = Client(SERVER_NAME="localhost")
    viewer.force_login(user)
    assert "close-pair" not in viewer.get(addresses[0]).content.decode()
    assert viewer.post(f"{addresses[0]}close-pair/").status_code == 403
    assert person.browser.post("/c/fjell/transfers/99999/close-pair/").status_code == 404
    answer = person.browser.post(f"{addresses[1]}close-pair/", {"in_moment": "1"}, follow=True)
    text = answer.content.decode()
    assert f"{number}, {note} are closed" in text
    assert "cancelled by a credit note before it was posted" in text
    assert "close-pair" not in text, "it is not offered again"
    assert [world.export_status(one) for one in pair] == ["doNotTransfer"] * 2
    log = person.browser.get("/c/fjell/log/").content.decode()
    assert "Closed with its credit note" in log


def test_the_page_says_why_it_cannot_be_and_what_moment_did_not_change(
    world: World, person: Person, pair: tuple[int, int]
) -> None:
    number, note = pair
    address = f"/c/fjell/transfers/{world.transfer(number).pk}/"
    world.hub.fault(kind="hub_unavailable", operation="listVouchers")
    assert "is down" in person.browser.post(f"{address}close-pair/", follow=True).content.decode()
    world.moment.fault(kind="internal_error", operation="patchInvoice", times=1)
    text = person.browser.post(f"{address}close-pair/", {"in_moment": "1"}, follow=True).content.decode()
    assert f"Moment did not change {number}. Set them to" in text
    assert standing(world, number, note) == [CLOSED, CLOSED]
    posted = world.insert_invoice({})
    poll_and_work(world)
    address = f"/c/fjell/transfers/{world.transfer(posted).pk}/"
    assert "close-pair" not in person.browser.get(address).content.decode()
    assert "has received no credit note" in person.browser.post(f"{address}close-pair/", follow=True).content.decode()


def test_the_command_closes_both_and_says_what_it_cannot(world: World, person: Person, pair: tuple[int, int]) -> None:
    import json

    from typer.testing import CliRunner

    from bilag.cli.main import app

    def typed(*words: str) -> Any:
        return CliRunner().invoke(app, ["close-pair", "fjell", *words], catch_exceptions=False)

    number, note = pair
    done = typed(str(note), "--in-moment", "--json")
    assert done.exit_code == 0
    assert f"{number}, {note} are closed. Bilag posts none of them." in done.stderr
    assert {(one["number"], one["reason"]) for one in json.loads(done.stdout)} == {
        (str(one), "cancelled_before_posting") for one in pair
    }
    assert [world.export_status(one) for one in pair] == ["doNotTransfer"] * 2
    assert typed("99999").exit_code == 1
    alone = world.insert_invoice(WRONG_DUE_DATE)
    poll_and_work(world)
    refused = typed(str(alone))
    assert refused.exit_code == 1
    assert f"no credit note that credits invoice {alone}" in refused.stderr


def test_the_api_closes_both_and_refuses_what_is_no_pair(world: World, pair: tuple[int, int]) -> None:
    from bilag.companies.models import Company
    from bilag.companies.secrets import digest_of
    from bilag.members.models import ApiToken

    token = "bilag_test-token-of-a-pair-and-nothing-more"
    company = Company.objects.get(pk=world.company_id)
    ApiToken.objects.create(
        company=company,
        name="pairs",
        scopes=["write"],
        beginning=token[:12],
        digest=digest_of(token),
        made_by="kari@fjell.example",
    )
    program, (number, note) = Program(token), pair
    answer = program.post(f"/transfers/invoice/{number}/close-pair", {"inMoment": True})
    assert (answer.status, answer.json["notSetInMoment"]) == (200, [])
    assert {(one["number"], one["reason"]) for one in answer.json["transfers"]} == {
        (str(one), "cancelled_before_posting") for one in pair
    }
    assert program.post(f"/transfers/invoice/{note}/close-pair", {}).status == 200
    assert program.post("/transfers/invoice/99999/close-pair", {}).status == 404
    alone = world.insert_invoice(WRONG_DUE_DATE)
    poll_and_work(world)
    refused = program.post(f"/transfers/invoice/{alone}/close-pair", {})
    assert refused.status == 409
    assert str(alone) in refused.json["detail"]
