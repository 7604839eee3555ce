"""Expenses through the API: seen, imported, decided on."""

from typing import Any

import pytest

from tests.support.books import Books
from tests.support.people import People
from tests.support.program import Program


@pytest.fixture
def books(people: People) -> Books:
    found = Books(people.world)
    found.configure()
    return found


def test_a_program_imports_and_sees_what_became_of_each_line(writer: Program, books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.post({"project": "99999"})
    assert writer.post("/expenses/imports", {"daysBack": 30}).json == {"accepted": True}
    books.world.work()
    [run] = writer.get("/expenses/imports").json["imports"]
    assert (run["imported"], run["ignored"]["project_unknown"]) == (1, 1)
    assert run["origin"].startswith("API token")
    [line] = writer.get("/expenses?state=done").json["expenses"]
    assert (line["journalNumber"], line["net"], line["project"]) == (journal, "1000.00", project["projectNumber"])
    assert writer.get(f"/expenses/{line['id']}").json == line
    [ignored] = writer.get("/expenses?reason=project_unknown").json["expenses"]
    assert "The project number of the line does not exist in Moment" in ignored["reasonText"]
    assert writer.get("/expenses?state=odd").status == 422
    assert writer.get("/status").json["expenses"]["imported"] == 1


def test_lists_go_page_by_page(writer: Program, books: Books) -> None:
    project = books.project()
    for _ in range(3):
        books.post({"project": project["projectNumber"]})
    books.bring_in()
    first = writer.get("/expenses?state=done&limit=2").json
    second = writer.get(f"/expenses?state=done&limit=2&cursor={first['next']}").json
    assert [len(first["expenses"]), len(second["expenses"]), second["next"]] == [2, 1, None]


def test_an_import_that_cannot_be_says_what_mends_it(writer: Program, books: Books) -> None:
    books.configure(**{"import": False})
    answer = writer.post("/expenses/imports", {})
    assert answer.status == 409
    assert "Switch on import of expenses in the setup" in answer.json["detail"]
    assert answer.json["problems"][0]["code"] == "expenses_switched_off"
    assert writer.post("/expenses/imports", {"daysBack": -1}).status == 422


def test_a_line_is_passed_over_and_tried_again(writer: Program, reader: Program, books: Books, events: Any) -> None:
    project = books.project()
    body = {"projectId": project["id"], "name": "Utlegg", "projectExtensionState": "closed"}
    books.world.moment.ask("POST", "/admin/projectExtensions", body)
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    path = f"/expenses/{books.line(journal).pk}"
    assert reader.post(f"{path}/pass-over").status == 403
    assert writer.post(f"{path}/pass-over").json["reason"] == "excluded"
    assert writer.post(f"{path}/retry").json["state"] == "waiting"
    assert writer.post("/expenses/999999/seen").status == 404
    assert writer.post(f"{path}/odd").status == 422
    assert events("expense_passed_over")[0].origin.startswith("API token")


def test_what_is_in_moment_cannot_be_passed_over(writer: Program, books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    answer = writer.post(f"/expenses/{books.line(journal).pk}/pass-over")
    assert answer.status == 409
    assert "delete the expense there instead" in answer.json["detail"]


def test_another_company_s_program_sees_none_of_it(stranger: Program, books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    assert stranger.get("/expenses").json["expenses"] == []
    assert stranger.get("/expenses/imports").json["imports"] == []
    pk = books.line(journal).pk
    assert stranger.get(f"/expenses/{pk}").status == 404
    assert stranger.post(f"/expenses/{pk}/seen").status == 404
