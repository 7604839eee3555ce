"""Telling Moment: its answer is read, what changed meanwhile is compared first, and a key that may not write is told once."""

from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.posting.problem import Problem
from tests.support.world import World


def hint(world: World, number: int) -> None:
    world.hint(world.invoices[number])
    world.work()


def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch, number: int, changes: dict[str, Any]) -> None:
    """Somebody edits the invoice in Moment after its voucher was posted and before Moment is told."""
    from bilag.transfers.delivery import exactly_once

    compare: Any = vars(exactly_once)["batch_differences"]

    def edited(*given: Any, **named: Any) -> Any:
        world.moment.ask("PATCH", f"/admin/invoices/number:{number}", changes)
        return compare(*given, **named)

    monkeypatch.setattr(exactly_once, "batch_differences", edited)


@pytest.mark.parametrize("shape", ["unchanged", "another's", "without status"])
def test_answer_that_does_not_say_transferred_is_not_taken_for_it(world: World, shape: str) -> None:
    number, other = world.insert_invoice({}), world.insert_invoice({"exportStatus": "transferred"})
    answers = {
        "unchanged": world.invoices[number],
        "another's": world.invoices[other],
        "without status": {**world.invoices[number], "exportStatus": ""},
    }
    world.moment.fault(kind="answer", status=200, json=answers[shape], operation="patchInvoice", times=None)
    hint(world, number)
    row = world.transfer(number)
    assert (row.state, world.codes(number)) == ("waiting", ["export_status_not_set"])
    assert row.journal_number is not None
    world.moment.ask("DELETE", "/admin/faults")
    world.hurry()
    assert (world.transfer(number).state, world.export_status(number)) == ("done", "transferred")
    assert len(world.vouchers(number)) == 1


def test_status_that_is_never_applied_comes_to_a_person(world: World) -> None:
    from datetime import timedelta

    from bilag.transfers.models import Transfer

    number = world.insert_invoice({})
    unchanged = world.invoices[number]
    world.moment.fault(kind="answer", status=200, json=unchanged, operation="patchInvoice", times=None)
    hint(world, number)
    row = world.transfer(number)
    Transfer.objects.filter(pk=row.pk).update(failing_since=row.failing_since - timedelta(days=3))
    world.hurry()
    assert world.codes(number) == ["retries_exhausted", "export_status_not_set"]


def test_invoice_that_changed_while_it_was_posted_is_not_marked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = world.insert_invoice({})
    meanwhile(world, monkeypatch, number, {"description": "Noe helt annet"})
    hint(world, number)
    [problem] = world.transfer(number).problems
    assert (problem["code"], problem["facts"]["fields"]) == ("changed_after_posting", "description")
    assert world.export_status(number) == "toTransfer"
    assert len(world.vouchers(number)) == 1


def test_change_that_is_not_of_the_content_is_marked_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.insert_invoice({})
    meanwhile(world, monkeypatch, number, {"exportStatus": "toTransfer"})
    hint(world, number)
    assert (world.transfer(number).state, world.export_status(number)) == ("done", "transferred")


@pytest.mark.parametrize("status", ["doNotTransfer", "transferred"])
def test_status_that_a_person_set_meanwhile_stays(world: World, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    number = world.insert_invoice({})
    meanwhile(world, monkeypatch, number, {"exportStatus": status})
    hint(world, number)
    assert (world.transfer(number).state, world.export_status(number)) == ("done", status)
    assert len(world.vouchers(number)) == 1


def test_key_that_may_not_write_is_told_once_and_goes_on_when_it_may(world: World, events: Any) -> None:
    from bilag.companies import store
    from bilag.transfers.activation import pausing

    numbers = [world.insert_invoice({}) for _ in range(3)]
    world.moment.fault(kind="forbidden", operation="patchInvoice", times=None)
    for number in numbers:
        world.hint(world.invoices[number])
    world.work()
    [paused] = events("paused")
    assert paused.problem["code"] == "moment_write_forbidden"
    for language in ("en", "nb"):
        assert "Moment" in render_problem(Problem.from_json(paused.problem), language).remedy
    assert world.company_transfers("invoice", "needs_attention") == []
    for probes in range(3):
        pausing.probe(world.company_id, probes)
    world.work()
    assert len(events("paused")) == 1, "a check that only reads does not end the pause"
    assert events("resumed") == []
    world.moment.ask("DELETE", "/admin/faults")
    pausing.probe(world.company_id, 3)
    assert store.load_setup(world.company_id).paused is None
    world.work(rounds=2)
    assert [world.transfer(number).state for number in numbers] == ["done"] * 3
    assert [world.export_status(number) for number in numbers] == ["transferred"] * 3
    assert len(world.vouchers()) == 3


def test_refusal_of_the_status_promises_no_retry(world: World) -> None:
    number = world.insert_invoice({})
    world.moment.fault(kind="answer", status=422, json={"message": "Nei."}, operation="patchInvoice", times=None)
    hint(world, number)
    assert (world.transfer(number).state, world.codes(number)) == ("needs_attention", ["export_status_refused"])
    row = world.transfer(number)
    assert (row.voucher_number, row.journal_number) == (number, world.vouchers(number)[0]["journalNumber"])
    assert row.problems[0]["said"] == "Nei."
    world.moment.ask("PUT", f"/admin/invoices/number:{number}/export-status", {"exportStatus": "transferred"})
    world.retry(number)
    assert world.transfer(number).state == "done", "as the remedy says"
    assert len(world.vouchers(number)) == 1
