"""The Expenses pages: the list and its reasons, one line with its way, imports, and what a person decides."""

import csv
import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support.books import Books, document
from tests.support.people import People


@pytest.fixture
def books(people: People) -> Books:
    found = Books(people.world)
    found.configure()
    return found


def page(people: People, path: str = "", who: str = "member", language: str = "en") -> str:
    answer = people.client(who, language).get(f"/c/fjell/expenses/{path}")
    assert answer.status_code == 200, answer.content[:300]
    return str(answer.content.decode())


def post(people: People, path: str, who: str = "member", **data: Any) -> str:
    return str(people.client(who).post(f"/c/fjell/expenses/{path}", data, follow=True).content.decode())


def test_an_empty_page_says_what_will_be_seen_and_how_to_begin(people: People) -> None:
    text = page(people)
    assert "Expense import is switched off." in text
    assert "/c/fjell/setup/#expenses" in text
    assert "Nothing imported yet" in text
    assert "Import now" not in text


def test_lines_are_listed_and_ignored_ones_are_opened_by_their_reason(people: People, books: Books) -> None:
    project = books.project()
    done = books.post({"project": project["projectNumber"]})
    low = books.post({"project": project["projectNumber"], "account": "3999"})
    books.bring_in()
    text = page(people)
    assert f">{done}/1</a>" in text
    assert "The account is not above the limit in the setup" in text
    reason = page(people, "?reason=account_not_above")
    assert f">{low}/1</a>" in reason
    assert f">{done}/1</a>" not in reason.partition('id="found"')[2]
    assert f">{done}/1</a>" in page(people, f"?q={project['projectNumber']}&state=done")
    assert "No matches" in page(people, "?q=no-such-supplier")
    assert "Kontoen er ikke over grensen" in page(people, language="nb")


def test_one_line_shows_the_way_from_the_ledger_to_moment(people: People, books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]}, documents=[document("kvittering.pdf")])
    books.bring_in()
    row = books.line(journal)
    text = page(people, f"{row.pk}/")
    assert f"{journal}, entry 1" in text
    assert row.external_key in text
    assert str(row.moment_id) in text
    assert "kvittering.pdf" in text
    assert f"unit 2: {project['projectNumber']} (project)" in text
    assert "1,250.00" in text


def test_a_name_from_accounting_is_text_and_no_markup(people: People, books: Books) -> None:
    project = books.project()
    evil = "<script>alert(1)</script>"
    journal = books.post({"project": project["projectNumber"], "text": evil}, documents=[document(f"{evil}.pdf")])
    books.bring_in()
    for path in ("", f"{books.line(journal).pk}/"):
        text = page(people, path)
        assert evil not in text
        assert "&lt;script&gt;" in text


def test_import_now_is_asked_for_and_its_answer_is_seen(people: People, books: Books) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"]})
    assert "The import has started." in post(people, "import/", days_back="90")
    people.world.work()
    text = page(people)
    assert "1 imported" in text
    imports = page(people, "imports/")
    assert "member@fjell.example" in imports


@pytest.mark.parametrize("days", ["-1", "x", "99999", "1.5", "٣"])
def test_odd_days_back_are_refused_with_a_word(people: People, books: Books, days: str) -> None:
    from bilag.expenses.models import ExpenseImport

    assert "Days back must be a whole number from 0 to 3660" in post(people, "import/", days_back=days)
    people.world.work()
    assert ExpenseImport.objects.exclude(origin="").count() == 0


def test_an_import_that_cannot_be_is_told_at_once(people: People, books: Books) -> None:
    from bilag.companies import lifecycle

    lifecycle.set_not_live(people.world.company_id)
    assert "The integration is paused or switched off" in post(people, "import/")
    books.configure(**{"import": False})
    assert "switched off in the setup" in post(people, "import/")


def test_a_line_is_left_in_accounting_and_taken_again(people: People, books: Books) -> None:
    project = books.project()
    body = {"projectId": project["id"], "name": "Utlegg", "projectExtensionState": "closed"}
    activity = people.world.moment.ask("POST", "/admin/projectExtensions", body)
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    pk = books.line(journal).pk
    assert "is closed on project" in page(people, f"{pk}/")
    assert 'class="pill bad">1<' in page(people)  # the navigation counts it
    assert "Bilag will not import the line." in post(people, f"{pk}/pass-over/")
    assert books.line(journal).reason == "excluded"
    books.bring_in(days_back=30)
    assert books.line(journal).reason == "excluded"
    people.world.moment.ask("PATCH", f"/admin/projectExtensions/{activity['id']}", {"projectExtensionState": "open"})
    assert "Bilag is retrying the line." in post(people, f"{pk}/again/")
    people.world.work()
    assert books.line(journal).state == "done"
    assert "you cannot exclude it" in post(people, f"{pk}/pass-over/")


def test_a_viewer_sees_but_decides_nothing(people: People, books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    pk = books.line(journal).pk
    text = page(people, f"{pk}/", "viewer")
    assert "<form" not in text.partition("<main")[2]
    for path in ("import/", f"{pk}/again/", f"{pk}/pass-over/", f"{pk}/seen/"):
        assert people.client("viewer").post(f"/c/fjell/expenses/{path}").status_code == 403


def test_lines_of_other_companies_are_not_found(people: People, books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    books.bring_in()
    pk = books.line(journal).pk
    stranger = people.client("stranger")
    assert stranger.get(f"/c/others/expenses/{pk}/").status_code == 404
    assert stranger.post(f"/c/others/expenses/{pk}/seen/").status_code == 404
    assert f"{journal}/1" not in stranger.get("/c/others/expenses/").content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_exported_and_no_cell_is_a_formula(people: People, books: Books, form: str) -> None:
    import asyncio

    project = books.project()
    journal = books.post({"project": project["projectNumber"], "text": "=HYPERLINK(1)"})
    books.bring_in()
    answer = people.client("viewer").get(f"/c/fjell/expenses/export/{form}/?state=done")

    async def whole() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    content = asyncio.run(whole())
    if form == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        assert rows[1][0] == str(journal)
        assert rows[1][5] == "1000,00"
        assert rows[1][7] == "'=HYPERLINK(1)"
    else:
        rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
        assert rows[1][0] == journal
        assert rows[1][5] == 1000
        assert rows[1][7] == "'=HYPERLINK(1)"
    assert people.client("viewer").get("/c/fjell/expenses/export/pdf/").status_code == 404


def listed(text: str) -> list[str]:
    return re.findall(r">(\d+)/1</a>", text)


@pytest.fixture
def some_of_each(people: People) -> None:
    """Lines of each kind; the journal number says which."""
    from bilag.expenses.models import ExpenseLine

    problem = {"code": "project_closed", "subject": "project 12", "facts": {"project": "12"}}
    lines: dict[int, dict[str, Any]] = {
        1: {"state": "needs_attention", "problems": [problem]},
        2: {"state": "done", "moment_id": 7, "needs_review": True},
        3: {"state": "done", "moment_id": 8, "supplier": "Ål Papir"},
        4: {"state": "waiting"},
        5: {"state": "sending"},
        6: {"state": "ignored", "reason": "no_project", "supplier": "Ål Kiosk"},
        7: {"state": "ignored", "reason": "own_voucher"},
    }
    for journal, fields in lines.items():
        ExpenseLine.objects.create(company_id=people.world.company_id, journal=journal, entry=1, **fields)


@pytest.mark.parametrize(
    ("query", "journals"),
    [
        ("", ["2", "1", "5", "4", "3"]),
        ("?state=needs_attention", ["2", "1"]),
        ("?state=done", ["3", "2"]),
        ("?state=ignored", ["6"]),
        ("?state=own", ["7"]),
        ("?state=all", ["7", "6", "5", "4", "3", "2", "1"]),
        ("?reason=own_voucher", ["7"]),
        ("?reason=no_project", ["6"]),
        ("?q=Ål", ["6", "3"]),
        ("?q=Ål&state=done", ["3"]),
        ("?state=odd", ["2", "1", "5", "4", "3"]),
    ],
)
def test_own_vouchers_and_ignored_lines_are_behind_a_filter(
    people: People, some_of_each: None, query: str, journals: list[str]
) -> None:
    assert listed(page(people, query)) == journals


def test_what_needs_attention_stands_on_the_first_page_only(people: People, some_of_each: None) -> None:
    from bilag.expenses.models import ExpenseLine

    ExpenseLine.objects.bulk_create(
        ExpenseLine(company_id=people.world.company_id, journal=number, entry=1, state="waiting")
        for number in range(100, 170)
    )
    first = page(people)
    assert listed(first)[:2] == ["2", "1"]
    following = re.search(r'rel="next" href="(\?[^"]+)"', first)
    assert following
    second = page(people, following[1].replace("&amp;", "&"))
    assert listed(first)[2:] + listed(second) == [str(number) for number in range(169, 99, -1)] + ["5", "4", "3"]


def test_the_reason_stands_under_the_line(people: People, some_of_each: None) -> None:
    text = " ".join(page(people, "?state=all").split())
    for journal, reason in (("6", "The line has no project"), ("1", "closed")):
        row = text.partition(f">{journal}/1</a>")[2]
        under = row.partition('<tr class="more">')[2].partition("</tr>")[0]
        assert row.index('<tr class="more">') < row.index("</tr>") + 20, "the row after the line"
        assert reason in under


def test_an_import_that_was_asked_for_is_seen_at_once(people: People, books: Books) -> None:
    text = post(people, "import/")
    assert "The import starts in a few seconds." in text
    assert 'hx-select="#import-state"' in text
    people.world.work()
    assert 'hx-select="#import-state"' not in page(people)


def test_pages_follow_each_other_and_lose_nothing(people: People, books: Books) -> None:
    from bilag.expenses.models import ExpenseLine

    ExpenseLine.objects.bulk_create(
        ExpenseLine(company_id=people.world.company_id, journal=number, entry=1, state="ignored", reason="no_project")
        for number in range(1, 121)
    )
    seen: list[str] = []
    path = "?state=ignored"
    for _ in range(5):
        text = page(people, path)
        seen += re.findall(r">(\d+)/1</a>", text)
        following = re.search(r'rel="next" href="(\?[^"]+)"', text)
        if following is None:
            break
        path = following[1].replace("&amp;", "&")
    assert seen == [str(number) for number in range(120, 0, -1)]


def test_the_overview_tells_of_expenses_that_wait(people: People, books: Books) -> None:
    from bilag.expenses.models import ExpenseLine

    ExpenseLine.objects.create(company_id=people.world.company_id, journal=1, entry=1, state="needs_attention")
    text = people.client("member").get("/c/fjell/").content.decode()
    assert re.search(r'/c/fjell/attention/"[^>]*>.*?<span>Needs attention</span> <span class="pill bad">1</span>', text)
