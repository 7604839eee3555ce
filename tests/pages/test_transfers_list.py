"""The list of transfers: searched, filtered, sorted, paged without loss; retried by cause; exported."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from bilag.transfers.models import Transfer
from tests.support.people import People
from tests.support.transfers import store_transfer

Page = Callable[..., str]


def numbers(html: str) -> list[str]:
    """The numbers of the rows, in order."""
    return re.findall(r'/transfers/\d+/">([^<]+)</a>', html)


@pytest.fixture
def row(people: People) -> Callable[..., Transfer]:
    """Makes a transfer of the company."""
    from bilag.companies.models import Company

    company = Company.objects.get(slug=people.slug)

    def made(number: object, **fields: Any) -> Transfer:
        values = {"kind": "invoice", "state": "done", "hinted_at": timezone.now(), **fields}
        return store_transfer(company.pk, number=str(number), **values)

    return made


def problem(code: str = "account_inactive", **facts: str) -> dict[str, Any]:
    return {"code": code, "subject": "line 1", "facts": facts, "said": None}


def test_before_anything_came_the_page_says_what_will(page: Page) -> None:
    assert "No transfers yet" in page("transfers/")


def test_an_object_is_found_by_its_number_its_customer_or_words_of_its_name(
    page: Page, row: Callable[..., Transfer]
) -> None:
    row(10042, customer_number="20001", name="Ærlig & Åpen Arkitektur AS")
    row(10043, customer_number="20002", name="Nordlys Bygg AS")
    row("20001", kind="customer", name="Ærlig & Åpen Arkitektur AS")
    assert numbers(page("transfers/", q="10043")) == ["10043"]
    assert sorted(numbers(page("transfers/", q="20001"))) == ["10042", "20001"]
    assert numbers(page("transfers/", q="nordl byg")) == ["10043"]
    assert sorted(numbers(page("transfers/", q="åpen ark"))) == ["10042", "20001"]
    nothing = page("transfers/", q="ukjent")
    assert numbers(nothing) == []
    assert "No matches" in nothing


NAMES = (
    *(
        "Ærlig & Åpen Arkitektur AS",
        "O'Brien ' Sønn",
        "it''s \\\\ back\\slash",
        "Foo_bar-baz A/S",
        "nordlys.no AS",
        "post@fjell.example",
    ),
    *("17/nordlys", "3.14 kvadrat", "<b>fet</b> skrift", "«Sitat» – strek", "", "ørsted ØRSTED", "x" * 200),
)
WORDS = "åpen O brien s it back slash foo_bar bar baz no nordlys fet ørsted xxx"


@pytest.mark.parametrize("word", WORDS.split())
def test_the_words_of_a_company_are_found_as_words_alone_would_be(row: Callable[..., Transfer], word: str) -> None:
    """The index has each word behind the id of its company: the list finds what a query for the bare words finds."""
    from bilag.web.transfers_pages.filters import Filters
    from bilag.web.transfers_pages.search import found

    rows = [row(10042 + place, name=name) for place, name in enumerate(NAMES)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select number from transfers_transfer where name_words @@ to_tsquery('simple', %s) order by id",
            [" & ".join(f"{one}:*" for one in word.split())],
        )
        expected = [number for (number,) in cursor.fetchall()]
    assert [one.number for one in found(rows[0].company_id, Filters(q=word)).order_by("id")] == expected


def test_a_search_reads_the_words_of_one_company(row: Callable[..., Transfer]) -> None:
    """An index of all companies' words has a million rows with a word of many names."""
    from bilag.web.transfers_pages.search import _searched

    company = row(10042, name="Nordlys AS").company_id
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        plan = Transfer.objects.filter(_searched(company, "Nordlys")[-1]).explain()
    assert "Bitmap Index Scan on transfer_company_words" in plan
    assert f"'''{company}/nordlys'':*'::tsquery" in plan


@pytest.mark.parametrize("text", ["10042", "Nordlys", "Nordlys 20001"])
def test_no_search_reads_indexes_through_all_companies(row: Callable[..., Transfer], text: str) -> None:
    """Without the company first, PostgreSQL looks for a number in each company's part of an index."""
    from bilag.web.transfers_pages import search
    from bilag.web.transfers_pages.filters import Filters

    company = row(10042, name="Nordlys AS", customer_number="20001").company_id
    with CaptureQueriesContext(connection) as captured:
        search.page(company, Filters(q=text))
    read = [one["sql"].partition(" IN (SELECT ")[0] for one in captured]
    assert len(read) >= 4
    assert all(f'"transfers_transfer"."company_id" = {company}' in sql for sql in read), read


@pytest.mark.parametrize("rubbish", ["'", "a & | !", ":*", "\\", "%", "<script>alert(1)</script>", "\x00", "ø" * 500])
def test_whatever_is_searched_for_is_only_searched_for(page: Page, row: Callable[..., Transfer], rubbish: str) -> None:
    row(10042, name="Nordlys")
    html = page("transfers/", q=rubbish)
    assert "<script>alert" not in html


def test_filters_by_kind_state_and_day_go_together(page: Page, row: Callable[..., Transfer]) -> None:
    now = timezone.now()
    row(1, state="needs_attention", problems=[problem(account="3025")])
    row(2)
    row("P1", kind="project")
    row(3, hinted_at=now - timedelta(days=40))
    assert numbers(page("transfers/", state="needs_attention")) == ["1"]
    assert numbers(page("transfers/", kind="project")) == ["P1"]
    assert numbers(page("transfers/", kind="invoice", end=(now - timedelta(days=30)).date().isoformat())) == ["3"]
    assert len(numbers(page("transfers/", kind="nonsense", state="x", begin="yesterday"))) == 4


def test_the_list_is_sorted_as_wished(page: Page, row: Callable[..., Transfer]) -> None:
    now = timezone.now()
    for number, total, done in ((1, "5.00", 3), (2, "900.50", 1), (3, "-10.00", 2)):
        row(number, total=Decimal(total), currency="NOK", done_at=now - timedelta(hours=done))
    assert numbers(page("transfers/")) == ["3", "2", "1"]
    assert numbers(page("transfers/", sort="oldest")) == ["1", "2", "3"]
    assert numbers(page("transfers/", sort="done")) == ["2", "3", "1"]
    assert numbers(page("transfers/", sort="done_first")) == ["1", "3", "2"]
    assert numbers(page("transfers/", sort="total")) == ["2", "1", "3"]
    assert numbers(page("transfers/", sort="total_least")) == ["3", "1", "2"]


def test_a_heading_sorts_by_its_column_and_then_the_other_way_round(
    people: People, row: Callable[..., Transfer]
) -> None:
    row(1, total=Decimal(5))
    client, address = people.client("owner"), f"/c/{people.slug}/transfers/?kind=invoice"
    for sort, order in (("total", "descending"), ("total_least", "ascending"), ("total", "descending")):
        link = re.search(r'<a class="sort" href="([^"]+)">Total<', client.get(address).content.decode())
        assert link is not None
        assert unescape(link[1]) == f"?kind=invoice&sort={sort}"
        address = f"/c/{people.slug}/transfers/{unescape(link[1])}"
        assert f'<th scope="col" class="number w-total" aria-sort="{order}">' in client.get(address).content.decode()


def test_the_chosen_density_is_kept(people: People, row: Callable[..., Transfer]) -> None:
    row(1)
    client, address = people.client("owner"), f"/c/{people.slug}/transfers/"
    for asked, shown in (
        ("", False),
        ("?density=compact", True),
        ("", True),
        ("?density=no", True),
        ("?density=comfortable", False),
    ):
        assert ("stack lines fixed compact" in client.get(address + asked).content.decode()) is shown, asked


def test_a_row_is_one_line_and_says_when_it_was_received(page: Page, row: Callable[..., Transfer]) -> None:
    received = timezone.now() - timedelta(days=3)
    row(7, state="needs_attention", problems=[problem(account="3025")], hinted_at=received, name="Nordlys " * 20)
    html = page("transfers/")
    cells = html.partition("<tbody")[2].partition("</tbody>")[0]
    assert "3025" not in re.sub(r' title="[^"]*"', "", cells), "the sentence is on its page"
    from bilag.web.templatetags.bilag import oslo

    assert f">{oslo(received, 'short')}<" in cells


@pytest.mark.parametrize("sort", ["newest", "oldest", "done", "done_first", "total", "total_least"])
def test_paging_forth_and_back_loses_and_repeats_nothing_also_where_values_are_equal(
    people: People, row: Callable[..., Transfer], sort: str
) -> None:
    same = timezone.now()
    for number in range(123):
        row(number, total=Decimal(number // 40), done_at=same - timedelta(minutes=number // 40))
    client = people.client("owner")

    def follow(address: str, label: str) -> Iterator[list[str]]:
        while address:
            html = client.get(address).content.decode()
            yield numbers(html)
            link = re.search(rf'href="([^"]+)">{label}<', html)
            last[0] = address
            address = f"/c/{people.slug}/transfers/{unescape(link[1])}" if link else ""

    last = [""]
    forth = [number for some in follow(f"/c/{people.slug}/transfers/?sort={sort}", "Next") for number in some]
    assert len(forth) == len(set(forth)) == 123
    back = list(follow(last[0], "Previous"))
    assert [number for some in reversed(back) for number in some] == forth


def test_a_page_asks_the_database_as_often_for_many_rows_as_for_few(
    people: People, row: Callable[..., Transfer]
) -> None:
    client = people.client("owner")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(f"/c/{people.slug}/transfers/").status_code == 200
        return len(caught)

    row(1, state="needs_attention", problems=[problem(account="3025")])
    few = queries()
    for number in range(2, 60):
        row(number, state="needs_attention", problems=[problem(account=str(3000 + number % 3))])
    assert queries() == few


def test_all_that_share_a_cause_are_told_once_and_tried_again_together(
    people: People, page: Page, row: Callable[..., Transfer]
) -> None:
    for number in range(1, 6):
        account = "3025" if number < 4 else "3030"
        row(number, state="needs_attention", problems=[problem(account=account)])
    html = page("attention/")
    keys = re.findall(r'name="cause" value="([^"]+)"', html)
    assert len(keys) == 2
    assert "3 documents" in html
    assert sorted(numbers(page("transfers/", cause=unescape(keys[0])))) == ["1", "2", "3"]
    answer = people.client("member").post(f"/c/{people.slug}/transfers/retry/", {"cause": unescape(keys[0])})
    assert answer.status_code == 302
    states = dict(Transfer.objects.values_list("number", "state"))
    assert states == {"1": "queued", "2": "queued", "3": "queued", "4": "needs_attention", "5": "needs_attention"}


def test_chosen_ones_are_tried_again_and_those_of_others_are_not(people: People, row: Callable[..., Transfer]) -> None:
    from bilag.companies.models import Company

    mine = row(1, state="needs_attention", problems=[problem()])
    theirs = store_transfer(
        Company.objects.get(slug=people.other_slug).pk,
        kind="invoice",
        number="7",
        state="needs_attention",
        hinted_at=timezone.now(),
    )
    client = people.client("member")
    address = f"/c/{people.slug}/transfers/retry/"
    said = client.post(address, {"id": [mine.pk, theirs.pk, "x", "9" * 30]}, follow=True).content.decode()
    assert "Retrying 1 transfer." in said
    assert Transfer.objects.get(pk=mine.pk).state == "queued"
    assert Transfer.objects.get(pk=theirs.pk).state == "needs_attention"
    assert "Nothing was selected" in client.post(address, {}, follow=True).content.decode()
    assert client.post(address, {"next": "https://evil.example/"}).headers["location"] == f"/c/{people.slug}/transfers/"


def body(response: Any) -> bytes:
    """A streamed answer, whole."""
    import asyncio

    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    if response.is_async:
        return asyncio.run(read())
    return b"".join(response.streaming_content)


def test_the_filtered_list_is_exported_with_numbers_as_numbers_and_no_formulas(
    people: People, row: Callable[..., Transfer]
) -> None:
    row(10042, name="=cmd|' /C calc'!A0", total=Decimal("1234.50"), currency="NOK", done_at=timezone.now())
    row(10043, name="Ærlig & Åpen", total=Decimal("-8.25"), currency="NOK", state="queued")
    row("P1", kind="project")
    client = people.client("viewer")
    text = body(client.get(f"/c/{people.slug}/transfers/export/csv/", {"kind": "invoice"})).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [line[0] for line in lines] == ["Number", "10043", "10042"]
    assert lines[1][3:5] == ["Ærlig & Åpen", "-8,25"]
    assert lines[2][3] == "'=cmd|' /C calc'!A0"
    sheet = load_workbook(
        io.BytesIO(body(client.get(f"/c/{people.slug}/transfers/export/xlsx/", {"kind": "invoice"})))
    ).active
    assert sheet is not None
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert cells[2][0] == 10042
    assert float(cells[2][4]) == 1234.5
    assert cells[2][3] == "'=cmd|' /C calc'!A0"
    assert client.get(f"/c/{people.slug}/transfers/export/pdf/").status_code == 404
