"""The promise, one invoice at a time: exactly one posted voucher, or a person with a sentence."""

from typing import Any

import pytest

from tests.support.history import history_may_be_written
from tests.support.world import World, money


def test_finalised_invoice_is_posted_read_back_and_moment_told(world: World) -> None:
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    transfer = world.transfer(invoice["invoiceNumber"])
    assert transfer.state == "done", transfer.problems
    [voucher] = world.vouchers(invoice["invoiceNumber"])
    assert money(voucher["totalAmount"]) == money(invoice["totalAmount"])
    assert transfer.voucher_number == invoice["invoiceNumber"]
    assert transfer.journal_number == voucher["journalNumber"]
    assert world.export_status(invoice["invoiceNumber"]) == "transferred"
    [attempt] = transfer.attempts.all()
    assert attempt.verdict == "done"
    assert attempt.ended_at is not None
    assert any(exchange["path"].endswith("/batches") for exchange in attempt.exchanges)


def test_every_kind_of_invoice_of_a_year_is_posted_once(world: World) -> None:
    finalised = world.moment.ask("POST", "/admin/invoices/finalize", {"count": 120})["invoices"]
    world.poll()
    world.work()
    wrong = {
        one["invoiceNumber"]: (world.transfer(one["invoiceNumber"]).state, world.codes(one["invoiceNumber"]))
        for one in finalised
        if world.transfer(one["invoiceNumber"]).state != "done"
    }
    assert wrong == {}
    by_number = {voucher["voucherNumber"]: voucher for voucher in world.vouchers()}
    assert len(by_number) == len(finalised) == len(world.vouchers())
    for one in finalised:
        assert money(by_number[one["invoiceNumber"]]["totalAmount"]) == money(one["totalAmount"])
    balance = world.hub.ask("GET", "/admin/clients/123/trial-balance")
    assert balance["sum"] == "0.00"


def test_customer_and_project_go_before_their_invoice_even_if_a_state_filter_holds_them_back(world: World) -> None:
    world.apply(export={"customer_states": ["no-such-state"], "project_states": ["no-such-state"]})
    invoice = world.finalise()
    world.poll()
    world.work()
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    assert world.transfer(invoice["customer"]["customerNumber"], "customer").state == "done"
    held_back = world.company_transfers("customer", "skipped")
    assert held_back
    assert {transfer.reason for transfer in held_back} == {"state_filtered"}


FAULTS: dict[str, dict[str, Any]] = {
    "the answer is lost after the batch was posted": {"kind": "lost_answer", "operation": "createBatch"},
    "the connection breaks before the work": {"kind": "closed_before", "operation": "createBatch"},
    "a proxy answers 502 in HTML after the work": {"kind": "bad_gateway", "operation": "createBatch", "work": "before"},
    "a proxy answers 504 and the work follows later": {
        "kind": "gateway_timeout",
        "operation": "createBatch",
        "work": "later",
        "seconds": 0.2,
    },
    "the hub answers 500 after the work": {"kind": "internal_error", "operation": "createBatch", "work": "before"},
    "503 with Retry-After": {"kind": "unavailable", "operation": "createBatch", "retryAfter": 1},
    "429 before the look-up": {"kind": "rate_limited", "operation": "listVouchers", "retryAfter": 1},
    "JSON is cut off after the work": {"kind": "cut_off", "operation": "createBatch"},
    "the connection breaks in the middle of the answer": {"kind": "broken_off", "operation": "createBatch"},
    "401 in HTML": {"kind": "unauthorized_html", "operation": "createBatch"},
    "read-back breaks twice": {"kind": "lost_answer", "operation": "listVouchers", "skip": 1, "times": 2},
    "the customer's answer is lost": {"kind": "lost_answer", "operation": "putCustomer"},
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_voucher_although(world: World, name: str) -> None:
    invoice = world.finalise()
    world.hint(invoice)
    world.hub.fault(**FAULTS[name])
    world.work()
    _until_done(world, invoice["invoiceNumber"])
    [voucher] = world.vouchers(invoice["invoiceNumber"])
    assert money(voucher["totalAmount"]) == money(invoice["totalAmount"])
    assert world.export_status(invoice["invoiceNumber"]) == "transferred"


POSTING: dict[str, dict[str, Any]] = {
    "the ledger is locked for a while": {"effect": "locked", "times": 2},
    "the batch is created and not tried": {"effect": "notTried"},
    "posting runs on for a second": {"effect": "delay", "seconds": 1},
    "200 with an error inside, though it was posted": {
        "effect": "misreport",
        "posted": True,
        "status": "created",
        "errorMessage": "Ukjent feil.",
    },
}


@pytest.mark.parametrize("name", POSTING)
def test_one_voucher_though_the_batch_is_not_posted_at_once_because(world: World, name: str) -> None:
    invoice = world.finalise()
    world.hint(invoice)
    world.hub.ask("POST", "/admin/clients/123/posting", {"effect": "notTried"} | POSTING[name])
    world.work()
    _until_done(world, invoice["invoiceNumber"])
    assert len(world.vouchers(invoice["invoiceNumber"])) == 1


def _until_done(world: World, number: int) -> None:
    for _ in range(5):
        if world.transfer(number).state == "done":
            return
        world.pass_doubt()
        world.hurry()
    assert world.transfer(number).state == "done", (world.transfer(number).state, world.transfer(number).problems)


def test_read_back_that_lags_is_looked_for_again_not_posted_again(world: World) -> None:
    world.hub.ask("PATCH", "/admin/clients/123", {"readBackLagSeconds": 1})
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    assert world.transfer(invoice["invoiceNumber"]).state == "in_doubt"
    world.hub.ask("PATCH", "/admin/clients/123", {"readBackLagSeconds": 0})
    world.hurry()
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    assert len(world.vouchers(invoice["invoiceNumber"])) == 1


def test_lost_answer_is_in_doubt_and_nothing_is_sent_again_before_the_pause_is_over(world: World) -> None:
    invoice = world.finalise()
    world.hint(invoice)
    world.hub.fault(kind="closed_before", operation="createBatch")
    world.work()
    world.hurry()
    transfer = world.transfer(invoice["invoiceNumber"])
    assert transfer.state == "in_doubt"
    assert world.vouchers(invoice["invoiceNumber"]) == []
    world.pass_doubt()
    world.hurry()
    assert world.transfer(invoice["invoiceNumber"]).state == "done"


def test_export_status_that_could_not_be_set_is_set_later_without_posting_again(world: World) -> None:
    invoice = world.finalise()
    world.hint(invoice)
    world.moment.fault(kind="bad_gateway", operation="patchInvoice", times=1)
    world.work()
    transfer = world.transfer(invoice["invoiceNumber"])
    assert (transfer.state, world.codes(transfer.number)) == ("waiting", ["export_status_not_set"])
    assert transfer.journal_number is not None
    world.hurry()
    assert world.transfer(transfer.number).state == "done"
    assert world.export_status(invoice["invoiceNumber"]) == "transferred"
    assert len(world.vouchers(invoice["invoiceNumber"])) == 1


def test_the_same_hint_many_times_makes_one_voucher(world: World) -> None:
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind

    invoice = world.finalise()
    wanted = accept.TransferRequest(Kind.INVOICE, str(invoice["invoiceNumber"]), invoice["id"])
    for _ in range(3):
        accept.accept(world.company_id, [wanted])
    world.work()
    for _ in range(3):
        accept.accept(world.company_id, [wanted])
        world.work()
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    assert len(world.vouchers(invoice["invoiceNumber"])) == 1
    assert world.transfer(invoice["invoiceNumber"]).attempts.count() == 1


def test_a_person_who_sets_the_status_back_gets_it_told_again_not_posted_again(world: World) -> None:
    invoice = world.finalise()
    number = invoice["invoiceNumber"]
    world.poll()
    world.work()
    world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": "toTransfer"})
    world.poll()
    world.work()
    assert world.transfer(number).state == "done"
    assert world.export_status(number) == "transferred"
    assert len(world.vouchers(number)) == 1


def test_voucher_of_a_person_with_our_number_is_a_conflict(world: World) -> None:
    invoice = world.finalise()
    number = invoice["invoiceNumber"]
    world.hint(invoice)
    from bilag.transfers.models import Transfer

    Transfer.objects.filter(kind="invoice").update(state="skipped")
    world.work()
    customer = invoice["customer"]["customerNumber"]
    body = {"voucherNumber": number, "customerNumber": customer, "totalAmount": "1.00"}
    world.hub.ask("POST", "/admin/clients/123/vouchers", body)
    from bilag.transfers.intake import accept

    accept.retry(world.company_id, None, [str(number)])
    world.work()
    assert world.transfer(number).state == "needs_attention"
    assert world.codes(number) == ["voucher_number_taken"]
    assert len(world.vouchers(number)) == 1


def test_a_number_whose_voucher_a_person_reversed_is_free_again(world: World) -> None:
    number = world.insert_invoice({})
    by_hand = {"voucherNumber": number, "customerNumber": world.invoices[number]["customer"]["customerNumber"]}
    taken = world.hub.ask("POST", "/admin/clients/123/vouchers", {**by_hand, "totalAmount": "1.00"})
    world.poll()
    world.work()
    assert world.codes(number) == ["voucher_number_taken"]
    world.hub.ask("POST", f"/admin/clients/123/journals/{taken['journalNumber']}/reverse")
    world.retry(number)
    assert world.transfer(number).state == "done", world.codes(number)
    assert len([one for one in world.vouchers(number) if one["externalId"]]) == 1


def test_invoice_changed_after_posting_is_a_problem_and_the_voucher_stays(world: World) -> None:
    invoice = world.finalise()
    number = invoice["invoiceNumber"]
    world.poll()
    world.work()
    before = world.vouchers(number)
    world.moment.ask(
        "PATCH", f"/admin/invoices/number:{number}", {"description": "Noe helt annet", "exportStatus": "toTransfer"}
    )
    world.poll()
    world.work()
    assert (world.transfer(number).state, world.codes(number)) == ("needs_attention", ["changed_after_posting"])
    assert world.vouchers(number) == before


def test_worker_killed_while_sending_is_followed_by_a_look(world: World) -> None:
    from django.utils import timezone

    from bilag.transfers.models import Attempt, Transfer

    invoice = world.finalise()
    number = invoice["invoiceNumber"]
    world.hint(invoice)
    world.work()
    transfer = world.transfer(number)
    # As a worker leaves it that died between the hub's answer and the commit.
    with history_may_be_written():
        Attempt.objects.filter(transfer=transfer).update(ended_at=None, verdict=None)
    Transfer.objects.filter(pk=transfer.pk).update(
        state="sending", accepted_hash=None, journal_number=None, done_at=None, updated_at=timezone.now()
    )
    world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": "toTransfer"})
    world.hurry()
    assert world.transfer(number).state == "done"
    assert len(world.vouchers(number)) == 1
    verdicts = [attempt.verdict for attempt in transfer.attempts.order_by("id")]
    assert verdicts == ["interrupted", "done"]


@pytest.mark.first_poll
def test_customers_and_projects_are_not_sent_again_unchanged(world: World) -> None:
    from bilag.transfers.models import Attempt, Transfer

    world.poll()
    world.work()
    sent = Attempt.objects.count()
    assert Transfer.objects.filter(kind="customer", state="done").count() >= 40
    Transfer.objects.update(moment_version=None)
    world.poll()
    world.work()
    assert Attempt.objects.count() == sent
    number = Transfer.objects.filter(kind="customer", state="done").order_by("id").values_list("number", flat=True)[0]
    world.moment.ask("PATCH", f"/admin/customers/number:{number}", {"name": "Nytt Navn AS"})
    world.poll()
    world.work()
    assert Attempt.objects.count() == sent + 1


@pytest.mark.parametrize("plan_kept", [True, False])
def test_amounts_that_were_taken_out_while_it_was_in_doubt_end_the_doubt(world: World, plan_kept: bool) -> None:
    """It never arrived, and there is nothing to post any more."""
    from bilag.transfers.models import Attempt

    number = world.insert_invoice({})
    world.hub.fault(kind="closed_before", operation="createBatch")
    world.hint(world.invoices[number])
    world.work()
    assert world.transfer(number).state == "in_doubt"
    if not plan_kept:
        with history_may_be_written():
            Attempt.objects.update(plan=None)
    line = {**world.invoices[number]["lines"][0], "netAmount": 0, "vatAmount": 0, "unitPrice": 0}
    nothing = {"lines": [line], "netAmount": 0, "vatAmount": 0, "totalAmount": 0}
    world.moment.ask("PATCH", f"/admin/invoices/number:{number}", nothing)
    world.hurry()
    assert world.transfer(number).state == "in_doubt", "it may still arrive"
    world.pass_doubt()
    world.hurry()
    row = world.transfer(number)
    assert (row.state, row.reason, row.ledger_id) == ("skipped", "nothing_to_post", None), row.problems
    assert world.vouchers(number) == []
