"""The poll finds what no webhook told: each kind to its end, over long pages and wrong clocks, and it says when it failed."""

from datetime import timedelta
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.posting.problem import Problem
from tests.support.history import history_may_be_written
from tests.support.patience import wait_for
from tests.support.worker import worker
from tests.support.world import LAST_DAY, World


def mark(world: World, kind: str) -> Any:
    from bilag.transfers.models import PollMark

    return PollMark.objects.get(company_id=world.company_id, kind=kind)


def events(world: World, name: str) -> list[Any]:
    from bilag.events.models import Event

    return list(Event.objects.filter(company_id=world.company_id, name=name).order_by("at"))


def polled(world: World, origin: str = "") -> Any:
    from bilag.transfers.intake import poll

    return poll.poll(world.company_id, origin=origin)


def new_customer(world: World, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = world.moment.ask("POST", "/admin/customers", {"name": "Sen Kunde AS", **fields})
    return made


def requests_of_poll(world: World) -> list[str]:
    """The paths that a poll asks for."""
    from bilag.wire.recording import recording

    with recording() as exchanges:
        polled(world)
    return [one.path for one in exchanges]


def test_poll_finds_the_invoices_whose_webhooks_were_lost(world: World) -> None:
    finalised = world.moment.ask("POST", "/admin/invoices/finalize", {"count": 5})["invoices"]
    told_of, missed = finalised[0], finalised[1:]
    world.hint(told_of)
    world.work()
    found = polled(world)
    assert len(found.requested["invoice"]) == len(missed), "the one that was told of is settled"
    world.work()
    assert {one["invoiceNumber"]: world.transfer(one["invoiceNumber"]).state for one in finalised} == {
        one["invoiceNumber"]: "done" for one in finalised
    }
    assert len(world.vouchers()) == len(finalised)


def test_all_of_a_long_list_are_found_in_one_poll_while_a_worker_shortens_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was transferred leaves Moment's list, and the rows behind it move up a page."""
    from bilag.transfers.intake import accept
    from bilag.transfers.models import State, Transfer

    numbers = {str(world.insert_invoice({})) for _ in range(1200)}
    original, done = accept.accept, Transfer.objects.filter(kind="invoice", state=State.DONE)

    def accept_and_let_work(*args: Any, **kwargs: Any) -> list[int]:
        ids, before = original(*args, **kwargs), done.count()
        if ids:
            wait_for(lambda: done.count() >= min(before + 5, len(numbers)), "the worker to transfer invoices")
        return ids

    monkeypatch.setattr(accept, "accept", accept_and_let_work)
    with worker():
        found = polled(world)
    assert found.seen["invoice"] == len(numbers)
    assert set(Transfer.objects.filter(kind="invoice").values_list("number", flat=True)) == numbers


def test_second_poll_with_nothing_new_asks_for_nothing(world: World) -> None:
    world.finalise()
    polled(world)
    world.work()
    again = polled(world)
    assert again.transfer_ids == []
    assert again.seen["invoice"] == 0, "Moment itself says that it was transferred"


def test_credit_note_is_found_like_an_invoice(world: World) -> None:
    invoice = world.finalise()
    world.poll()
    world.work()
    note = world.moment.ask("POST", f"/admin/invoices/number:{invoice['invoiceNumber']}/credit", {})
    world.poll()
    world.work()
    assert world.transfer(note["invoiceNumber"]).state == "done", world.transfer(note["invoiceNumber"]).problems
    assert [one["type"] for one in world.vouchers(note["invoiceNumber"])] == ["creditNote"]


def test_invoice_is_found_again_as_long_as_moment_says_to_transfer(world: World) -> None:
    """However old it is: a mark by time would have passed over it."""
    invoice = world.finalise()
    number = invoice["invoiceNumber"]
    world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": "doNotTransfer"})
    polled(world)
    world.moment.ask("PUT", "/admin/settings", {"clockOffsetSeconds": -7200})
    world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": "toTransfer"})
    polled(world)
    world.work()
    assert world.transfer(number).state == "done"


def test_mark_moves_to_the_newest_change_and_the_next_poll_reaches_back_over_it(world: World) -> None:
    polled(world)
    before = mark(world, "customer")
    made = new_customer(world)
    polled(world)
    after = mark(world, "customer")
    assert after.modified_at > before.modified_at
    assert after.polled_at > before.polled_at
    paths = requests_of_poll(world)
    day = (after.modified_at - timedelta(hours=1)).date() - timedelta(days=1)
    asked = [path for path in paths if "/customers" in f"/{path}"]
    assert any(f"lastModifiedDateFrom={day.isoformat()}" in path for path in asked), asked
    assert world.transfer(made["customerNumber"], "customer").state == "queued"


def test_change_that_shows_up_late_with_an_earlier_time_is_found_within_the_overlap(world: World) -> None:
    """Moment commits in another order than its times tell."""
    new_customer(world)
    polled(world)
    world.work()
    world.moment.ask("PUT", "/admin/settings", {"clockOffsetSeconds": -30 * 60})
    late = new_customer(world)
    found = polled(world)
    assert found.requested["customer"] == [world.transfer(late["customerNumber"], "customer").pk]


def test_moments_clock_may_stand_apart_from_ours(world: World) -> None:
    """The mark is of Moment's clock alone: a Moment that is hours behind or ahead loses nothing."""
    for hours in (-5, 26, -26):
        world.moment.ask("PUT", "/admin/settings", {"clockOffsetSeconds": 0})
        polled(world)
        from bilag.transfers.models import PollMark

        PollMark.objects.filter(company_id=world.company_id).update(modified_at=None)
        world.moment.ask("PUT", "/admin/settings", {"clockOffsetSeconds": hours * 3600})
        world.moment.ask("POST", "/admin/sample", {"mode": "drafts", "lastDay": LAST_DAY.isoformat()})
        polled(world)
        made = new_customer(world, customerNumber=f"9{abs(hours)}{'1' if hours < 0 else '2'}")
        polled(world)
        assert world.transfer(made["customerNumber"], "customer").state == "queued", hours


def test_more_than_a_page_is_read_to_the_end(world: World) -> None:
    from bilag.moment.paging import PAGE_SIZE
    from bilag.transfers.models import Transfer

    for number in range(PAGE_SIZE + 5):
        new_customer(world, customerNumber=str(50_000 + number))
    found = polled(world)
    assert found.seen["customer"] > PAGE_SIZE
    numbers = set(Transfer.objects.filter(kind="customer").values_list("number", flat=True))
    assert {str(50_000 + number) for number in range(PAGE_SIZE + 5)} <= numbers


def test_rows_that_move_between_pages_and_rows_outside_the_dates_make_nothing_twice(world: World) -> None:
    from bilag.moment.paging import PAGE_SIZE

    for number in range(PAGE_SIZE + 5):
        new_customer(world, customerNumber=str(50_000 + number))
    world.moment.ask("PUT", "/admin/settings", {"movingRows": True, "rowsOutsideDates": True, "moodSeed": 3})
    polled(world)
    polled(world)
    from bilag.transfers.models import Transfer

    rows = Transfer.objects.filter(company_id=world.company_id, kind="customer", number__gte="50000", number__lt="6")
    assert rows.count() >= PAGE_SIZE
    assert rows.count() == rows.values("number").distinct().count()


@pytest.mark.first_poll
def test_poll_that_breaks_on_a_later_page_keeps_what_it_found_and_does_not_move_the_mark(world: World) -> None:
    from bilag.moment.paging import PAGE_SIZE
    from bilag.wire.errors import Unavailable

    for number in range(PAGE_SIZE + 5):
        new_customer(world, customerNumber=str(50_000 + number))
    world.moment.fault(kind="bad_gateway", operation="listWithFields", skip=1)
    with pytest.raises(Unavailable):
        polled(world)
    assert mark(world, "customer").modified_at is None, "the next poll looks at all of them again"
    polled(world)
    assert world.transfer("50204", "customer").state == "queued"


def test_poll_that_fails_is_told_once_with_its_cause_and_the_next_one_finds_all(world: World) -> None:
    from bilag.transfers.intake import poll

    made = new_customer(world)
    world.moment.fault(kind="bad_gateway", times=None)
    for _ in range(3):
        poll.poll_quietly(world.company_id)
    [event] = events(world, "poll_failed")
    assert not event.good
    problem = Problem.from_json(event.problem)
    english, norwegian = render_problem(problem, "en"), render_problem(problem, "nb")
    assert problem.code == "moment_unavailable"
    assert "Moment" in english.message
    assert norwegian.message != english.message
    assert len(english.remedy) > 20
    world.moment.ask("DELETE", "/admin/faults")
    poll.poll_quietly(world.company_id)
    assert world.transfer(made["customerNumber"], "customer").state == "queued"
    assert len(events(world, "poll")) == 1


def test_poll_that_still_fails_after_an_hour_is_told_again(world: World) -> None:
    from django.db.models import F

    from bilag.events.models import Event
    from bilag.transfers.intake import poll

    world.moment.fault(kind="bad_gateway", times=None)
    poll.poll_quietly(world.company_id)
    with history_may_be_written():
        Event.objects.update(at=F("at") - timedelta(minutes=61))
    poll.poll_quietly(world.company_id)
    assert len(events(world, "poll_failed")) == 2


def test_poll_that_a_person_asked_for_is_told_whatever_it_finds(world: World) -> None:
    polled(world)
    world.work()
    polled(world)
    quiet = len(events(world, "poll"))
    polled(world, origin="kari@fjell.example")
    told_of = events(world, "poll")
    assert len(told_of) == quiet + 1
    assert told_of[-1].origin == "kari@fjell.example"
    assert told_of[-1].facts["invoice"].startswith("0/")


def test_one_kind_that_cannot_be_read_does_not_undo_the_ones_before_it(world: World) -> None:
    """Customers are read first: what was found of them stays accepted although the invoices fail."""
    from bilag.wire.errors import Unavailable

    made = new_customer(world)
    world.moment.fault(kind="bad_gateway", operation="listInvoices")
    with pytest.raises(Unavailable):
        polled(world)
    assert world.transfer(made["customerNumber"], "customer").state == "queued"
    assert mark(world, "customer").modified_at is not None


def test_invoices_are_found_although_customers_cannot_be_read(world: World) -> None:
    """One broken list of Moment must not hold back another."""
    from bilag.transfers.intake import poll

    invoice = world.finalise()
    world.moment.fault(kind="internal_error", operation="listCustomers", times=None)
    world.moment.fault(kind="internal_error", path="*/customers/include/*", times=None)
    poll.poll_quietly(world.company_id)
    assert world.transfer(invoice["invoiceNumber"]).state == "queued"
    assert len(events(world, "poll_failed")) == 1


@pytest.mark.first_poll
def test_companies_that_are_not_live_are_not_asked_for(world: World) -> None:
    from bilag.companies import lifecycle
    from bilag.transfers.intake import poll
    from bilag.transfers.models import PollMark, Transfer

    lifecycle.set_not_live(world.company_id)
    world.finalise()
    poll.poll_all()
    poll.poll_now()
    poll.poll_quietly(world.company_id)
    world.work()
    assert not Transfer.objects.exists()
    assert not PollMark.objects.exists()


def test_many_wishes_for_a_poll_make_one(world: World) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from bilag.transfers import enqueue

    for _ in range(5):
        enqueue.ask_poll(world.company_id)
    assert ProcrastinateJob.objects.filter(task_name="transfers.poll").count() == 1


def test_look_that_moment_does_not_answer_is_followed_by_a_poll(world: World) -> None:
    from bilag.transfers.intake import poll

    invoice = world.finalise()
    world.moment.fault(kind="bad_gateway", operation="getInvoice")
    poll.look(world.company_id, "invoice", invoice["id"])
    world.work(rounds=2)
    assert world.transfer(invoice["invoiceNumber"]).state == "done"


def test_look_at_a_draft_finds_nothing_to_transfer(world: World) -> None:
    from bilag.transfers.intake import poll
    from bilag.transfers.models import Transfer

    project = world.any_project()
    draft = world.moment.ask("POST", "/admin/invoices", {"customer": project["customer"]["id"]})
    poll.look(world.company_id, "invoice", draft["id"])
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    ("status", "reason"), [("doNotTransfer", "do_not_transfer"), ("transferred", "already_transferred")]
)
def test_a_poll_sees_that_a_person_decided_about_an_invoice_that_stopped(
    world: World, status: str, reason: str
) -> None:
    stopped = [world.insert_invoice({"paymentId": "0050012"}) for _ in range(2)]
    world.poll()
    world.work()
    decided, open_still = stopped
    world.moment.ask("PUT", f"/admin/invoices/number:{decided}/export-status", {"exportStatus": status})
    attempts = world.transfer(open_still).attempts.count()
    world.poll()
    world.work()
    assert (world.transfer(decided).state, world.transfer(decided).reason) == ("skipped", reason)
    assert (world.transfer(open_still).state, world.transfer(open_still).attempts.count()) == (
        "needs_attention",
        attempts,
    )
