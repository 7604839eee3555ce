"""The start page: a user's companies, sorted, filtered and searched; a member of one company goes straight to it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.people import People

NOW = datetime.now(UTC)
REFUSED = {"code": "moment_company_unknown", "subject": "setup moment.company_id", "facts": {}}


def company(slug: str, name: str, **fields: Any) -> Any:
    from bilag.companies.models import Company, Source

    row = Company.objects.create(slug=slug, name=name, webhook_token="-", webhook_digest=slug, **fields)
    Source.objects.create(company=row, key=slug)
    return row


@pytest.fixture
def console(people: People) -> Callable[..., str]:
    """The start page of the operator."""

    def get(query: str = "", who: str = "operator", language: str = "en", **headers: str) -> str:
        answer = people.client(who, language).get(f"/{query}", headers=headers)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())

    return get


def names(page: str) -> list[str]:
    return re.findall(r'class="name"[^>]*>([^<]+)<', page)


def transfer(row: Any, number: int, state: str, hours_ago: int = 0, done_hours_ago: int | None = None) -> None:
    from bilag.transfers.models import Transfer

    done_at = None if done_hours_ago is None else NOW - timedelta(hours=done_hours_ago)
    Transfer.objects.create(
        company=row, source=row.sources.get(), kind="invoice", number=str(number), state=state,
        hinted_at=NOW - timedelta(hours=hours_ago), done_at=done_at,
    )  # fmt: skip


def test_names_are_in_norwegian_order(console: Callable[..., str]) -> None:
    some = [
        "Åmot AS",
        "Ærlig AS",
        "Zeta AS",
        "østre AS",
        "aktiv AS",
        "Aas AS",
        "Ælde AS",
        "Ødegård AS",
        "Éclair AS",
        "Dal AS",
    ]
    for number, name in enumerate(some):
        company(f"n{number}", name, organisation_number="000")
    expected = [
        "aktiv AS",
        "Dal AS",
        "Éclair AS",
        "Zeta AS",
        "Ælde AS",
        "Ærlig AS",
        "Ødegård AS",
        "østre AS",
        "Åmot AS",
        "Aas AS",
    ]
    assert names(console("?sort=name&q=000")) == expected
    assert names(console("?sort=-name&q=000")) == expected[::-1]


def test_states_are_told_in_words_and_filtered(console: Callable[..., str]) -> None:
    since = NOW.date()
    company("a", "Alfa", live=True, live_since=since)
    company("b", "Beta", live=True, live_since=since, paused=REFUSED, paused_at=NOW)
    company("c", "Gamma")
    company("d", "Delta", live_since=since)
    for state, name, word in (
        ("live", "Alfa", "Switched on"), ("paused", "Beta", "Paused"),
        ("new", "Gamma", "Not yet switched on"), ("stopped", "Delta", "Switched off"),
    ):  # fmt: skip
        page = console(f"?state={state}")
        assert name in names(page)
        assert set(re.findall(r'<span class="pill[^"]*">([^<]+)</span>', page)) == {word}
    assert names(console())[0] == "Beta", "what needs attention is first"
    assert "company" in console("?state=paused").partition('class="to-do"')[2][:400], "the reason of the pause is told"
    assert "Ikke slått på ennå" in console("?state=new", language="nb")


def test_what_needs_attention_is_counted_and_leads_to_it(console: Callable[..., str]) -> None:
    from bilag.companies.models import Ledger
    from bilag.expenses.models import ExpenseLine
    from bilag.notifications.models import OpenCause

    quiet, busy = company("quiet", "Quiet AS"), company("busy", "Busy AS")
    transfer(quiet, 1, "done", done_hours_ago=1)
    transfer(busy, 2, "needs_attention")
    transfer(busy, 3, "needs_attention")
    transfer(busy, 4, "waiting")
    lines: list[dict[str, Any]] = [
        {"state": "needs_attention", "needs_review": True},
        {"state": "done", "moment_id": 1, "needs_review": True},
        {"state": "needs_attention"},
        {"state": "ignored"},
    ]
    for journal, fields in enumerate(lines, 1):
        ExpenseLine.objects.create(company=busy, journal=journal, entry=1, **fields)
    problem = {"code": "reconciliation_missing", "subject": "company", "facts": {"month": "2026-10", "count": "1"}}
    for found in ("missing", "differing"):  # one month, two causes
        OpenCause.objects.create(company=busy, key=f"reconciliation|{found}|2026-10", problem=problem, count=1, path="")
    OpenCause.objects.create(company=quiet, key="reconciliation|x", problem=problem, count=1, path="", closed_at=NOW)
    ahead = {"since": NOW.isoformat(), "how": "night", "count": 1, "documents": []}
    Ledger.objects.create(company=busy, key="l", platform_kind="azets", ahead=ahead)
    page = console("?attention=yes")
    assert names(page) == ["Busy AS"]
    for path, text in (
        ("attention/", "2 transfers"), ("attention/", "3 expenses"),
        ("reconciliation/", "1 month with differences"), ("recover/", "Accounting has vouchers"),
    ):  # fmt: skip
        assert re.search(rf'href="/c/busy/{re.escape(path)}">{text}', page), text
    assert "Busy AS" not in names(console("?attention=no"))
    assert "Quiet AS" in names(console("?attention=no"))


def test_times_sort_and_filter(console: Callable[..., str]) -> None:
    from bilag.transfers.models import PollMark

    old, new = company("old", "Old AS"), company("new", "New AS")
    company("never", "Never AS")
    only = "&q=%20AS"
    transfer(old, 1, "waiting", hours_ago=50)
    transfer(new, 2, "queued", hours_ago=2)
    transfer(old, 3, "done", done_hours_ago=24 * 40)
    transfer(new, 4, "done", done_hours_ago=30)
    PollMark.objects.create(company=old, kind="invoice", polled_at=NOW - timedelta(hours=30))
    PollMark.objects.create(company=old, kind="customer", polled_at=NOW - timedelta(hours=40))
    PollMark.objects.create(company=new, kind="invoice", polled_at=NOW)
    assert names(console(f"?sort=oldest{only}"))[:2] == ["Old AS", "New AS"]
    assert names(console(f"?sort=-oldest{only}"))[:2] == ["New AS", "Old AS"]
    polled = names(console(f"?sort=-polled{only}"))
    assert polled.index("New AS") < polled.index("Old AS") < polled.index("Never AS")
    posted = names(console(f"?sort=posted{only}"))
    assert posted.index("Never AS") < posted.index("Old AS") < posted.index("New AS")
    assert names(console("?waiting=day")) == ["Old AS"]
    assert set(names(console("?waiting=hour"))) == {"Old AS", "New AS"}
    assert "New AS" not in names(console("?polled=hour"))
    assert {"Old AS", "Never AS"} <= set(names(console("?polled=day")))
    assert "New AS" in names(console("?posted=day"))
    month = names(console("?posted=month"))
    assert "Old AS" in month
    assert "New AS" not in month
    page = console("?sort=oldest")
    assert re.findall(r'aria-sort="(\w+)"', page) == ["ascending"]
    assert "2 days ago" in page
    assert "for 2 dager siden" in console("?sort=oldest", language="nb")


@pytest.mark.parametrize("typed", ["ØDEG", "ødeg", "o-gard", "999 888 777", "999888777"])
def test_search_finds_a_company_by_name_short_name_or_number(console: Callable[..., str], typed: str) -> None:
    company("o-gard", "Ødegård 100% AS", organisation_number="999888777")
    company("other", "Andre AS", organisation_number="111")
    assert names(console(f"?q={typed}")) == ["Ødegård 100% AS"]


def test_a_search_is_no_pattern(console: Callable[..., str]) -> None:
    company("a", "Alfa AS")
    for typed in ("%25", "_", "\\", "'", '"<script>'):
        assert "No company matches" in console(f"?q={typed}"), typed


@pytest.mark.parametrize(
    "query",
    ["?state=x", "?sort=x", "?sort=--name", "?page=0", "?page=x", "?page=99999999999", "?polled=1", "?attention=%00"],
)
def test_an_odd_query_is_a_plain_list(console: Callable[..., str], people: People, query: str) -> None:
    answer = people.client("operator").get(f"/{query}", follow=True)
    assert answer.status_code == 200
    assert "Fjell" in answer.content.decode()


def test_every_company_is_on_one_page_and_nothing_is_cut_in_silence(
    console: Callable[..., str], people: People
) -> None:
    from bilag.companies.models import Company

    for number in range(250):
        company(f"p{number}", f"Firma {number:03}")
    seen: list[str] = []
    path = "?sort=name&q=Firma"
    pages = []
    while path:
        page = console(path)
        pages.append(re.sub(r"\s+", " ", page))
        seen += names(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"Firma {number:03}" for number in range(250)]
    assert "1–100 of 250" in pages[0]
    assert "201–250 of 250" in pages[2]
    answer = people.client("operator").get("/?page=99&sort=name")
    assert (answer.status_code, answer["Location"]) == (302, "/?sort=name"), "a page behind the last leads to the first"
    assert Company.objects.count() == 252


def test_statements_do_not_grow_with_the_companies(console: Callable[..., str], people: People) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = people.client("operator")

    def statements(query: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/{query}").status_code == 200
        return len(found)

    before = {query: statements(query) for query in ("", "?sort=posted", "?attention=yes&posted=day")}
    for number in range(60):
        row = company(f"s{number}", f"Firma {number}", live=True, paused=REFUSED if number % 3 else None)
        transfer(row, number, "needs_attention")
        transfer(row, number + 1000, "done", done_hours_ago=1)
    assert {query: statements(query) for query in before} == before
    assert max(before.values()) <= 5, before  # session, user, rows, totals, worker


def test_htmx_gets_the_table_only(console: Callable[..., str]) -> None:
    part = console("?q=fjell", **{"HX-Request": "true", "HX-Target": "found"})
    assert "<html" not in part
    assert names(part)
    assert 'id="figures" hx-swap-oob="true"' in part, "the counts say which filter holds"
    assert "hx-swap-oob" not in console("?q=fjell")


def test_a_member_sees_the_own_companies_only_and_of_one_goes_straight_to_it(people: People) -> None:
    from bilag.members.models import Membership, User

    answer = people.client("viewer").get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/c/fjell/")
    more = company("more", "Mer AS")
    company("hidden", "Skjult AS")
    viewer = User.objects.get(email="viewer@fjell.example")
    Membership.objects.create(company=more, user=viewer, role="viewer")
    page = people.client("viewer").get("/").content.decode()
    assert "Mer AS" in page
    assert "Skjult AS" not in page
    assert "New company" not in page
    searched = people.client("viewer").get("/?q=Mer")
    assert searched.status_code == 200, "a search that finds one stays a list"


def test_a_silent_worker_is_told_on_top(console: Callable[..., str]) -> None:
    assert "nothing is transferred for any company" in console()


def test_a_name_is_text_and_no_markup(console: Callable[..., str]) -> None:
    company("evil", "<script>alert(1)</script>")
    page = console()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
