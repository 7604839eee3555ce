"""Accrued income through the hub: posted at the month's end, taken back on the next day, exactly once, by difference."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.support.accrued_income import ACCOUNTS, OCTOBER, give, journals, posted
from tests.support.world import World, money


@pytest.fixture
def project(world: World) -> str:
    world.apply(accrued_income=ACCOUNTS)
    return str(world.any_project()["projectNumber"])


def settle(world: World) -> None:
    for _ in range(4):
        world.pass_doubt()
        world.hurry()


def test_accrued_income_is_posted_at_the_months_end_and_taken_back_on_the_next_day(world: World, project: str) -> None:
    [row] = give(world, **{f"p{project}": "12000.50"})
    transfer = world.transfer(row.transfer.number, "accrued")
    assert transfer.state == "done", transfer.problems
    assert posted(world) == [
        ("2026-10-31", "1530", Decimal("12000.50")),
        ("2026-10-31", "3090", Decimal("-12000.50")),
        ("2026-11-01", "3090", Decimal("12000.50")),
        ("2026-11-01", "1530", Decimal("-12000.50")),
    ]
    entries = [entry for one in journals(world) for entry in one["entries"]]
    assert {(entry["vatCode"], entry["orgUnits"]["2"]) for entry in entries} == {(None, project.lstrip("0"))}
    assert len({one["journalNumber"] for one in journals(world)}) == 1
    assert journals(world)[0]["externalId"] == f"moment-4021-accrued-202610-{project}-1"
    assert journals(world)[0]["text"] == f"Opptjent, ikke fakturert oktober 2026, prosjekt {project}"


def test_the_same_amount_again_posts_nothing_and_another_one_the_difference(world: World, project: str) -> None:
    key = f"p{project}"
    for amount in (1000, 1000, 1200, 900, 900):
        give(world, **{key: amount})
    on_1530 = [amount for day, account, amount in posted(world) if (day, account) == ("2026-10-31", "1530")]
    assert on_1530 == [1000, 200, -300]
    assert sum(on_1530) == 900
    give(world, date(2026, 9, 1), **{key: 50})
    assert len(journals(world)) == 8, "another month is another sum"


def test_two_givings_before_the_first_is_sent_post_the_last_amount(world: World, project: str) -> None:
    first, second = (give(world, work=False, **{f"p{project}": amount})[0] for amount in (1000, 700))
    settle(world)
    assert world.transfer(first.transfer.number, "accrued").reason == "superseded"
    assert world.transfer(second.transfer.number, "accrued").state == "done"
    assert [amount for _, account, amount in posted(world) if account == "1530"] == [700, -700]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "lost_answer", "operation": "createBatch"},
        {"kind": "closed_before", "operation": "createBatch"},
        {"kind": "gateway_timeout", "operation": "createBatch", "work": "later", "seconds": 0.2},
        {"kind": "lost_answer", "operation": "listVouchers", "times": 2},
    ],
    ids=["the answer is lost", "it never arrives", "the work follows later", "read-back breaks"],
)
def test_accrued_income_is_posted_once_although(world: World, project: str, fault: dict[str, Any]) -> None:
    world.hub.fault(**fault)
    [row] = give(world, **{f"p{project}": 1000})
    assert world.transfer(row.transfer.number, "accrued").state in ("in_doubt", "waiting", "done")
    [second] = give(world, **{f"p{project}": 1500})
    settle(world)
    states = {one.transfer.number: world.transfer(one.transfer.number, "accrued") for one in (row, second)}
    assert states[second.transfer.number].state == "done", states[second.transfer.number].problems
    on_1530 = [amount for day, account, amount in posted(world) if (day, account) == ("2026-10-31", "1530")]
    assert sum(on_1530) == 1500
    assert on_1530 in ([1000, 500], [1500])


def test_a_closed_month_is_a_problem_that_names_it_and_nothing_is_posted(world: World, project: str) -> None:
    world.hub.ask("PUT", "/admin/clients/123/periods/2026/10", {"state": "closed"})
    [row] = give(world, **{f"p{project}": 1000})
    [problem] = world.transfer(row.transfer.number, "accrued").problems
    assert (problem["code"], problem["facts"]["accrual_month"]) == ("period_closed", "2026-10")
    give(world, **{f"p{project}": 400})
    assert journals(world) == []
    world.hub.ask("PUT", "/admin/clients/123/periods/2026/10", {"state": "open"})
    give(world, **{f"p{project}": 400})
    assert [amount for _, account, amount in posted(world) if account == "1530"] == [400, -400]


def test_a_project_that_moment_does_not_have_stops_its_amount_only(world: World, project: str) -> None:
    good, bad = give(world, **{f"p{project}": 100, "p99887": 200})
    assert world.transfer(good.transfer.number, "accrued").state == "done"
    assert world.codes(bad.transfer.number, "accrued") == ["not_in_moment"]
    give(world, p99887=0)
    assert {account for _, account, _ in posted(world)} == {"1530", "3090"}
    assert len(journals(world)) == 2


def test_switched_off_nothing_is_kept(world: World) -> None:
    from bilag.transfers.accrued_income.amounts import SwitchedOff
    from bilag.transfers.models import AccruedAmount

    with pytest.raises(SwitchedOff):
        give(world, p1207=100)
    assert not AccruedAmount.objects.exists()


def test_what_was_switched_off_meanwhile_goes_when_it_is_given_again(world: World, project: str) -> None:
    [row] = give(world, work=False, **{f"p{project}": 1000})
    world.apply(accrued_income={**ACCOUNTS, "enabled": False})
    world.hurry()
    assert world.transfer(row.transfer.number, "accrued").reason == "switch_off"
    world.apply(accrued_income=ACCOUNTS)
    [again] = give(world, **{f"p{project}": 1000})
    assert again.pk == row.pk
    assert world.transfer(row.transfer.number, "accrued").state == "done"
    assert len(journals(world)) == 2


def test_an_odd_project_number_gets_an_external_id_that_the_hub_takes(world: World, project: str) -> None:
    from bilag.companies import store
    from bilag.transfers.external_ids import accrued_external_id

    setup = store.load_setup(world.company_id)
    odd = {accrued_external_id(setup, OCTOBER, number, 1) for number in ("12/07", "Å 7", "x" * 50, "1207")}
    assert len(odd) == 4
    assert all(len(one) <= 50 and one.isascii() and " " not in one and "/" not in one for one in odd)


def test_a_preview_tells_the_difference_and_keeps_nothing(world: World, project: str) -> None:
    from bilag.companies import store
    from bilag.transfers.accrued_income import amounts

    give(world, **{f"p{project}": 1000})
    setup = store.load_setup(world.company_id)
    [shown] = amounts.preview(setup, OCTOBER, [amounts.Given(project, money("1200.00"))])
    assert (shown.posted, shown.difference, shown.problems) == (1000, 200, ())
    assert amounts.rows_of(world.company_id).count() == 1
