"""The activity that expenses go on, and the documents that come along."""

from typing import Any

import pytest

from tests.support.books import PDF, PNG, Books, document


def activity(books: Books, project: dict[str, Any], name: str, state: str = "inProgress") -> dict[str, Any]:
    body = {"projectId": project["id"], "name": name, "projectExtensionState": state}
    made: dict[str, Any] = books.world.moment.ask("POST", "/admin/projectExtensions", body)
    return made


@pytest.mark.parametrize("name", ["Utlegg", "UTLEGG", " utlegg "])
def test_the_activity_is_found_whatever_the_case_of_its_letters(books: Books, name: str) -> None:
    project = books.project()
    there = activity(books, project, name)
    books.post({"project": project["projectNumber"]})
    books.bring_in()
    assert [one["projectExtensionId"] for one in books.expenses(project)] == [there["id"]]
    assert len(books.activities(project)) == 1


def test_an_activity_is_made_once_for_many_lines(books: Books) -> None:
    project = books.project()
    for _ in range(3):
        books.post({"project": project["projectNumber"]})
    books.bring_in()
    [made] = books.activities(project)
    assert (made["name"], made["projectExtensionState"]) == ("Utlegg", "inProgress")


def test_of_two_activities_of_one_name_it_is_always_the_open_one(books: Books) -> None:
    project = books.project()
    activity(books, project, "Utlegg", "closed")
    there = activity(books, project, "utlegg")
    activity(books, project, "Utlegg")
    books.post({"project": project["projectNumber"]})
    books.bring_in()
    assert [one["projectExtensionId"] for one in books.expenses(project)] == [there["id"]]


def test_a_closed_activity_is_a_problem_with_a_cure_and_goes_by_itself_when_it_is_opened(books: Books) -> None:
    from bilag.expenses import queries

    project = books.project()
    there = activity(books, project, "Utlegg", "closed")
    journal = books.post({"project": project["projectNumber"]})
    run = books.bring_in()
    assert run.counts["needs_attention"] == 1
    [problem] = queries.as_json(books.line(journal))["problems"]
    assert (
        problem["message"]
        == f"The activity Utlegg for imported expenses is closed on project {project['projectNumber']}."
    )
    assert "Open the activity in Moment, or enter another activity in the setup" in problem["remedy"]
    assert len(books.activities(project)) == 1
    books.world.moment.ask("PATCH", f"/admin/projectExtensions/{there['id']}", {"projectExtensionState": "inProgress"})
    books.bring_in()
    assert books.line(journal).state == "done"


def test_a_document_that_comes_later_follows_its_expense(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    assert books.expenses(project)[0]["attachments"] == []
    books.world.hub.ask("POST", f"/admin/clients/123/journals/{journal}/documents", {"documents": [document()]})
    books.bring_in(days_back=5)
    books.bring_in(days_back=5)
    [made] = books.expenses(project)
    assert [one["fileName"] for one in made["attachments"]] == ["F-88.pdf"]


def test_a_document_that_accounting_does_not_have_yet_is_waited_for_and_told_in_the_end(books: Books) -> None:
    from datetime import timedelta

    from django.db.models import F

    from bilag.expenses import queries
    from bilag.expenses.models import ExpenseLine

    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, documents=[document()])
    missing = {"status": 404, "json": {"code": "document_unknown", "message": "No.", "details": [], "traceId": "1"}}
    books.world.hub.fault(kind="answer", times=2, operation="getDocument", **missing)
    books.bring_in()
    assert (books.line(journal).state, books.line(journal).documents_due) == ("done", True)
    ExpenseLine.objects.update(done_at=F("done_at") - timedelta(days=31))
    books.bring_in()
    row = books.line(journal)
    assert (row.documents_due, row.needs_review) == (False, True)
    [problem] = queries.as_json(row)["problems"]
    assert "was not found in the accounting system" in problem["message"]


@pytest.mark.parametrize(
    ("content", "media", "name"),
    [
        (PDF, "application/octet-stream", "faktura.exe.pdf"),
        (PNG, "application/pdf", "faktura.exe.png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 64, "text/plain", "faktura.exe.jpg"),
    ],
)
def test_a_document_is_what_its_content_says(books: Books, content: bytes, media: str, name: str) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"]}, documents=[document("../../faktura.exe", content, media)])
    books.bring_in()
    [made] = books.expenses(project)[0]["attachments"]
    assert made["fileName"] == name
    assert made["contentType"] in ("application/pdf", "image/png", "image/jpeg")


@pytest.mark.parametrize(
    ("content", "said", "seen"),
    [
        (b"", "is empty in the accounting system", True),
        (b"MZ\x90\0" + b"\0" * 100, "is neither a PDF nor an image", False),
        (b"<Invoice/>", "is neither a PDF nor an image", False),
        (PDF + b"\0" * (3 * 1024 * 1024), "is too large. The limit is 2 MB", True),
    ],
)
def test_a_document_that_cannot_come_is_told_and_the_expense_stands(
    books: Books, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str, seen: bool
) -> None:
    monkeypatch.setattr("bilag.expenses.documents.MAX_BYTES", 2 * 1024 * 1024)
    from bilag.expenses import queries

    project = books.project()
    journal = books.post(
        {"project": project["projectNumber"]}, documents=[document(content=content), document("ok.pdf")]
    )
    books.bring_in()
    row = books.line(journal)
    assert row.state == "done"
    assert row.needs_review is seen
    [problem] = queries.as_json(row)["problems"]
    assert said in problem["message"]
    assert [one["fileName"] for one in books.expenses(project)[0]["attachments"]] == ["ok.pdf"]
    assert not row.documents_due


def test_a_document_that_breaks_off_is_fetched_again(books: Books) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"]}, documents=[document()])
    books.world.hub.fault(kind="broken_off", times=1, operation="getDocument")
    books.bring_in()
    assert books.expenses(project)[0]["attachments"] == []
    books.bring_in()
    assert [one["size"] for one in books.expenses(project)[0]["attachments"]] == [len(PDF)]


def test_an_expense_that_was_deleted_in_moment_is_not_made_again(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    row = books.line(journal)
    row.moment_id = 999_999  # as if somebody had deleted it
    row.save()
    books.world.hub.ask("POST", f"/admin/clients/123/journals/{journal}/documents", {"documents": [document()]})
    books.bring_in(days_back=5)
    assert len(books.expenses(project)) == 1
    assert books.line(journal).documents[0]["problem"]["code"] == "expense_gone"
