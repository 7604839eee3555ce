"""Transfers through the API: listed to the end, one with its tries, asked for by hand, and tried again."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from tests.support.history import history_may_be_written
from tests.support.program import Program
from tests.support.world import World, work_off

Maker = Callable[..., list[Any]]


def to_the_end(program: Program, path: str, what: str, limit: int) -> list[Any]:
    """All of a list, page by page."""
    found: list[Any] = []
    sign, cursor = "&" if "?" in path else "?", ""
    for _ in range(1000):
        page = program.get(f"{path}{sign}limit={limit}{cursor}").json
        assert len(page[what]) <= limit
        found += page[what]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"
    raise AssertionError("the list has no end")


def test_the_list_is_that_of_the_command_line(reader: Program, world: World, made_transfers: Maker) -> None:
    from bilag.transfers.queries import transfers

    made_transfers(5)
    number = world.insert_invoice({})
    world.retry(number)
    same = [transfers.as_json(row) for row in transfers.transfers(world.company_id)]
    answer = reader.get("/transfers").json
    assert answer == {"transfers": same, "next": None}
    assert same[0]["state"] == "done"
    assert same[0]["attempts"] >= 1


def test_paging_loses_and_repeats_nothing_while_rows_come(reader: Program, made_transfers: Maker) -> None:
    rows = made_transfers(57)
    made_transfers(9, first=1, kind="customer")
    for limit in (1, 7, 57, 66, 200):
        numbers = [(one["kind"], one["number"]) for one in to_the_end(reader, "/transfers", "transfers", limit)]
        assert len(numbers) == len(set(numbers)) == 66
    page = reader.get("/transfers?kind=invoice&limit=20").json
    made_transfers(5, first=1000)
    rows[10].delete()
    rest = to_the_end(reader, f"/transfers?kind=invoice&cursor={page['next']}", "transfers", 200)
    seen = [int(one["number"]) for one in page["transfers"] + rest]
    assert seen == [n for n in range(57, 0, -1) if n != 11]


def test_events_of_one_moment_are_paged_without_loss(reader: Program, world: World) -> None:
    from bilag.events.models import Event

    at, dice = timezone.now(), random.Random(7)
    with history_may_be_written():
        Event.objects.filter(company_id=world.company_id).delete()
        made = Event.objects.bulk_create(Event(company_id=world.company_id, name="poll") for _ in range(40))
        for row in made:
            Event.objects.filter(pk=row.pk).update(at=at - timedelta(microseconds=dice.randrange(4)))
    for limit in (1, 3, 39, 40, 41):
        events = to_the_end(reader, "/events", "events", limit)
        assert sorted(one["id"] for one in events) == [row.pk for row in made]
        assert events == sorted(events, key=lambda one: (one["at"], one["id"]), reverse=True)


def test_changes_are_paged(reader: Program, world: World) -> None:
    for unit in range(3, 9):
        world.apply(dimensions={"project": 2, "department": unit})
    changes = to_the_end(reader, "/setup/changes", "changes", 2)
    assert [one["new"] for one in changes if one["field"] == "dimensions.department"] == [8, 7, 6, 5, 4, 3, 1]
    assert "(secret)" in str(changes)


def test_filters(reader: Program, made_transfers: Maker) -> None:
    done = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # the 21st in Norway
    made_transfers(1, first=1, done_at=done, customer_number="10007")
    made_transfers(1, first=2, done_at=done - timedelta(hours=2), customer_number="10007")
    made_transfers(1, first=3, state="waiting", done_at=done)
    made_transfers(1, first=1, kind="customer")

    def numbers(query: str) -> list[str]:
        return [one["number"] for one in reader.get(f"/transfers?{query}").json["transfers"]]

    assert numbers("kind=invoice&state=done") == ["2", "1"]
    assert numbers("state=waiting") == ["3"]
    assert numbers("number=1") == ["1", "1"]
    assert numbers("customer=10007") == ["2", "1"]
    assert numbers("kind=invoice&since=2026-11-21") == ["1"]
    assert numbers("kind=invoice&until=2026-11-20") == ["2"]
    assert numbers("kind=invoice&since=2026-11-20&until=2026-11-21") == ["2", "1"]
    assert numbers("until=9999-12-31&kind=invoice&since=0001-01-01") == ["2", "1"]
    assert numbers("customer=nobody") == []


def test_one_transfer_is_shown_with_its_tries(reader: Program, stranger: Program, world: World) -> None:
    number = world.insert_invoice({})
    world.retry(number)
    answer = reader.get(f"/transfers/invoice/{number}").json
    assert answer["state"] == "done"
    assert answer["history"][0]["verdict"] == "done"
    assert answer["history"][0]["exchanges"]
    assert stranger.get(f"/transfers/invoice/{number}").status == 404
    assert reader.get(f"/transfers/customer/{number}").status == 404


def test_by_number_it_is_queued_and_goes(writer: Program, world: World) -> None:
    number = world.insert_invoice({})
    answer = writer.post("/transfers", {"kind": "invoice", "numbers": [str(number), str(number), "999999"]})
    assert (answer.status, answer.json["accepted"]) == (202, 2)
    assert {one["state"] for one in answer.json["transfers"]} == {"queued"}
    work_off()
    assert writer.get(f"/transfers/invoice/{number}").json["state"] == "done"
    missing = writer.get("/transfers/invoice/999999").json
    assert missing["problems"][0]["code"] == "not_in_moment"
    assert len(world.vouchers(number)) == 1
    asked = writer.get("/events").json["events"][0]
    assert (asked["name"], asked["origin"]) == ("transfers_asked", "API token accounting")


def test_all_and_since_ask_moment(writer: Program, world: World) -> None:
    number = world.insert_invoice({})
    answer = writer.post("/transfers", {"kind": "invoice", "all": True})
    assert answer.status == 202
    assert str(number) in [one["number"] for one in answer.json["transfers"]]
    assert writer.post("/transfers", {"kind": "customer", "since": "2100-01-01"}).json["accepted"] == 0


def test_a_poll_tells_what_was_seen(writer: Program, world: World) -> None:
    number = world.insert_invoice({})
    answer = writer.post("/poll")
    assert answer.status == 200
    assert set(answer.json["seen"]) == {"customer", "project", "invoice"}
    assert answer.json["accepted"] >= len(answer.json["transfers"]) > 0
    assert writer.get(f"/transfers/invoice/{number}").json["state"] == "queued"


def test_retry_of_one_of_all_and_of_one_problem(writer: Program, world: World, made_transfers: Maker) -> None:
    def stopped(first: int, code: str, **more: Any) -> None:
        problem = {"code": code, "subject": "line 1", "facts": {}, "said": None}
        made_transfers(2, first=first, state="needs_attention", problems=[problem], **more)

    from bilag.companies import lifecycle

    lifecycle.set_not_live(world.company_id)
    stopped(1, "vat_code_unknown")
    stopped(11, "account_unknown")
    stopped(11, "account_unknown", kind="customer")
    made_transfers(2, first=21)
    assert writer.post("/transfers/retry", {"problem": "no_such_code"}).json == {"accepted": 0, "transfers": []}
    one = writer.post("/transfers/invoice/1/retry")
    assert (one.status, one.json["number"], one.json["state"]) == (202, "1", "queued")
    assert writer.post("/transfers/invoice/77/retry").status == 404
    by_code = writer.post("/transfers/retry", {"problem": "account_unknown", "kind": "customer"})
    assert [(one["kind"], one["number"]) for one in by_code.json["transfers"]] == [
        ("customer", "12"),
        ("customer", "11"),
    ]
    rest = writer.post("/transfers/retry", {"all": True})
    assert [one["number"] for one in rest.json["transfers"]] == ["12", "11", "2"]
    assert writer.post("/transfers/retry", {"all": True}).json["accepted"] == 0
    names = [event["name"] for event in writer.get("/events").json["events"]]
    assert names.count("retried") == 3


def test_the_preview_is_that_of_the_command_line(reader: Program, world: World) -> None:
    number = world.insert_invoice({})
    answer = reader.get(f"/preview/invoices/{number}")
    assert answer.status == 200, answer.text
    voucher = answer.json["vouchers"][0]
    assert (voucher["voucherNumber"], voucher["totalAmount"]) == (number, "12500.00")
    assert voucher["entries"][0]["lines"] == [1]
    assert world.vouchers(number) == []
    missing = reader.get("/preview/invoices/999999")
    assert missing.status == 404
    assert "999999" in missing.json["detail"]


def test_the_status_is_that_of_the_command_line(reader: Program, world: World, made_transfers: Maker) -> None:
    made_transfers(3)
    made_transfers(1, first=9, state="waiting", kind="customer")
    assert reader.get("/status").json == {
        "company": "fjell",
        "live": True,
        "paused": None,
        "transfers": {"customer": {"waiting": 1}, "invoice": {"done": 3}},
        "expenses": {"imported": 0, "ignored": {}, "waiting": 0, "needsAttention": 0, "lastImport": None},
        "ledgerAhead": None,
        "workerAlive": False,
    }


def test_an_exchange_rate_is_confirmed_for_one_invoice_and_only_the_rate_it_stopped_at(
    writer: Program, reader: Program, stranger: Program, world: World
) -> None:
    line = {"vatCode": "52", "accountNumber": "3105", "vatRate": 0, "vatAmount": 0}
    number = world.insert_invoice(
        {"currency": "EUR", "exchangeRate": 21.5, "line": line, "vatAmount": 0, "totalAmount": 10000}
    )
    world.retry(number)
    path = f"/transfers/invoice/{number}/confirm-rate"
    assert world.codes(number) == ["exchange_rate_implausible"]
    assert reader.post(path, {"rate": "21.5"}).status == 403
    assert stranger.post(path, {"rate": "21.5"}).status == 404
    assert writer.post(path, {"rate": "1.5"}).status == 409
    for bad in ({}, {"rate": 21.5}, {"rate": "NaN"}, {"rate": "-1"}, {"rate": "21.5", "more": 1}):
        assert writer.post(path, bad).status == 422
    answer = writer.post(path, {"rate": "21.50"})
    assert (answer.status, answer.json["state"]) == (202, "queued")
    work_off()
    assert world.transfer(number).state == "done"
    assert writer.post(path, {"rate": "21.5"}).status == 409
