"""What needs attention: one row for each cause, handled by members, and only there when something has stopped."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from bilag.events.models import Event
from bilag.inbox.models import CauseHandling
from bilag.inbox.open_problems import cause_of
from bilag.members.models import User
from bilag.transfers.models import Transfer
from tests.support.people import People
from tests.support.transfers import store_transfer

Page = Callable[..., str]
ACCOUNT = cause_of("transfers|account_inactive|3025")


def text(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture
def stopped(people: People) -> Callable[..., Transfer]:
    """Makes a transfer that needs attention."""

    def made(
        number: object, code: str = "account_inactive", *, facts: dict[str, str] | None = None, **fields: Any
    ) -> Transfer:
        said = {"account": "3025"} if facts is None else facts
        problem = {"code": code, "subject": "line 1", "facts": {"invoice": str(number), **said}, "said": None}
        values = {
            "kind": "invoice",
            "state": "needs_attention",
            "problems": [problem],
            "hinted_at": timezone.now(),
            **fields,
        }
        return store_transfer(people.world.company_id, number=str(number), **values)

    return made


def test_it_is_empty_when_nothing_has_stopped(page: Page) -> None:
    assert "Nothing needs attention" in page("attention/")
    assert "Ingenting krever handling" in page("attention/", language="nb")


def test_one_row_tells_cause_count_amount_age_and_who_can_fix_it(page: Page, stopped: Callable[..., Transfer]) -> None:
    now = timezone.now()
    stopped(1, total=Decimal("1000.50"), currency="NOK", hinted_at=now - timedelta(days=3, hours=1))
    stopped(2, total=Decimal("-200.25"), currency="NOK")
    stopped(3, total=Decimal("10.00"), currency="EUR")
    stopped(4, facts={"account": "3030"})
    rows = re.findall(r'<li class="cause".*?</li>', page("attention/"), re.DOTALL)
    assert len(rows) == 2
    first = text(rows[0])
    assert "Account 3025 is inactive in the accounting system." in first, (
        "not one of the invoices, for it is about three"
    )
    assert "invoice 1" not in first
    assert "3 documents" in first
    assert "10.00 EUR" in first
    assert "800.25 NOK" in first
    assert "(3 days)" in first.replace("\N{NO-BREAK SPACE}", " ")
    assert "Can be fixed by the accountant" in first
    assert "invoice 4" in text(rows[1]), "a single one is named"


def test_a_cause_opens_to_its_documents_which_are_retried_together(
    people: People, page: Page, stopped: Callable[..., Transfer]
) -> None:
    ids = [stopped(number).pk for number in (1, 2)]
    other = stopped(3, facts={"account": "3030"}).pk
    html = page(f"attention/{ACCOUNT}/", who="accountant")
    assert re.findall(r"/transfers/(\d+)/", html) == [str(pk) for pk in reversed(ids)]
    key = unescape(re.findall(r'name="cause" value="([^"]+)"', html)[0])
    answer = people.client("accountant").post(
        "/c/fjell/transfers/retry/", {"cause": key, "next": f"/c/fjell/attention/{ACCOUNT}/"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == f"/c/fjell/attention/{ACCOUNT}/"
    assert set(Transfer.objects.filter(state="queued").values_list("pk", flat=True)) == set(ids)
    assert Transfer.objects.get(pk=other).state == "needs_attention"


def test_a_resolved_cause_says_so_and_keeps_what_was_said(
    people: People, page: Page, stopped: Callable[..., Transfer]
) -> None:
    row = stopped(1)
    client = people.client("accountant")
    client.post(f"/c/fjell/attention/{ACCOUNT}/comment/", {"text": "Ringte <b>revisor</b>"})
    Transfer.objects.filter(pk=row.pk).update(state="done")
    html = page(f"attention/{ACCOUNT}/")
    assert "Nothing with this cause needs attention any more." in html
    assert "Ringte &lt;b&gt;revisor&lt;/b&gt;" in html
    assert people.client("owner").get("/c/fjell/attention/0123456789abcdef/").status_code == 404
    assert people.client("owner").get("/c/fjell/attention/x/").status_code == 404
    late = client.post(f"/c/fjell/attention/{ACCOUNT}/comment/", {"text": "for sent"}, follow=True)
    assert "Nothing with this cause needs attention any more." in late.content.decode()
    assert Event.objects.filter(name="cause_commented").count() == 1


def test_it_is_assigned_to_a_member_and_found_by_them(
    people: People, page: Page, stopped: Callable[..., Transfer]
) -> None:
    stopped(1)
    stopped(2, facts={"account": "3030"})
    member = User.objects.get(email="member@fjell.example")
    address = f"/c/fjell/attention/{ACCOUNT}/assign/"
    client = people.client("accountant")
    client.post(address, {"user": member.pk})
    assert "member@fjell.example" in page("attention/")
    assert len(re.findall('class="cause"', page("attention/?mine=1", who="member"))) == 1
    assert "Nothing is assigned to you" in page("attention/?mine=1")
    viewer = User.objects.get(email="viewer@fjell.example").pk
    for wrong in (viewer, User.objects.get(email="stranger@fjell.example").pk, "x", "9" * 30, "-1"):
        answer = client.post(address, {"user": wrong}, follow=True)
        assert "Choose a member of the company." in answer.content.decode()
    assert CauseHandling.objects.get().assigned_to == member
    client.post(address, {"user": ""})
    assert CauseHandling.objects.get().assigned_to is None
    assert "accountant@fjell.example assigned it to member@fjell.example" in text(page(f"attention/{ACCOUNT}/"))


def test_a_snoozed_cause_stands_last_until_its_time_or_until_it_grows(
    people: People, page: Page, stopped: Callable[..., Transfer]
) -> None:
    stopped(1)
    stopped(2)
    stopped(3, facts={"account": "3030"})
    address = f"/c/fjell/attention/{ACCOUNT}/snooze/"
    client = people.client("accountant")
    for wrong in ("", "400", "-1", "x", "2"):
        assert "Choose for how many days." in client.post(address, {"days": wrong}, follow=True).content.decode()
    client.post(address, {"days": "3"})

    def order() -> list[str]:
        return re.findall(r'class="cause-title"[^>]*>Account (30\d\d)', page("attention/"))

    assert order() == ["3030", "3025"]
    assert "Snoozed until" in page("attention/")
    assert '<span class="pill bad">3</span>' in page(""), "it still counts as needing attention"
    stopped(4)
    assert order() == ["3025", "3030"], "one more document has the cause"
    client.post(address, {"days": "1"})
    assert order() == ["3030", "3025"]
    CauseHandling.objects.update(snoozed_until=timezone.now() - timedelta(seconds=1))
    assert order() == ["3025", "3030"]
    client.post(address, {"days": "1"})
    client.post(address, {"days": "0"})
    assert order() == ["3025", "3030"]


def test_selected_documents_are_excluded_for_a_reason(people: People, stopped: Callable[..., Transfer]) -> None:
    rows = [stopped(number) for number in (1, 2, 3)]
    client, back = people.client("accountant"), f"/c/fjell/attention/{ACCOUNT}/"
    address = "/c/fjell/transfers/exclude/"
    some = {"id": [rows[0].pk, rows[1].pk], "next": back}
    assert "Nothing was excluded. Choose why." in client.post(address, some, follow=True).content.decode()
    assert "Nothing was selected." in client.post(address, {"next": back}, follow=True).content.decode()
    wrong = client.post(address, {**some, "excluded_as": "why_not"}, follow=True).content.decode()
    assert "Nothing was excluded." in wrong
    assert Transfer.objects.filter(state="needs_attention").count() == 3
    client.post(address, {**some, "excluded_as": "to_post_manually", "note": "Årsoppgjør"})
    kept = dict(Transfer.objects.values_list("number", "excluded_as"))
    assert kept == {"1": "to_post_manually", "2": "to_post_manually", "3": None}
    listed = client.get("/c/fjell/transfers/?reason=excluded").content.decode()
    assert re.findall(r'/transfers/\d+/">([^<]+)<', listed) == ["2", "1"]
    client.post(f"/c/fjell/transfers/{rows[0].pk}/exclude/", {"excluded_as": "posted_manually"})
    assert re.findall(
        r'/transfers/\d+/">([^<]+)<', client.get("/c/fjell/transfers/?reason=excluded").content.decode()
    ) == ["2"]


def test_a_viewer_reads_and_is_told_who_may_do_more(
    people: People, page: Page, stopped: Callable[..., Transfer]
) -> None:
    stopped(1)
    for path in ("attention/", f"attention/{ACCOUNT}/"):
        html = page(path, who="viewer")
        assert "<form" not in html.partition("<main")[2]
        assert "you need the role accountant" in html


def test_a_cause_of_another_company_is_not_found(people: People, stopped: Callable[..., Transfer]) -> None:
    stopped(1)
    assert people.client("stranger").get(f"/c/{people.other_slug}/attention/{ACCOUNT}/").status_code == 404
    people.client("stranger").post(f"/c/{people.other_slug}/attention/{ACCOUNT}/comment/", {"text": "x"})
    assert not Event.objects.filter(name="cause_commented").exists()


def test_statements_do_not_grow_with_the_causes(people: People, stopped: Callable[..., Transfer]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = people.client("owner")

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/c/fjell/attention/").status_code == 200
        return len(caught)

    stopped(1)
    few = asked()
    for number in range(2, 40):
        stopped(number, facts={"account": str(3000 + number)})
    assert asked() == few


@pytest.mark.parametrize("language", ["en", "nb"])
def test_whatever_stops_has_a_row_that_leads_to_where_it_is_handled(people: People, page: Page, language: str) -> None:
    from bilag.companies.models import Company, Ledger
    from bilag.expenses.models import ExpenseLine

    company = people.world.company_id
    paused = {"code": "credentials_rejected", "subject": "company", "facts": {}, "said": None}
    Company.objects.filter(pk=company).update(paused=paused, paused_at=timezone.now())
    refused = {"code": "expense_refused", "subject": "expense 1/1", "facts": {}, "said": None}
    ExpenseLine.objects.create(
        company_id=company, journal=1, entry=1, state="needs_attention", problems=[refused], net=Decimal(5)
    )
    Ledger.objects.filter(company_id=company).update(
        ahead={"since": timezone.now().isoformat(), "how": "night", "documents": ["invoice 9001"], "count": 1}
    )
    html = page("attention/", language=language)
    rows = re.findall(r'<li class="cause".*?</li>', html, re.DOTALL)
    places = {found for row in rows for found in re.findall(r'class="btn small" href="/c/fjell/([^"?]+)', row)}
    assert places >= {"setup/", "expenses/"}
    client = people.client("owner", language)
    for cause in re.findall(r"/attention/([0-9a-f]{16})/", html):
        answer = client.get(f"/c/fjell/attention/{cause}/")
        assert answer.status_code == 200
        for place in re.findall(r'class="btn primary" href="([^"]+)"', answer.content.decode()):
            assert client.get(unescape(place)).status_code == 200


def test_what_the_message_does_not_name_parts_no_causes(page: Page, stopped: Callable[..., Transfer]) -> None:
    """The hub's answer names account and customer too, Bilag's own check only the VAT code: it is one cause all the same."""
    stopped(1, "vat_code_inactive", facts={"vat_code": "3"})
    stopped(2, "vat_code_inactive", facts={"vat_code": "3", "account": "3000", "customer": "10006"})
    stopped(3, "vat_code_inactive", facts={"vat_code": "3", "account": "3010", "customer": "10028"})
    stopped(4, "vat_code_inactive", facts={"vat_code": "5", "account": "3000"})
    assert [text.count("</a>") for text in re.findall(r'<li class="cause".*?</li>', page("attention/"), re.DOTALL)] == [
        1,
        1,
    ]
    cause = cause_of("transfers|vat_code_inactive||3")
    assert re.findall(r'/transfers/\d+/">([^<]+)<', page(f"attention/{cause}/")) == ["3", "2", "1"]
