"""What a try leaves in the transfer's row: columns of lists, failures that count, and a fault if the outcome cannot be stored."""

from typing import Any

import pytest

from tests.support.world import World


def hint(world: World, number: int) -> Any:
    world.hint(world.invoices[number])
    world.work()
    return world.transfer(number)


def test_each_failure_counts_and_waiting_for_the_rate_limit_does_not(world: World) -> None:
    number = world.insert_invoice({})
    world.hub.fault(kind="unavailable", operation="listVouchers", times=None)
    assert hint(world, number).failures == 1
    world.hurry()
    world.hurry()
    assert world.transfer(number).failures == 3
    world.hub.ask("DELETE", "/admin/faults")
    world.hub.fault(kind="rate_limited", operation="listVouchers", retryAfter=1, times=None)
    world.hurry()
    assert world.transfer(number).failures == 3
    world.hub.ask("DELETE", "/admin/faults")
    world.hurry()
    row = world.transfer(number)
    assert (row.state, row.failures, row.failing_since) == ("done", 0, None)
    posted = row.attempts.get(verdict="done")
    assert (posted.ledger_id, bool(posted.plan), bool(posted.source)) == (row.ledger_id, True, True)
    assert row.ledger_id is not None


def test_an_invoice_without_customer_has_empty_columns_and_no_voucher(world: World) -> None:
    number = world.insert_invoice({"customer": None})
    row = hint(world, number)
    assert (row.state, world.codes(number)) == ("needs_attention", ["customer_missing"])
    assert (row.customer_number, row.name, row.total, row.currency) == (None, None, 12500, "NOK")


def test_an_outcome_that_the_database_cannot_store_is_stored_as_a_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import DataError

    from bilag.transfers.delivery import runner

    commit = runner.commit_outcome
    tries: list[Any] = []

    def once(run: Any, outcome: Any) -> None:
        tries.append(outcome)
        if len(tries) == 1:
            raise DataError("value too long")
        commit(run, outcome)

    number = world.insert_invoice({"customer": None})
    monkeypatch.setattr(runner, "commit_outcome", once)
    row = hint(world, number)
    assert (row.state, world.codes(number)) == ("needs_attention", ["bilag_fault"])
    assert world.facts(number) == {"error": "DataError"}
    monkeypatch.undo()
    world.retry(number)
    assert world.codes(number) == ["customer_missing"]
