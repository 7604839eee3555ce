"""Webhooks: thin, without sign-in, and on request lost, doubled, late and in another order."""

import pytest

from tests.support.moment.client import Contract, Office, Receiver
from tests.support.patience import wait_for


@pytest.fixture
def told(office: Office, receiver: Receiver) -> Receiver:
    """A receiver that is registered for all kinds."""
    office.do("PUT", "/webhooks", dict.fromkeys(("invoice", "customer", "project"), receiver.url))
    return receiver


def waiting_is_over(office: Office) -> bool:
    return bool(office.do("GET", "/webhooks")["waiting"] == 0)


def test_each_kind_tells_ids_and_numbers_only(office: Office, told: Receiver, contract: Contract | None) -> None:
    invoice = office.finalised(project="1201")
    wait_for(lambda: len(told.events) == 1, "the webhooks to arrive")
    customer = office.do("POST", "/customers", {"name": "Ny kunde AS"})
    wait_for(lambda: len(told.events) == 2, "the webhooks to arrive")
    project = office.do("PATCH", "/projects/number:1201", {"name": "Nytt navn"})
    wait_for(lambda: len(told.events) == 3, "the webhooks to arrive")
    assert told.events == [
        {
            "event": "CREATE_NEW",
            "invoice": {
                "id": invoice["id"],
                "invoiceNumber": invoice["invoiceNumber"],
                "customer": {"id": invoice["customer"]["id"], "customerNumber": "10001"},
                "project": {"id": project["id"], "projectNumber": "1201"},
            },
        },
        {"event": "CREATE_NEW", "customer": {"id": customer["id"], "customerNumber": customer["customerNumber"]}},
        {"event": "UPDATE", "project": {"id": project["id"], "projectNumber": "1201"}},
    ]
    assert all("authorization" not in headers for headers in told.headers)
    assert {headers["content-type"] for headers in told.headers} == {"application/json"}
    if contract is not None:
        for name, event in zip(("InvoiceEvent", "CustomerEvent", "ProjectEvent"), told.events, strict=True):
            contract.validate(contract.schema(name), event)


def test_the_invoice_is_there_when_its_webhook_comes_and_they_come_in_order(office: Office, told: Receiver) -> None:
    done = office.do("POST", "/invoices/finalize", {})["invoices"]
    wait_for(lambda: len(told.events) == 25, "the webhooks to arrive")
    assert told.numbers() == [invoice["invoiceNumber"] for invoice in done]
    wait_for(lambda: waiting_is_over(office), "all webhooks to be sent")
    assert office.do("GET", "/webhooks")["counts"]["invoice"] == {"delivered": 25, "failed": 0, "lost": 0}


def test_drafts_and_export_status_tell_nobody(office: Office, told: Receiver) -> None:
    draft = office.draft()
    office.do("PATCH", f"/invoices/{draft['id']}", {"description": "Endret"})
    office.do("PUT", "/invoices/number:5001/export-status", {"exportStatus": "toTransfer"})
    last = office.do("POST", f"/invoices/{draft['id']}/finalize")
    wait_for(lambda: told.events, "the webhooks to arrive")
    assert told.numbers() == [last["invoiceNumber"]]


def test_export_status_can_be_told_too(office: Office, told: Receiver) -> None:
    office.do("PUT", "/settings", {"exportStatusEvents": True})
    office.do("PUT", "/invoices/number:5001/export-status", {"exportStatus": "toTransfer"})
    wait_for(lambda: told.numbers() == [5001], "the webhooks to arrive")
    assert told.events[0]["event"] == "UPDATE"


def test_lost_webhooks_are_lost_and_counted(office: Office, told: Receiver) -> None:
    office.do("PUT", "/webhooks", {"lost": 0.5, "seed": 4})
    office.do("POST", "/invoices/finalize", {})
    wait_for(lambda: waiting_is_over(office), "all webhooks to be sent")
    counts = office.do("GET", "/webhooks")["counts"]["invoice"]
    assert counts["lost"] + counts["delivered"] == 25
    assert counts["delivered"] == len(told.events)
    assert 3 < counts["lost"] < 22


def test_the_same_ones_are_lost_for_the_same_seed(office: Office, told: Receiver) -> None:
    arrived = []
    for _ in range(2):
        told.events.clear()
        office.do("POST", "/sample", {"mode": "year", "lastDay": "2024-11-23"})
        office.do("PUT", "/webhooks", {"lost": 0.5, "seed": 9})
        office.do("POST", "/invoices/finalize", {})
        wait_for(lambda: waiting_is_over(office), "all webhooks to be sent")
        arrived.append(told.numbers())
    assert arrived[0] == arrived[1]


def test_doubled_webhooks_come_so_often(office: Office, told: Receiver) -> None:
    office.do("PUT", "/webhooks", {"copies": 3})
    done = [office.finalised()["invoiceNumber"] for _ in range(4)]
    wait_for(lambda: waiting_is_over(office), "all webhooks to be sent")
    assert sorted(told.numbers()) == sorted(done * 3)


def test_shuffled_webhooks_all_come_in_another_order(office: Office, told: Receiver) -> None:
    office.do("PUT", "/webhooks", {"shuffle": 10, "seed": 2, "holdSeconds": 60})
    done = [invoice["invoiceNumber"] for invoice in office.do("POST", "/invoices/finalize", {})["invoices"]]
    wait_for(lambda: len(told.events) == 20, "the webhooks to arrive")
    assert told.numbers() != done[:20]
    assert sorted(told.numbers()) == done[:20]
    office.do("POST", "/webhooks/flush")
    wait_for(lambda: sorted(told.numbers()) == done, "the webhooks to arrive")


def test_what_is_held_back_goes_out_by_itself(office: Office, told: Receiver) -> None:
    office.do("PUT", "/webhooks", {"shuffle": 10, "holdSeconds": 60})
    number = office.finalised()["invoiceNumber"]
    assert told.events == []
    office.clock.advance(60)
    wait_for(lambda: told.numbers() == [number], "the webhooks to arrive")


def test_delayed_webhooks_come_late_and_hold_nobody_up(office: Office, told: Receiver) -> None:
    office.do("PUT", "/webhooks", {"delayFrom": 400, "delayTo": 500})
    office.finalised()
    office.get("/customers", size="1")
    office.clock.advance(399)
    assert office.do("GET", "/webhooks")["waiting"] == 1
    assert told.events == []
    office.clock.advance(101)
    wait_for(lambda: told.events, "the webhook to arrive")


def test_an_unanswered_webhook_is_counted_and_not_sent_again(office: Office, told: Receiver) -> None:
    told.status = 500
    office.finalised()
    wait_for(lambda: waiting_is_over(office), "all webhooks to be sent")
    office.do("PUT", "/webhooks", {"invoice": "http://127.0.0.1:9/nobody"})
    office.finalised()
    wait_for(lambda: waiting_is_over(office), "all webhooks to be sent")
    seen = office.do("GET", "/webhooks")
    assert seen["counts"]["invoice"] == {"delivered": 0, "failed": 2, "lost": 0}
    assert [entry.get("status", entry.get("error")) for entry in seen["log"]] == [500, "ConnectError"]
    assert len(told.events) == 1


def test_hints_by_hand_true_and_forged(office: Office, told: Receiver) -> None:
    invoice = office.rows("/invoices", invoiceNumber="5001")[0]
    office.do("POST", "/webhooks/send", {"entity": "invoices", "id": invoice["id"], "event": "CREATE_NEW"})
    office.do("POST", "/webhooks/send", {"kind": "invoice", "body": {"event": "CREATE_NEW", "invoice": {"id": 1}}})
    wait_for(lambda: len(told.events) == 2, "the webhooks to arrive")
    assert told.events[0]["invoice"]["invoiceNumber"] == 5001
    assert told.events[1] == {"event": "CREATE_NEW", "invoice": {"id": 1}}


@pytest.mark.parametrize(
    "body", [{"invoice": "here"}, {"lost": 2}, {"copies": 0}, {"unknown": 1}, {"delayTo": "long"}, []]
)
def test_settings_that_make_no_sense_change_nothing(reading_room: Office, body: object) -> None:
    before = reading_room.do("GET", "/webhooks")
    reading_room.do("PUT", "/webhooks", body, status=400)
    assert reading_room.do("GET", "/webhooks") == before
