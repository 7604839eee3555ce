"""Accrued income over the API: given, previewed, seen, and given again."""

from typing import Any

import pytest

from tests.support.accrued_income import ACCOUNTS, posted
from tests.support.people import People
from tests.support.program import Program, TokenMaker
from tests.support.world import World, work_off


@pytest.fixture
def project(world: World) -> str:
    world.apply(accrued_income=ACCOUNTS)
    return str(world.any_project()["projectNumber"])


def amounts(project: str, amount: str, month: str = "2026-10") -> dict[str, Any]:
    return {"month": month, "amounts": [{"project": project, "amount": amount}]}


def test_amounts_are_posted_once_and_the_difference_when_given_again(
    writer: Program, world: World, project: str
) -> None:
    first = writer.post("/accruals", amounts(project, "1000.00"))
    assert first.status == 202
    assert (first.json["accruals"][0]["sequence"], first.json["accruals"][0]["posted"]) == (1, None)
    work_off()
    again = writer.post("/accruals", amounts(project, "1000"))
    assert [one["sequence"] for one in again.json["accruals"]] == [1]
    shown = writer.post("/accruals/preview", amounts(project, "1250.50"))
    assert shown.status == 200
    [preview] = shown.json["previews"]
    assert (preview["posted"], preview["difference"], preview["problems"]) == ("1000.00", "250.50", [])
    writer.post("/accruals", amounts(project, "1250.50"))
    work_off()
    listed = writer.get("/accruals?month=2026-10").json["accruals"]
    assert [(one["amount"], one["posted"], one["state"]) for one in listed] == [
        ("1250.50", "250.50", "done"),
        ("1000.00", "1000.00", "done"),
    ]
    assert writer.get(f"/transfers/accrued/2026-10:{project}:1").json["state"] == "done"
    assert writer.get("/accruals?month=2026-09").json["accruals"] == []
    assert sum(amount for day, account, amount in posted(world) if (day, account) == ("2026-10-31", "1530")) == (
        pytest.approx(1250.5)
    )


def test_bad_amounts_are_refused_whole(writer: Program, project: str) -> None:
    from bilag.transfers.models import AccruedAmount

    for body, field in (
        (amounts(project, "12,00"), "amount"),
        (amounts(project, "1.234"), "amount"),
        (amounts(project, "1", month="2026-13"), "month"),
        (amounts("", "1"), "project"),
        ({"month": "2026-10", "amounts": []}, "amounts"),
        ({"month": "2026-10", "amounts": [{"project": "1", "amount": "1"}] * 2}, "more than once"),
    ):
        answer = writer.post("/accruals", body)
        assert answer.status == 422, body
        assert field in answer.text
    assert not AccruedAmount.objects.exists()


def test_switched_off_is_told_with_its_cure(writer: Program) -> None:
    answer = writer.post("/accruals", amounts("1207", "1.00"))
    assert answer.status == 409
    assert "Switch it on under Accrued income in the setup" in answer.json["detail"]


def test_accrued_income_is_not_asked_for_by_number_as_what_moment_has(writer: Program) -> None:
    assert writer.post("/transfers", {"kind": "accrued", "numbers": ["1"]}).status == 422


def test_another_company_sees_nothing_of_it(
    writer: Program, make_token: TokenMaker, people: People, project: str
) -> None:
    writer.post("/accruals", amounts(project, "1.00"))
    stranger = Program(make_token("read", slug=people.other_slug))
    assert stranger.get("/accruals").json["accruals"] == []


def test_the_page_lists_what_was_posted_by_month_and_project(world: World, people: People, project: str) -> None:
    path = f"/c/{people.slug}/accruals/"
    assert "No accrued income yet" in people.client("viewer").get(path).content.decode()
    assert "Enter an amount or import a file above." in people.client("owner").get(path).content.decode()
    world_give(world, project)
    text = people.client("viewer").get(path).content.decode()
    assert "October 2026" in text
    assert project in text
    assert "1,000.00" in text
    transfer = world.transfer(f"2026-10:{project}:1", "accrued")
    page = people.client("viewer").get(f"/c/{people.slug}/transfers/{transfer.pk}/").content.decode()
    assert f"October 2026, project {project}" in page
    assert "Attempts" in page
    norwegian = people.client("viewer", "nb").get(path).content.decode()
    assert "Opptjent inntekt" in norwegian
    assert people.client("viewer").get(f"{path}?page=9").status_code == 200


def world_give(world: World, project: str) -> None:
    from tests.support.accrued_income import give

    give(world, **{f"p{project}": 1000})
