"""People's decisions: a request by hand ends with its try, and facts of the ledger outrank what somebody decides."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.accrued_income import ACCOUNTS, give_one, posted
from tests.support.transfers import begun_try, store_transfer
from tests.support.world import World


def set_status(world: World, number: int, status: str) -> None:
    world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": status})


def hint(world: World, number: int) -> None:
    """A webhook of this invoice, whatever happened to it."""
    world.hint(world.invoices[number])
    world.work()


def retry_on_the_page(world: World, number: int) -> None:
    """Retry what the page shows of the transfer, and work."""
    from bilag.transfers.intake import by_request

    by_request.retry_ids(world.company_id, [world.transfer(number).pk], origin="kari")
    world.work()


def exclude(world: World, number: object, kind: str = "invoice") -> None:
    from bilag.transfers.intake import exclude

    exclude.exclude(world.company_id, world.transfer(number, kind).pk, origin="kari")


@pytest.mark.parametrize("status", ["transferred", "doNotTransfer"])
@pytest.mark.parametrize("ask", ["retry", "retry_on_the_page"])
def test_refused_by_hand_booked_by_hand_and_set_in_moment_is_not_posted(world: World, ask: str, status: str) -> None:
    number = world.insert_invoice({"line": {"accountNumber": "3999"}})
    hint(world, number)
    (world.retry if ask == "retry" else lambda one: retry_on_the_page(world, one))(number)
    assert (world.transfer(number).state, world.transfer(number).manual) == ("needs_attention", False)
    world.moment.ask("PATCH", f"/admin/invoices/number:{number}", {"lines": [line(world, number)]})
    set_status(world, number, status)
    hint(world, number)
    assert world.transfer(number).state == "skipped"
    assert world.vouchers(number) == []


def line(world: World, number: int) -> dict[str, Any]:
    return {**world.invoices[number]["lines"][0], "accountNumber": "3000"}


def test_request_that_waits_does_not_outvote_a_status_set_meanwhile(world: World) -> None:
    """The accounting system is down, the accountant books by hand, and only then Bilag gets through."""
    number = world.insert_invoice({})
    world.hub.fault(kind="unavailable", times=None)
    world.retry(number)
    assert (world.transfer(number).state, world.transfer(number).manual) == ("waiting", True)
    set_status(world, number, "transferred")
    world.hub.ask("DELETE", "/admin/faults")
    world.hurry()
    assert (world.transfer(number).state, world.transfer(number).reason) == ("skipped", "already_transferred")
    assert world.vouchers(number) == []


def test_retry_of_all_does_not_outvote_a_status_that_bilag_had_not_read(world: World) -> None:
    from bilag.transfers.intake import accept

    number = world.insert_invoice({"line": {"accountNumber": "3999"}})
    hint(world, number)
    world.moment.ask("PATCH", f"/admin/invoices/number:{number}", {"lines": [line(world, number)]})
    set_status(world, number, "transferred")
    accept.retry(world.company_id, origin="kari")
    world.work()
    assert (world.transfer(number).state, world.transfer(number).reason) == ("skipped", "already_transferred")
    assert world.vouchers(number) == []


def test_by_number_an_invoice_that_is_transferred_goes(world: World) -> None:
    """A person who names the number knows what Moment says; once, not for good."""
    number = world.insert_invoice({"exportStatus": "transferred"})
    hint(world, number)
    assert world.transfer(number).reason == "already_transferred"
    world.retry(number)
    assert world.transfer(number).state == "done", world.transfer(number).problems
    assert not world.transfer(number).manual


def test_request_by_hand_during_a_try_does_not_end_with_it(world: World) -> None:
    from bilag.transfers.delivery import commit
    from bilag.transfers.delivery.outcome import skipped
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind

    number = world.insert_invoice({"exportStatus": "transferred"})
    world.hint(world.invoices[number])
    run = begun_try(world.transfer(number).pk)
    assert run is not None
    accept.accept(world.company_id, [accept.TransferRequest(Kind.INVOICE, str(number))], manual=True)
    from bilag.posting.selection import SkipReason

    commit.commit_outcome(run, skipped(SkipReason.ALREADY_TRANSFERRED))
    assert (world.transfer(number).state, world.transfer(number).manual) == ("queued", True)
    world.work()
    assert world.transfer(number).state == "done"


def test_request_by_hand_of_a_number_never_transfers_another_invoice_by_hand(world: World) -> None:
    """The row's id came from a forged hint."""

    other = world.insert_invoice({"exportStatus": "transferred"})
    hint(world, other)
    store_transfer(
        world.company_id,
        kind="invoice",
        number="88888",
        moment_id=world.invoices[other]["id"],
        state="skipped",
        hinted_at="2026-11-30T00:00Z",
    )
    world.retry(88888)
    world.work()
    assert world.codes(88888) == ["not_in_moment"]
    assert (world.transfer(other).state, world.vouchers()) == ("skipped", [])


def test_voucher_that_differs_cannot_be_excluded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.posting.problem import Problem
    from bilag.transfers.delivery import exactly_once
    from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight

    number = world.insert_invoice({})
    differs = Problem("posted_differs", f"invoice {number}", {"field": "text"})
    monkeypatch.setattr(exactly_once, "batch_differences", lambda *_, **__: (differs,))
    hint(world, number)
    assert world.codes(number) == ["posted_differs"]
    with pytest.raises(AlreadyPostedOrInFlight):
        exclude(world, number)
    assert len(world.vouchers(number)) == 1


def test_voucher_that_is_stored_and_not_posted_cannot_be_excluded(world: World) -> None:
    from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight

    number = world.insert_invoice({})
    world.hub.ask("POST", "/admin/clients/123/posting", {"effect": "locked", "times": 99})
    hint(world, number)
    row = world.transfer(number)
    assert (row.state, row.attempts.get().verdict) == ("waiting", "created")
    with pytest.raises(AlreadyPostedOrInFlight):
        exclude(world, number)


def test_stored_voucher_of_an_invoice_that_is_not_to_go_is_a_persons(world: World) -> None:
    number = world.insert_invoice({})
    world.hub.ask("POST", "/admin/clients/123/posting", {"effect": "locked", "times": 99})
    hint(world, number)
    set_status(world, number, "doNotTransfer")
    world.hurry()
    assert (world.transfer(number).state, world.codes(number)) == ("needs_attention", ["stored_not_posted"])
    [batch] = world.hub.ask("GET", "/admin/clients/123/batches")
    assert world.facts(number) == {"batch": str(batch["batchNumber"])}
    assert world.vouchers(number) == []


def test_one_that_may_have_left_before_bilag_failed_cannot_be_excluded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.transfers.delivery import exactly_once
    from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight

    number = world.insert_invoice({})
    monkeypatch.setattr(exactly_once, "batch_differences", lambda *_, **__: 1 / 0)
    hint(world, number)
    assert world.codes(number) == ["bilag_fault"]
    assert world.facts(number) == {"error": "ZeroDivisionError"}
    with pytest.raises(AlreadyPostedOrInFlight):
        exclude(world, number)
    monkeypatch.undo()
    retry_on_the_page(world, number)
    assert world.transfer(number).state == "done"
    assert len(world.vouchers(number)) == 1


def test_row_and_condition_agree_on_what_may_be_in_accounting(world: World) -> None:
    from bilag.transfers.in_accounting import MAY_BE_IN_ACCOUNTING, may_be_in_accounting
    from bilag.transfers.models import State, Transfer

    facts: list[dict[str, Any]] = [
        {},
        {"accepted_hash": "a"},
        {"journal_number": 1},
        {"voucher_number": 1},
        {"doubt_since": "2026-11-30T00:00Z"},
        {"state": "sending"},
        {"ledger_id": store_setup(world).ledger.id},
        {"problems": [{"code": "account_unknown", "subject": ""}]},
        *({"state": state} for state in State),
    ]
    for index, fact in enumerate(facts):
        values = {"state": "needs_attention", "hinted_at": "2026-11-30T00:00Z", **fact}
        store_transfer(world.company_id, kind="invoice", number=f"x{index}", **values)
    rows = Transfer.objects.filter(number__startswith="x")
    by_condition = set(rows.filter(MAY_BE_IN_ACCOUNTING).values_list("number", flat=True))
    assert by_condition == {row.number for row in rows if may_be_in_accounting(row)}
    assert 7 <= len(by_condition) < len(facts)


def source_of(company_id: int) -> int:
    from bilag.companies import store

    return store.source_of(company_id)


def store_setup(world: World) -> Any:
    from bilag.companies import store

    return store.load_setup(world.company_id)


def test_accrued_income_that_differs_cannot_be_excluded_and_given_again_does_not_double(world: World) -> None:
    """Also not one that an earlier version of Bilag let a person exclude."""
    from bilag.transfers.intake.exclude import AlreadyPostedOrInFlight
    from bilag.transfers.models import Transfer

    world.apply(accrued_income=ACCOUNTS)
    project = str(world.any_project()["projectNumber"])
    [row] = give_one(world, project, 1000)
    Transfer.objects.filter(pk=row.transfer_id).update(
        state="needs_attention", accepted_hash=None, problems=[{"code": "posted_differs", "subject": ""}]
    )
    with pytest.raises(AlreadyPostedOrInFlight):
        exclude(world, row.transfer.number, "accrued")
    for amount in (1000, 1300):
        Transfer.objects.filter(pk=row.transfer_id).update(
            state="skipped", reason="excluded", accepted_hash=None, problems=[]
        )
        give_one(world, project, amount)
        world.hurry()
        on_1530 = [amount for day, account, amount in posted(world) if (day, account) == ("2026-10-31", "1530")]
        assert sum(on_1530) in (Decimal(1000), Decimal(amount)), "never twice"


def test_posted_invoice_that_is_set_to_do_not_transfer_stays_posted(world: World) -> None:
    number = world.insert_invoice({})
    hint(world, number)
    set_status(world, number, "doNotTransfer")
    hint(world, number)
    assert world.transfer(number).state == "done"


@pytest.mark.parametrize("fact", ["journal_number", "doubt_since"])
def test_the_page_does_not_offer_what_cannot_be_done(people: Any, fact: str) -> None:
    """Page and door ask the same question."""
    from django.test import Client

    from bilag.members.models import User
    from bilag.transfers.models import Transfer

    row = store_transfer(
        people.world.company_id,
        kind="invoice",
        number="70001",
        state="needs_attention",
        hinted_at="2026-11-30T00:00Z",
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email="owner@fjell.example"))
    page = f"/c/{people.slug}/transfers/{row.pk}/"
    assert f"{page}exclude/" in client.get(page).content.decode()
    Transfer.objects.filter(pk=row.pk).update(**{fact: 7 if fact == "journal_number" else "2026-11-30T00:00Z"})
    assert f"{page}exclude/" not in client.get(page).content.decode()
    client.post(f"{page}exclude/", {"excluded_as": "posted_manually"})
    assert people.world.transfer(70001).state == "needs_attention"


def test_history_of_a_look_up_stays_short(world: World) -> None:
    """A look-up that finds nothing new is no attempt."""
    number = world.insert_invoice({})
    world.hub.fault(kind="closed_before", operation="createBatch")
    hint(world, number)
    for _ in range(5):
        world.hurry()
    assert world.transfer(number).state == "in_doubt"
    assert world.transfer(number).attempts.count() == 1
    world.pass_doubt()
    world.hurry()
    assert world.transfer(number).state == "done"
    assert [one.verdict for one in world.transfer(number).attempts.order_by("id")] == ["in_doubt", "done"]
