"""What stands in the journal is compared with what was sent then, and each difference is told as what it is."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.reconciliation import Compare, found
from tests.support.world import World


def change(world: World, number: int, **fields: Any) -> None:
    world.moment.ask("PATCH", f"/admin/invoices/{world.invoices[number]['id']}", fields)


def codes(row: Any) -> list[str]:
    return [problem["code"] for problem in row.problems]


def test_an_invoice_that_was_changed_in_moment_is_told_as_changed_there(
    world: World, posted: list[int], compared: Compare
) -> None:
    change(world, posted[1], dueDate="2026-12-31")
    row = compared().findings.get(number=posted[1])
    assert (row.found, codes(row)[0]) == ("differing", "changed_after_posting")
    assert row.problems[0]["facts"]["fields"] == "due_date"


def test_a_changed_setting_changes_nothing_for_what_was_posted_before(
    world: World, posted: list[int], compared: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the vouchers that the attempt sent; here as they are planned before the setting changes."""
    from bilag.companies import store
    from bilag.companies.gateways import moment_for, platform_for
    from bilag.posting.plan import plan_invoice
    from bilag.reconciliation import runner, sent
    from bilag.transfers.rules import rules_for

    setup = store.load_setup(world.company_id)
    rules = rules_for(setup, platform_for(setup).chart())
    planned = {}
    for number in posted:
        invoice = moment_for(setup).invoice(world.invoices[number]["id"])
        assert invoice is not None
        planned[number] = plan_invoice(invoice, rules).vouchers
    world.apply(dimensions={"project": 3, "department": None})
    assert found(compared(), "differing") == posted, "compared by today's setup, where nothing else is kept"

    def kept(transfers: Any) -> dict[int, sent.Sent]:
        told = sent.sent_for(transfers)
        return {row.pk: replace(told[row.pk], vouchers=planned[int(row.number)]) for row in transfers}

    monkeypatch.setattr(runner, "sent_for", kept)
    run = compared()
    assert found(run, "matched") == posted
    assert run.sums["NOK"]["difference"] == "0.00"
