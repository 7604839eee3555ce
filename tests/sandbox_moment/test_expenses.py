"""Activities and project expenses, which are written from outside."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.moment.client import Office


@pytest.fixture
def expense(reading_room: Office) -> dict[str, Any]:
    """An expense that may be made; the ids are the same in every sample."""
    activity = reading_room.rows("/projectExtensions")[0]
    return {
        "projectId": activity["projectId"],
        "projectExtensionId": activity["id"],
        "title": "Modellmateriell",
        "description": "Byggvare Øst AS, faktura F-88",
        "date": "2026-05-11",
        "quantity": 1,
        "unitPrice": 1000.50,
        "currency": "NOK",
        "netAmount": 1000.50,
        "vatAmount": 250.13,
        "grossAmount": 1250.63,
        "billable": True,
        "externalKey": "azets:S2041:123:8741:2",
    }


def test_an_activity_takes_the_projects_first_price_model(office: Office) -> None:
    project = next(row for row in office.rows("/projects") if len(row["priceModels"]) == 2)
    body = {"projectId": project["id"], "name": "Utlegg"}
    made = office.ask("POST", "/projectExtensions", json=body)
    assert made.status_code == 201
    assert made.json()["priceModelId"] == project["priceModels"][0]["id"]
    chosen = office.ask("POST", "/projectExtensions", json=body | {"priceModelId": project["priceModels"][1]["id"]})
    assert chosen.json()["priceModelId"] == project["priceModels"][1]["id"]
    named = [row for row in office.rows("/projectExtensions", projectId=str(project["id"])) if row["name"] == "Utlegg"]
    assert len(named) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [({"name": "Utlegg"}, 422), ({"projectId": 1, "name": "x"}, 422), ({"projectId": 10**30, "name": "x"}, 422),
     ({"projectId": "8801", "name": "x"}, 400),
     ({"projectId": 8801, "name": " "}, 422), ({"projectId": 8801, "name": "x", "priceModelId": 1}, 422), ([], 400)],
)  # fmt: skip
def test_an_activity_that_makes_no_sense(reading_room: Office, body: Any, status: int) -> None:
    before = len(reading_room.rows("/projectExtensions"))
    assert reading_room.ask("POST", "/projectExtensions", json=body).status_code == status
    assert len(reading_room.rows("/projectExtensions")) == before


def test_an_expense_is_kept_to_the_digit_and_found_by_its_key(office: Office, expense: dict[str, Any]) -> None:
    made = office.ask("POST", "/projectExpenses", json=expense)
    assert made.status_code == 201
    seen = office.get(f"/projectExpenses/{made.json()['id']}")
    assert (seen["netAmount"], seen["vatAmount"], seen["grossAmount"]) == (
        Decimal("1000.5"), Decimal("250.13"), Decimal("1250.63"),
    )  # fmt: skip
    assert (seen["expenseType"], seen["invoicedState"]) == ("actual", "notApprovedForInvoicing")
    assert [row["id"] for row in office.rows("/projectExpenses", externalKey=expense["externalKey"])] == [seen["id"]]
    assert office.rows("/projectExpenses", externalKey=expense["externalKey"][:-1]) == []
    assert [row["id"] for row in office.rows("/projectExpenses", projectId=str(expense["projectId"]))] == [seen["id"]]


def test_the_same_key_twice_is_not_refused(office: Office, expense: dict[str, Any]) -> None:
    for _ in range(2):
        assert office.ask("POST", "/projectExpenses", json=expense).status_code == 201
    assert len(office.rows("/projectExpenses", externalKey=expense["externalKey"])) == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"projectId": 1}, 422), ({"projectExtensionId": 1}, 422), ({"date": "11.05.2026"}, 422),
        ({"currency": "kr"}, 422), ({"externalKey": "x" * 101}, 422), ({"expenseType": "maybe"}, 422),
        ({"userAccountId": 1}, 422), ({"financialAccountId": 1}, 422), ({"quantity": "1"}, 400),
        ({"billable": None}, 400), ({"title": ""}, 422),
    ],
)  # fmt: skip
def test_an_expense_that_makes_no_sense(
    reading_room: Office, expense: dict[str, Any], change: dict[str, Any], status: int
) -> None:
    assert reading_room.ask("POST", "/projectExpenses", json=expense | change).status_code == status
    assert reading_room.rows("/projectExpenses") == []


def test_an_activity_of_another_project_is_refused(reading_room: Office, expense: dict[str, Any]) -> None:
    other = next(row for row in reading_room.rows("/projects") if row["id"] != expense["projectId"])
    answer = reading_room.ask("POST", "/projectExpenses", json=expense | {"projectId": other["id"]})
    assert answer.status_code == 422


def test_files_are_attached_one_by_one_and_not_once_only(office: Office, expense: dict[str, Any]) -> None:
    made = office.ask("POST", "/projectExpenses", json=expense).json()
    path = f"/projectExpenses/{made['id']}"
    files = {"file": ("F-88 øre.pdf", b"%PDF-1.4 liten", "application/pdf")}
    for _ in range(2):
        answer = office.ask("POST", f"{path}/attachments", files=files)
        assert answer.status_code == 201
        assert (answer.json()["fileName"], answer.json()["size"]) == ("F-88 øre.pdf", 14)
    seen = office.get(path)
    assert len(seen["attachments"]) == 2
    assert seen["version"] == made["version"] + 2
    assert office.ask("POST", f"{path}/attachments", data={"x": "y"}, files={"other": b"1"}).status_code == 422
    assert office.ask("POST", f"{path}/attachments", content=b"raw").status_code == 400
    assert office.ask("POST", "/projectExpenses/1/attachments", files=files).status_code == 404
    office.do("PUT", "/settings", {"maxAttachmentBytes": 10})
    assert office.ask("POST", f"{path}/attachments", files=files).status_code == 413
    assert len(office.get(path)["attachments"]) == 2
