"""Reports that are not as they should be: malformed rows, rows twice, pages that never end."""

from typing import Any

import pytest

from tests.support.books import Books


def patched_rows(books: Books, change: Any, times: int = 1) -> None:
    """Let the next page of the report be the true one with something done to its rows."""
    from bilag.companies import store
    from bilag.companies.gateways import platform_for

    side = books.world.hub
    page = platform_for(store.load_setup(books.world.company_id))._client.ask("GET", "reports/standard").value
    change(page["rows"])
    side.fault(kind="answer", times=times, operation="getReport", status=200, json=page)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("netAmount", None, "the net amount"),
        ("netAmount", 1000.0, "the net amount"),
        ("grossAmount", "1.00", "the gross amount is not the sum of the net amount and the VAT amount"),
        ("voucherDate", "11.05.2026", "the voucher date"),
        ("orgUnits", "2", "the field for organisational units"),
        ("journalNumber", "seven", "the journal number"),
        ("entryNumber", 0, "the entry number has the wrong form"),
    ],
)
def test_a_malformed_row_is_told_and_the_others_come_in(books: Books, field: str, value: Any, why: str) -> None:
    from bilag.expenses import queries

    project = books.project()
    for _ in range(3):
        books.post({"project": project["projectNumber"]})

    def spoil(rows: list[dict[str, Any]]) -> None:
        broken = next(row for row in rows if row["accountNumber"] == "4300")
        broken[field] = value

    patched_rows(books, spoil)
    run = books.bring_in()
    assert run.counts["needs_attention"] == 1
    assert len(books.expenses(project)) == 2
    [row] = queries.lines(books.world.company_id, "needs_attention")
    [problem] = queries.as_json(row)["problems"]
    assert why in problem["message"]
    assert 'register it manually in Moment and select "Do not import" here' in problem["remedy"]


def test_a_row_that_is_mended_comes_in(books: Books) -> None:
    project = books.project()
    journal = books.post({"project": project["projectNumber"]})
    patched_rows(books, lambda rows: rows[0].update(netAmount="x"))
    books.bring_in()
    assert books.line(journal).state == "needs_attention"
    books.bring_in(days_back=5)
    assert books.line(journal).state == "done"
    assert len(books.expenses(project)) == 1


def test_rows_that_come_twice_in_a_page_come_in_once(books: Books) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"]})
    patched_rows(books, lambda rows: rows.extend(list(rows)))
    run = books.bring_in()
    assert run.counts["done"] == 1
    assert len(books.expenses(project)) == 1


def test_pages_that_go_round_in_a_circle_end_and_are_told(books: Books) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"]})
    side = books.world.hub
    side.fault(
        kind="answer",
        times=9,
        operation="getReport",
        status=200,
        json={"rows": [], "nextCursor": "ajEuMQ", "hasMore": True},
    )
    run = books.bring_in()
    assert run.problem["code"] == "hub_malformed"
    side.ask("DELETE", "/admin/faults")
    assert books.bring_in().problem is None
    assert len(books.expenses(project)) == 1


@pytest.mark.parametrize("fault", ["bad_gateway", "cut_off", "wrong_content_type", "rate_limited"])
def test_a_hub_in_a_bad_mood_costs_nothing_but_time(books: Books, fault: str) -> None:
    project = books.project()
    books.post({"project": project["projectNumber"]})
    books.world.hub.fault(kind=fault, times=2, operation="getReport")
    for _ in range(4):
        books.bring_in()
    books.world.hub.ask("DELETE", "/admin/faults")
    run = books.bring_in()
    assert run.problem is None or run.problem["code"] == "rate_limited"
    if run.problem is None:
        assert len(books.expenses(project)) == 1


def test_a_cursor_that_the_hub_no_longer_knows_is_no_end_of_imports(books: Books) -> None:
    from bilag.expenses.models import ExpenseMark

    project = books.project()
    books.bring_in()
    ExpenseMark.objects.update(cursor="gone", positioned=True)
    books.post({"project": project["projectNumber"]})
    books.bring_in()
    books.bring_in()
    assert len(books.expenses(project)) == 1
