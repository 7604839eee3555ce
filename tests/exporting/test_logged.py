"""Every export leaves a line in the log, and every Excel file is one that an accountant can work in."""

import asyncio
import csv
import gc
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from tests.support.lived_in import live_through_a_month
from tests.support.patience import wait_for
from tests.support.people import People
from tests.support.world import World

PERIOD = ("--from", "2026-10-01", "--to", "2026-11-30")


def body(answer: Any) -> bytes:
    """The file, read as the server reads it."""
    assert answer.status_code == 200

    async def whole() -> bytes:
        return b"".join([part async for part in answer.streaming_content])

    return asyncio.run(whole())


def exports(company_id: int) -> list[tuple[str, str, str, int]]:
    """Who, what, form and rows of the exports in the log, oldest first."""
    from bilag.events.models import Event

    rows = Event.objects.filter(company_id=company_id, name="exported", facts__has_key="what").order_by("pk")
    return [(row.origin, row.facts["what"], row.facts["form"], int(row.facts["count"])) for row in rows]


def sheets(people: People) -> dict[str, str]:
    """The addresses of the exports that are tables, with what they export."""
    from bilag.reconciliation.models import Reconciliation
    from bilag.rehearsal.models import Rehearsal

    return {
        "transfers/export/": "transfers",
        "log/export/": "log",
        "expenses/export/": "expenses",
        f"reconciliation/{Reconciliation.objects.latest('pk').pk}/export/": "reconciliation",
        f"rehearsal/{Rehearsal.objects.latest('pk').pk}/export/": "rehearsal",
    }


def test_every_export_of_the_pages(people: People) -> None:
    live_through_a_month(people.world)
    client, expected = people.client("viewer"), []
    for path, what in sheets(people).items():
        rows = list(
            csv.reader(io.StringIO(body(client.get(f"/c/fjell/{path}csv/")).decode("utf-8-sig")), delimiter=";")
        )
        expected.append(("viewer@fjell.example", what, "CSV", len(rows) - 1))
        book = load_workbook(io.BytesIO(body(client.get(f"/c/fjell/{path}xlsx/"))))
        assert book.active is not None
        expected.append(("viewer@fjell.example", what, "Excel", book.active.max_row - 1))
        assert client.head(f"/c/fjell/{path}csv/").status_code == 200
    member = people.client("member")
    for form, name in (("csv", "CSV"), ("saft", "SAF-T"), ("beancount", "beancount")):
        given = {"form": form, "from": "2025-01-01", "to": "2027-12-31"}
        file = body(member.post("/c/fjell/tools/export/", given))
        entries = len(file.decode("utf-8-sig").strip().splitlines()) - 1 if form == "csv" else expected[-1][3]
        expected.append(("member@fjell.example", "journal", name, entries))
    assert exports(people.world.company_id) == expected
    assert all(count > 0 for *_rest, count in expected)
    for language, words in (
        ("en", ("Exported", "Reconciliation", "SAF-T · ")),
        ("nb", ("Eksportert", "Avstemming", "SAF-T · ")),
    ):
        page = people.client("viewer", language).get("/c/fjell/log/").content.decode()
        assert [word for word in words if word not in page] == []


def test_a_download_that_is_broken_off_is_in_the_log_too(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.events.exported import RECORDER
    from bilag.web import spreadsheets

    monkeypatch.setattr(spreadsheets, "TOGETHER", 2)
    for _ in range(4):
        people.world.poll()
    answer = people.client("viewer").get("/c/fjell/log/export/csv/")

    async def begin(parts: Any) -> None:
        await anext(parts)
        await anext(parts)
        await parts.aclose()

    asyncio.run(begin(answer.streaming_content))
    gc.collect()
    RECORDER.submit(lambda: None).result()
    # the thread that read the rows may be the last to let go of them
    [(who, what, form, count)] = wait_for(lambda: exports(people.world.company_id), "the line in the log")
    assert (who, what, form) == ("viewer@fjell.example", "log", "CSV")
    assert 2 <= count <= 3


def test_every_export_of_the_command_line(world: World, tmp_path: Path) -> None:
    from bilag.cli.main import app

    live_through_a_month(world)
    files = ("--csv", str(tmp_path / "a.csv"), "--xlsx", str(tmp_path / "a.xlsx"))
    for command, statuses in (
        (("reconcile", "fjell", "--month", "2026-11", *files), (0, 1)),
        (("rehearse", "fjell", "--from", "2026-11-01", "--to", "2026-11-30", *files), (0, 1)),
        (("export", "csv", "fjell", *PERIOD, "--out", str(tmp_path / "j.csv")), (0,)),
        (("audit", "fjell", "--from", "2020-01-01", "--to", "2099-12-31", "--out", str(tmp_path / "t.jsonl")), (0,)),
        (("company", "export", "fjell", "--out", str(tmp_path / "all.zip")), (0,)),
    ):
        done = CliRunner().invoke(app, list(command))
        assert done.exit_code in statuses, done.output
    found = exports(world.company_id)
    assert [one[:3] for one in found] == [
        ("bilag reconcile", "reconciliation", "CSV"),
        ("bilag reconcile", "reconciliation", "Excel"),
        ("bilag rehearse", "rehearsal", "CSV"),
        ("bilag rehearse", "rehearsal", "Excel"),
        ("bilag export csv", "journal", "CSV"),
        ("bilag audit", "trail", "JSON"),
        ("bilag company export", "archive", "zip"),
    ]
    assert [one[3] for one in found][5] == len((tmp_path / "t.jsonl").read_text().splitlines())
    assert all(count > 0 for *_rest, count in found)


DAYS = {"nb": "dd.mm.yyyy", "en": "d mmm yyyy"}


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_excel_file(people: People, language: str) -> None:
    """Bold frozen heading, filters, widths, dates that are dates, amounts with two decimals; times say that they are Oslo's."""
    live_through_a_month(people.world)
    seen = set()
    for path, what in sheets(people).items():
        book = load_workbook(io.BytesIO(body(people.client("viewer", language).get(f"/c/fjell/{path}xlsx/"))))
        sheet = book.active
        assert sheet is not None
        heading = next(sheet.iter_rows(min_row=1, max_row=1))
        assert all(cell.font.bold and cell.value for cell in heading), what
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions, what
        for cell in heading:
            width = sheet.column_dimensions[cell.column_letter].width
            assert 8 <= width <= 100
            assert len(str(cell.value)) <= width, (what, cell.value)
        for row in sheet.iter_rows(min_row=2):
            for cell, title in zip(row, heading, strict=True):
                assert not re.fullmatch(r"\d{4}-\d\d-\d\d.*", str(cell.value)) or cell.is_date, "a date as text"
                if isinstance(cell.value, datetime):
                    is_time = "hh" in cell.number_format
                    seen.add("time" if is_time else "date")
                    assert cell.number_format == DAYS[language] + (" hh:mm:ss" if is_time else "")
                    assert is_time == str(title.value).endswith(" (Oslo)")
                elif isinstance(cell.value, int | float) and "," in cell.number_format:
                    seen.add("amount")
                    assert cell.number_format == "#,##0.00"
    assert seen == {"time", "date", "amount"}


def build(rows: Callable[[], Any], widths: tuple[int, ...] = ()) -> Any:
    from bilag.web.spreadsheets import excel_file

    with excel_file("Title", ["Number", "Day", "At", "Amount", "Text"], rows, widths, "more", language="nb") as file:
        return load_workbook(file).active


def test_the_sheet_itself(migrated: None) -> None:
    at = datetime(2026, 11, 30, 13, 4, 5)  # noqa: DTZ001 - a sheet has no time zone
    row = [7, date(2026, 11, 30), at, Decimal("-12500.50"), "=1+1 " + "long " * 100]
    sheet = build(lambda: iter([row] * 1500))
    assert sheet.max_row == 1501
    assert [cell.value for cell in sheet[2]][:4] == [7, at.replace(hour=0, minute=0, second=0), at, -12500.5]
    assert sheet["E2"].value.startswith("'=1+1")
    assert sheet["E2"].alignment.wrap_text
    assert [sheet.column_dimensions[letter].width for letter in "ABCDE"] == [10, 13, 22, 12, 60]
    assert sheet["C1"].value == "At (Oslo)"
    assert sheet.auto_filter.ref == "A1:E1501"


def test_an_empty_sheet_has_its_heading_and_widths_that_are_given_count(migrated: None) -> None:
    sheet = build(lambda: iter([]), (33,))
    assert sheet.max_row == 1
    assert sheet.column_dimensions["A"].width == 33
    assert sheet.auto_filter.ref == "A1:E1"


def test_a_time_of_an_export_is_oslo_s(migrated: None) -> None:
    from bilag.web.spreadsheets import oslo_clock

    assert oslo_clock(datetime(2026, 7, 1, 12, tzinfo=UTC)) == datetime(2026, 7, 1, 14, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize("count", [499, 500, 501, 1000, 1001, 1502])
def test_no_row_is_lost_between_two_pieces(migrated: None, count: int) -> None:
    from bilag.web.spreadsheets import csv_pieces

    text = b"".join(csv_pieces(["Number"], iter([[number] for number in range(count)]))).decode("utf-8-sig")
    assert text.split() == ["Number", *map(str, range(count))]
    sheet = build(lambda: iter([[number, None, None, None, None] for number in range(count)]))
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == list(range(count))


def test_a_cell_is_as_long_as_excel_allows_which_counts_an_emoji_twice(migrated: None) -> None:
    sheet = build(
        lambda: iter([[1, None, None, None, text] for text in ("🧾" * 40_000, "x" + "🧾" * 40_000, "å" * 40_000)])
    )
    for row in (2, 3, 4):
        text = sheet[f"E{row}"].value
        assert 31_990 <= len(text.encode("utf-16-le")) // 2 <= 32_767
        assert "\ufffd" not in text
