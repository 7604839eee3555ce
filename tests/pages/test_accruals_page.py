"""The page of accrued income: amounts are entered or imported there, previewed first, posted all or none."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.support.accrued_income import ACCOUNTS, give_one, journals
from tests.support.people import People
from tests.support.transfers import store_transfer

PATH = "/c/fjell/accruals/"


@pytest.fixture
def project(people: People) -> str:
    """A project in Moment, of a company that posts accrued income."""
    people.world.apply(accrued_income=ACCOUNTS)
    return str(people.world.any_project()["projectNumber"])


def body(*rows: tuple[str, str], month: str = "2026-10", **more: str) -> dict[str, Any]:
    return {"month": month, "project": [row[0] for row in rows], "amount": [row[1] for row in rows], **more}


def csv(text: str, month: str = "2026-10", **more: str) -> dict[str, Any]:
    return {"month": month, "file": SimpleUploadedFile("earned.csv", text.encode()), **more}


def text(
    people: People, path: str, data: dict[str, Any] | None = None, *, who: str = "member", status: int = 200
) -> str:
    """The page that a request ends at, on one line."""
    client = people.client(who)
    answer = client.get(PATH + path) if data is None else client.post(PATH + path, data, follow=True)
    assert answer.status_code == status, answer.content[:500]
    return " ".join(answer.content.decode().split())


def amounts() -> list[tuple[date, str, Decimal]]:
    from bilag.transfers.models import AccruedAmount

    return list(AccruedAmount.objects.order_by("id").values_list("month", "project", "amount"))


def test_an_entered_amount_is_posted_and_reversed(people: People, project: str) -> None:
    page = text(people, "enter/", body((project, "12 000,50"), ("", "")))
    assert "Bilag is posting 1 amount." in page
    assert 'hx-select="#amounts"' in page, "its state follows by itself"
    people.world.work()
    assert amounts() == [(date(2026, 10, 1), project, Decimal("12000.50"))]
    assert {one["voucherDate"] for one in journals(people.world)} == {"2026-10-31", "2026-11-01"}
    page = text(people, "")
    assert "October 2026" in page
    assert 'class="pill done"' in page
    assert 'hx-select="#amounts"' not in page
    assert "Nothing has changed" in text(people, "enter/", body((project, "12000.50")))


def test_a_preview_says_what_would_be_posted_and_stores_nothing(people: People, project: str) -> None:
    give_one(people.world, project, "1000")
    page = text(people, "preview/", body((project, "1250.50"), ("", ""), ("x", "oops")))
    assert "What Bilag posts for October 2026" in page
    cells = re.findall(r'class="number">(?:<b>)?([^<]+)<', page.partition("<tbody>")[2])
    assert cells == ["1,250.50", "1,000.00", "250.50"]
    assert "31 Oct 2026: debit 1530, credit 3090. Reversed 1 Nov 2026." in page
    assert "<html" not in page
    assert len(amounts()) == 1
    assert "Nothing to post." in text(people, "preview/", body((project, "1000")))
    negative = text(people, "preview/", body((project, "-5")))
    assert "debit 3090, credit 1530" in negative
    for empty in (body(("", "")), body((project, "x")), body((project, "1"), month="x")):
        assert "Bilag shows here what it will post." in text(people, "preview/", empty)


def test_a_problem_is_told_in_the_preview(people: People, project: str) -> None:
    people.world.apply(accrued_income={**ACCOUNTS, "debit_account": "1531"})
    page = text(people, "preview/", body((project, "5")))
    assert "1531" in page.partition('class="fault"')[2]


def test_a_preview_says_when_accounting_does_not_answer(people: People, project: str) -> None:
    people.world.hub.fault(kind="unavailable", times=50)
    assert 'class="notice warn"' in text(people, "preview/", body((project, "5")))


@pytest.mark.parametrize(
    ("rows", "month", "said"),
    [
        ([("", "5")], "2026-10", "Enter the project number in Moment."),
        ([("x" * 51, "5")], "2026-10", "Enter a project number of at most 50 characters."),
        ([("12", "")], "2026-10", "Enter an amount, or 0."),
        ([("12", "1.234,5")], "2026-10", "1.234,5 is not an amount."),
        ([("12", "NaN")], "2026-10", "NaN is not an amount."),
        ([("12", "1"), ("12", "2")], "2026-10", "Project 12 is also on line 1."),
        ([], "2026-10", "Enter at least one project and its amount."),
        ([("12", "1")], "2026-13", "Choose a month, such as 2026-10."),
        ([("12", "1")], "", "Choose a month, such as 2026-10."),
    ],
)
def test_a_fault_stands_beside_its_field_and_nothing_is_posted(
    people: People, project: str, rows: list[tuple[str, str]], month: str, said: str
) -> None:
    good = (project, "77") if project != "12" else ("1", "77")
    page = text(people, "enter/", body(*([good] if rows else []), *rows, month=month), status=422)
    assert said.replace("line 1", "line 2") in page
    if rows:
        assert 'aria-invalid="true"' in page
        assert f'value="{good[0]}"' in page, "what was typed stays"
    assert amounts() == []


def test_more_rows_are_given_without_javascript(people: People, project: str) -> None:
    page = text(people, "enter/", body((project, "5"), more="1"))
    assert page.count('name="project"') == 6
    assert f'value="{project}"' in page
    assert amounts() == []
    preview = text(people, "enter/", body((project, "5"), preview="1"))
    assert "What Bilag posts for October 2026" in preview
    assert amounts() == []


def test_a_file_is_imported_whole(people: People, project: str) -> None:
    checked = text(people, "import/check/", csv(f"Prosjekt;Beløp\n{project};1000,00\n9;5\n"))
    assert "What Bilag posts for October 2026" in checked
    assert amounts() == []
    page = text(people, "import/", csv(f"Prosjekt;Beløp\n{project};1000,00\n9;5\n"))
    assert "Bilag is posting 2 amounts." in page
    assert [(row[1], row[2]) for row in amounts()] == [(project, Decimal("1000.00")), ("9", Decimal("5.00"))]
    without = text(people, "import/", csv(f"project;amount\n{project};3\n", check="1"))
    assert "What Bilag posts for October 2026" in without
    assert len(amounts()) == 2


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        ("", [("1", "", "The header is missing.")]),
        ("project\n1\n", [("1", "Amount", "The column is missing.")]),
        ("project;amount\n", [("2", "", "There are no amounts")]),
        ("project;amount\n1;x\n;2\n3;3\n3;4\n", [("2", "Amount", "x is not an amount."), ("3", "Project", "Enter the project"),
                                                  ("5", "Project", "Project 3 is also on line 4.")]),
        ("project;amount\n" + "1;1\n" * 5001, [("5001", "", "The file has more than 5000 lines.")]),
        ('project;amount\n1;1\n"' + "9" * 140_000, [("3", "", "The line cannot be read.")]),
        ("project;amount\n<b>;<script>\n", [("2", "Amount", "&lt;script&gt; is not an amount.")]),
    ],
)  # fmt: skip
def test_faults_of_a_file_are_told_by_line_and_nothing_is_half_written(
    people: People, project: str, content: str, faults: list[tuple[str, str, str]]
) -> None:
    for path, status in (("import/check/", 200), ("import/", 422)):
        page = text(people, path, csv(content), status=status)
        rows = re.findall(r'<tr><td class="number"[^>]*>(\d+)</td><td[^>]*>([^<]*)</td><td[^>]*><span>([^<]*)<', page)
        assert [(line, column) for line, column, _text in rows] == [(line, column) for line, column, _text in faults]
        assert all(said.startswith(wanted) for (*_, said), (*_, wanted) in zip(rows, faults, strict=True)), rows
    assert amounts() == []


def test_a_file_that_is_none_is_refused(people: People, project: str) -> None:
    assert "Choose a CSV file." in text(people, "import/", {"month": "2026-10"}, status=422)
    large = csv("project;amount\n" + " " * 1024 * 1024)
    assert "larger than 1 MB" in text(people, "import/", large, status=422)
    assert "Choose a month" in text(people, "import/", csv("project;amount\n1;1\n", month="x"), status=422)
    image = {"month": "2026-10", "file": SimpleUploadedFile("a.png", bytes(range(256)))}
    assert "The column is missing." in text(people, "import/", image, status=422)
    assert amounts() == []


def test_a_company_without_the_setting_is_told_where_to_switch_it_on(people: People) -> None:
    page = text(people, "")
    assert "Accrued income is switched off in the setup." in page
    assert "/c/fjell/setup/#accrued_income" in page
    assert "<form" not in page.partition("<main")[2]
    refused = text(people, "enter/", body(("1", "5")), status=409)
    assert "Accrued income is switched off" in refused
    assert amounts() == []


def test_a_viewer_is_told_who_may_and_gets_no_form(people: People, project: str) -> None:
    page = text(people, "", who="viewer")
    assert "<form" not in page.partition("<main")[2]
    assert "you need the role accountant" in page
    for path in ("enter/", "preview/", "import/", "import/check/"):
        assert people.client("viewer").post(PATH + path, body((project, "1"))).status_code == 403
    assert amounts() == []


def test_amounts_of_another_request_are_waited_for_or_refused_in_words(
    people: People, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bilag.jobs.lease import Busy
    from bilag.transfers.accrued_income import amounts as accrued_income

    def busy(*_given: Any, **_more: Any) -> None:
        raise Busy

    monkeypatch.setattr(accrued_income, "give", busy)
    assert "Try again in a minute" in text(people, "enter/", body((project, "1")), status=409)
    assert "Try again in a minute" in text(people, "import/", csv(f"project;amount\n{project};1\n"), status=409)


def test_projects_of_moment_are_suggested(people: People, project: str) -> None:
    now = datetime.now(UTC)
    store_transfer(
        people.world.company_id, kind="project", number=project, name="Rådhuset", state="done", hinted_at=now
    )
    assert f'<option value="{project}">Rådhuset</option>' in text(people, "")


def test_the_schedule_of_an_accrual_is_drawn_with_its_table() -> None:
    from bilag.posting.accrual import ScheduleRow
    from bilag.web.templatetags.accrual_words import schedule_chart

    def row(day: date, left: str) -> ScheduleRow:
        return ScheduleRow(day, "3910", "2965", Decimal(10), None, None, Decimal(left))

    first, last = date(2026, 3, 22), date(2026, 6, 30)
    rows = [row(first, "5000.00"), row(first, "10000.00"), row(date(2026, 4, 30), "5000.00"), row(last, "0.00")]
    shown = schedule_chart(rows)
    assert shown is not None
    heights = [float(bar.height) for bar in shown.chart.bars]
    assert len(heights) == 2, "a balance of zero has no bar"
    assert heights[0] == pytest.approx(2 * heights[1])
    assert shown.chart.bars[0].text == "22 Mar 2026: 10,000.00"
    assert "thousands" in shown.title
    assert "from 22 Mar 2026 to 30 Jun 2026" in shown.desc
    credited = schedule_chart([row(first, "-500.00"), row(last, "0.00")])
    assert credited is not None
    assert credited.chart.bars[0].text == "22 Mar 2026: \u2212500.00"
    assert "thousands" not in credited.title
    assert schedule_chart([row(first, "1.00")]) is None
