"""The overview: is all well, what waits for a person, and figures that are right to the øre."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.support.people import People
from tests.support.transfers import store_transfer

Page = Callable[..., str]


def worker_runs() -> None:
    """A worker has just given a sign of life."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now())")


def put(people: People, number: str, **fields: Any) -> Any:
    """A transfer as it would be after its tries."""

    now = datetime.now(UTC)
    values = {"kind": "invoice", "state": "done", "hinted_at": now, "currency": "NOK", **fields}
    return store_transfer(people.world.company_id, number=number, **values)


def refused(code: str = "account_unknown", **facts: str) -> list[dict[str, Any]]:
    return [{"code": code, "subject": "line 2", "facts": facts, "said": None}]


def headline(page: str) -> str:
    found = re.search(r'<h2 id="headline">(.*?)</h2>', page, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def test_all_is_well_when_live_and_nothing_waits(people: People, page: Page) -> None:
    worker_runs()
    assert headline(page("")) == "Switched on All is well"
    assert headline(page("", language="nb")) == "Slått på Alt er i orden"


def test_no_worker_is_told_before_all_else(people: People, page: Page) -> None:
    put(people, "1", state="needs_attention", problems=refused())
    assert headline(page("")) == "Switched on Nothing is transferred now"


def test_paused_tells_why_and_the_cure_and_leads_to_the_setup(people: People, page: Page) -> None:
    from bilag.companies import lifecycle
    from bilag.messages import render_problem
    from bilag.posting.problem import Problem

    problem = Problem("credentials_invalid", "setup platform.azets.password")
    lifecycle.pause(people.world.company_id, problem)
    text = page("")
    assert headline(text) == "Paused Nothing is transferred"
    said = render_problem(problem, "en")
    assert said.message in text.replace("&#x27;", "'")
    assert said.remedy in text.replace("&#x27;", "'")
    assert 'id="headline-link" href="/c/fjell/setup/"' in text


def test_a_pause_by_the_parties_leads_to_the_page_that_confirms_them(people: People, page: Page) -> None:
    from bilag.companies import lifecycle
    from bilag.companies.who import CODES
    from bilag.posting.problem import Problem

    for code in {*CODES.values()}:
        lifecycle.pause(people.world.company_id, Problem(code, "setup company.organisation_number"))
        text = page("")
        assert text.count('href="/c/fjell/setup/parties/"') == 3, "the headline, the cause, and the accounting system"
        assert 'id="headline-link" href="/c/fjell/setup/parties/"' in text
        lifecycle.resume(people.world.company_id)


def test_not_live_yet_says_what_is_left_and_switched_off_says_that(people: People, page: Page) -> None:
    from bilag.companies import lifecycle
    from bilag.companies.models import Company

    lifecycle.set_not_live(people.world.company_id)
    assert headline(page("")) == "Switched off Nothing is transferred"
    Company.objects.filter(pk=people.world.company_id).update(live_since=None)
    text = page("")
    assert headline(text) == "Switched off The setup is not finished"

    def done(text: str) -> dict[str, bool]:
        steps = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>(.*?)</li>', text)
        assert all(people.client("owner").get(address).status_code == 200 for address, *_ in steps)
        return {title: "Done" in rest for _, title, rest in steps}

    assert done(text) == {
        "Company": True,
        "Moment": True,
        "Accounting": True,
        "What to transfer": False,
        "Notifications": False,
        "Connection check": False,
        "Switch on": False,
    }
    people.world.apply(notify={"emails": ["kari@fjell.example"]})
    assert done(page(""))["Notifications"]


def test_moment_that_cannot_be_asked_is_told_until_a_poll_is_well(people: People, page: Page) -> None:
    from bilag.transfers.intake import poll
    from bilag.wire.errors import Unavailable

    worker_runs()
    people.world.moment.fault(kind="unavailable", times=9)
    with pytest.raises(Unavailable):
        poll.poll(people.world.company_id)
    assert headline(page("")) == "Switched on The sync with Moment failed"
    people.world.moment.ask("DELETE", "/admin/faults")
    poll.poll(people.world.company_id)
    assert headline(page("")) == "Switched on All is well"


def test_what_waits_stands_first_by_cause_with_the_newest_few(people: People, page: Page) -> None:
    worker_runs()
    for number in range(1, 6):
        put(people, str(number), state="needs_attention", problems=refused(account="3010"), name="Kari")
    put(people, "9", state="needs_attention", problems=refused("vat_code_unknown", vat_code="<b>77"))
    text = page("")
    assert headline(text) == "Switched on 6 transfers need attention"
    assert text.index('id="needs-attention"') < text.index('id="periods"')
    causes = re.findall(r'class="cause-title" href="([^"]+)"', text)
    assert len(causes) == 2
    assert all(people.client("viewer").get(address).status_code == 200 for address in causes)
    assert "5 documents" in text
    assert "<b>77" not in text


def test_counts_and_amounts_are_right_to_the_ore(people: People, page: Page) -> None:
    now = datetime.now(UTC)
    put(people, "1", done_at=now, total=Decimal("12500.10"))
    put(people, "2", done_at=now, total=Decimal("0.20"))
    put(people, "3", done_at=now, total=Decimal("-100.05"))
    put(people, "4", done_at=now, total=Decimal("7.00"), currency="EUR")
    put(people, "5", done_at=now - timedelta(days=70), total=Decimal("99999"))
    put(people, "K1", kind="customer", done_at=now)
    put(people, "6", state="waiting", total=Decimal("5"))
    put(people, "7", state="skipped", reason="switch_off")
    put(people, "8", state="skipped", reason="switch_off", hinted_at=now - timedelta(days=70))
    text = page("", language="nb")
    rows = re.findall(r'<th scope="row" data-label="Periode">(.*?)</th>(.*?)</tr>', text, re.S)
    for title, cells in rows:
        found = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in re.findall(r"<td.*?</td>", cells, re.S)]
        amounts = "7,00 EUR 12 400,25 NOK"
        assert found == ["5", "4", amounts, "1", "1"], title
    assert [title for title, _ in rows] == ["I dag", "Denne måneden"]


def test_a_day_is_oslos_day(people: People) -> None:
    from bilag.web.overview_pages.figures import figures

    put(people, "1", done_at=datetime(2026, 7, 1, 21, 59, tzinfo=UTC))  # 23:59 on the first in Oslo
    put(people, "2", done_at=datetime(2026, 7, 1, 22, 1, tzinfo=UTC))  # 00:01 on the second
    put(people, "3", done_at=datetime(2026, 6, 30, 21, 59, tzinfo=UTC))  # June still
    found = figures(people.world.company_id, datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    assert [(one.day.isoformat(), one.done) for one in found.days[-3:]] == [
        ("2026-06-30", 1),
        ("2026-07-01", 1),
        ("2026-07-02", 1),
    ]
    assert (found.today.done, found.month.done) == (1, 2)


def test_a_transfer_that_is_done_again_leaves_its_earlier_day(people: People) -> None:
    from bilag.transfers.models import Transfer
    from bilag.web.overview_pages.figures import figures

    now = datetime(2026, 7, 15, 12, 0, tzinfo=UTC)

    def seen() -> tuple[list[int], dict[str, Decimal], dict[str, Decimal]]:
        found = figures(people.world.company_id, now)
        return [one.done for one in found.days[-3:]], found.month.amounts, found.today.amounts

    for number, days in (("1", 1), ("2", 1), ("3", 0)):
        put(people, number, done_at=now - timedelta(days=days, hours=1), total=Decimal(100))
    Transfer.objects.update(created_at=now - timedelta(days=3))
    assert seen() == ([0, 2, 1], {"NOK": Decimal(300)}, {"NOK": Decimal(100)})
    Transfer.objects.filter(number="1").update(done_at=now, total=Decimal("90.50"))
    assert seen() == ([0, 1, 2], {"NOK": Decimal("290.50")}, {"NOK": Decimal("190.50")})
    Transfer.objects.filter(number="1").update(done_at=now + timedelta(minutes=1), total=Decimal("80.50"))
    assert seen() == ([0, 1, 2], {"NOK": Decimal("280.50")}, {"NOK": Decimal("180.50")})


def test_the_days_of_two_companies_are_never_mixed(people: People) -> None:
    from bilag.companies.models import Company
    from bilag.web.overview_pages.figures import figures

    now = datetime(2026, 7, 15, 12, 0, tzinfo=UTC)
    put(people, "1", done_at=now - timedelta(days=1))
    others = Company.objects.exclude(pk=people.world.company_id).get()
    assert figures(people.world.company_id, now).month.done == 1
    assert figures(others.pk, now).month.done == 0


def test_chart_and_its_table_say_the_same(people: People, page: Page) -> None:
    now = datetime.now(UTC)
    for number, seconds in enumerate((1, 3, 50)):
        put(people, str(number), done_at=now, hinted_at=now - timedelta(seconds=seconds))
    later = now + timedelta(milliseconds=1)  # on the same day, whatever the hour
    put(people, "again", done_at=now, hinted_at=later, state="queued")  # hinted at again: not measured
    put(people, "K1", kind="customer", done_at=now)
    text = page("")
    table = text[text.index('id="per-day-table"') :]
    put(people, "open", state="waiting", total=Decimal("500.50"))
    put(people, "stopped", state="needs_attention", total=Decimal("-10"), hinted_at=now - timedelta(days=2))
    text = page("")
    table = text[text.index('id="per-day-table"') :]
    cell = '<td class="number">(.*?)</td>'
    rows = re.findall(f'<tr><th scope="row">(.*?)</th>{cell * 6}</tr>', table)
    assert len(rows) == 30
    assert rows[-1][1:] == ("4", "", "2 (500.50 NOK)", "0", "1", "3.0 s")
    assert rows[-3][1:] == ("0", "", "0", "1 (\N{MINUS SIGN}10.00 NOK)", "0", "")
    assert all(row[1:] == ("0", "", "0", "0", "0", "") for row in (*rows[:-3], rows[-2]))
    assert [text.count(f'<rect class="bar-{level}"') for level in ("fill", "wait", "bad")] == [2, 1, 1]
    assert "2 waiting, 500.50 NOK</title>" in text
    assert '<svg class="chart"' in text
    assert 'role="img" aria-labelledby="done-title done-desc"' in text
    nb = page("", language="nb")
    assert re.findall(r'<rect class="bar-fill" x="[\d.]+" y="[\d.]+" width="[\d.]+" height="[\d.]+"', nb)
    assert "style=" not in nb


def test_a_system_that_does_not_answer_is_told_with_what_waits_for_it(people: People, page: Page) -> None:
    worker_runs()
    since = datetime.now(UTC) - timedelta(minutes=5)
    for number in ("1", "2"):
        put(people, number, state="waiting", problems=refused("hub_unavailable"), failing_since=since)
    put(people, "3", state="waiting", problems=refused("hub_timeout"), failing_since=since - timedelta(minutes=1))
    put(people, "4", state="waiting", problems=refused("batch_busy"))
    text = page("")
    from bilag.web.templatetags.bilag import oslo

    assert headline(text) == f"Switched on No answer from Azets since {oslo(since - timedelta(minutes=1), 'short')}"
    assert "3 transfers are waiting and go automatically when Azets answers." in text
    assert "har ikke svart siden" in headline(page("", language="nb"))
    assert 'class="link bad"' in text


def test_what_a_person_excluded_is_named_until_it_is_posted(people: People, page: Page) -> None:
    worker_runs()
    put(people, "1", state="skipped", reason="excluded")
    row = put(people, "2", state="skipped", reason="excluded", excluded_as="to_post_manually")
    put(people, "3", state="skipped", reason="excluded", excluded_as="not_for_the_books")
    put(people, "4", state="skipped", reason="do_not_transfer")
    put(people, "K1", state="skipped", reason="excluded", kind="customer")
    text = page("")
    assert headline(text) == "Switched on 2 excluded: post them manually"
    link = re.search(r'id="headline-link" href="([^"]+)"', text)
    assert link is not None
    assert re.findall(r'/transfers/\d+/">([^<]+)<', people.client("viewer").get(link[1]).content.decode()) == ["2", "1"]
    type(row).objects.filter(number__in=["1", "2"]).update(excluded_as="posted_manually")
    assert headline(page("")) == "Switched on All is well"


def test_the_four_links_say_how_they_are(people: People, page: Page) -> None:
    from bilag.companies.models import Company

    def states(text: str) -> dict[str, str]:
        return dict(re.findall(r'<a class="link [^"]*"[^>]*><b>([^<]+)</b><span class="pill [^"]*">([^<]+)<', text))

    worker_runs()
    assert states(page("")) == {
        "Moment": "Not synced yet",
        "Webhook": "No call from Moment yet",
        "Azets": "Nothing transferred yet",
        "Email": "Nobody is notified",
    }
    people.world.poll()
    put(people, "1", done_at=datetime.now(UTC))
    Company.objects.filter(pk=people.world.company_id).update(last_hint_at=datetime.now(UTC))
    people.world.apply(notify={"emails": ["kari@fjell.example"]})
    now = states(page("", language="nb"))
    assert [now[name].rpartition(" ")[0] for name in ("Moment", "Webhook", "Azets")] == [
        "Sist synkronisert",
        "Siste anrop",
        "Siste overføring",
    ]
    assert now["E-post"] in ("1 mottaker", "Lagres i filer, sendes ikke")


def test_last_poll_is_told_by_kind_and_that_expenses_are_switched_off(people: People, page: Page) -> None:
    people.world.poll()
    text = page("")
    asked = text[text.index('id="last-sync"') :]
    assert [kind for kind in ("Customers", "Projects", "Invoices") if f"<dt>{kind}</dt>" in asked] == [
        "Customers",
        "Projects",
        "Invoices",
    ]
    assert "not yet" not in asked
    assert "Expense import is switched off." in asked


def test_the_part_that_changes_is_sent_only_when_it_changed(people: People) -> None:
    client = people.client("viewer")
    text = client.get("/c/fjell/").content.decode()
    address = re.search(r'hx-get="([^"]+)" hx-trigger="every 15s"', text)
    assert address
    assert client.get(address[1]).status_code == 204
    put(people, "1", done_at=datetime.now(UTC))
    changed = client.get(address[1])
    assert changed.status_code == 200
    assert changed.content.decode().startswith('<div id="now"')
    assert "<html" not in changed.content.decode()


def test_queries_do_not_grow_with_the_transfers(people: People) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = people.client("owner")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/c/fjell/").status_code == 200
        return len(found)

    put(people, "first", state="needs_attention", problems=refused())
    queries()  # reads the days that are over
    before = queries()
    for number in range(60):
        state = "needs_attention" if number % 2 else "done"
        put(people, str(number), state=state, problems=refused(), done_at=datetime.now(UTC), total=Decimal(1))
    assert queries() == before
    assert before < 25
