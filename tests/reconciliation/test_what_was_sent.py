"""What stands in the journal is compared with what was sent then, and each difference is told as what it is."""

from typing import Any

from tests.support.reconciliation import Compare, found, other_voucher, reverse
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
    world: World, posted: list[int], compared: Compare
) -> None:
    world.apply(dimensions={"project": 3, "department": None})
    run = compared()
    assert found(run, "matched") == posted
    assert run.sums["NOK"]["difference"] == "0.00"


def test_a_voucher_that_was_changed_in_accounting_is_told_as_that(
    world: World, posted: list[int], compared: Compare
) -> None:
    reverse(world, posted[1])
    other_voucher(world, posted[1], "12000.00")
    row = compared().findings.get(number=posted[1])
    assert (row.found, set(codes(row))) == ("differing", {"posted_differs"})
