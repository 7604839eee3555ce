"""The log: everything in one order, paging that loses and repeats nothing, filters, and exports that are harmless."""

import csv
import io
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support.history import history_may_be_written
from tests.support.people import People
from tests.support.transfers import source_of

Page = Callable[..., str]
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def empty(people: People) -> Iterator[None]:
    """What setting up the company wrote is left out here, and the past is written freely."""
    from bilag.companies.models import SetupChange
    from bilag.events.models import Event

    with history_may_be_written():
        Event.objects.all().delete()
        SetupChange.objects.all().delete()
        yield


def event(people: People, name: str, at: datetime = NOON, **fields: Any) -> Any:
    from bilag.events.models import Event

    row = Event.objects.create(company_id=people.world.company_id, name=name, **fields)
    Event.objects.filter(pk=row.pk).update(at=at)
    return row


def attempt(people: People, number: str, at: datetime = NOON, verdict: str | None = "done", **fields: Any) -> Any:
    from bilag.transfers.models import Attempt, Transfer

    transfer, _ = Transfer.objects.get_or_create(
        source_id=source_of(people.world.company_id),
        kind="invoice",
        number=number,
        defaults={"company_id": people.world.company_id, "hinted_at": at},
    )
    return Attempt.objects.create(
        transfer=transfer,
        company_id=people.world.company_id,
        began_at=at,
        verdict=verdict,
        setup_version=1,
        **fields,
    )


def change(people: People, field: str, at: datetime = NOON, old: Any = None, new: Any = None) -> Any:
    from bilag.companies.models import SetupChange

    row = SetupChange.objects.create(
        company_id=people.world.company_id, origin="kari", version=2, field=field, old=old, new=new
    )
    SetupChange.objects.filter(pk=row.pk).update(at=at)
    return row


def titles(page: str) -> list[str]:
    return re.findall(r'data-label="Event"><span class="pill \w*">(.*?)</span>', page)


def abouts(page: str) -> list[str]:
    cells = re.findall(r'data-label="About">(.*?)</td>', page, re.S)
    return [re.sub(r"<[^>]+>", "", cell) for cell in cells]


def changed_to(page: str) -> list[str]:
    """The new value of each change of the setup."""
    return re.findall(r"– → (\w+)", page)


def test_all_three_are_merged_by_time_the_newest_first(people: People, page: Page) -> None:
    minute = timedelta(minutes=1)
    event(people, "live", NOON)
    attempt(people, "10042", NOON + minute)
    change(people, "dimensions.project", NOON + 2 * minute, 1, 2)
    event(people, "paused", NOON + 3 * minute, good=False, problem={"code": "credentials_invalid", "subject": "setup"})
    attempt(
        people,
        "10043",
        NOON + 4 * minute,
        "refused",
        problems=[{"code": "account_unknown", "facts": {"account": "3010"}}],
    )
    text = page("log/")
    assert titles(text) == ["Rejected", "Paused", "Setup changed", "Done", "Switched on"]
    assert "1 → 2" in text
    assert "3010" in text
    assert "02 Mar 2026 12:04:00" in text  # Oslo's clock
    assert titles(page("log/", who="viewer"))


def test_paging_with_ties_shows_each_line_once(people: People, page: Page) -> None:
    for number in range(45):
        event(people, "retried", facts={"numbers": f"e{number}"})
        attempt(people, f"a{number}")
        change(people, "rounding.account", new=f"c{number}")
    attempt(people, "newest", NOON + timedelta(microseconds=1))
    attempt(people, "oldest", NOON - timedelta(microseconds=1))
    seen: list[str] = []
    changes: list[str] = []
    query: dict[str, str] = {}
    for _ in range(3):
        text = page("log/", **query)
        seen += abouts(text)
        changes += changed_to(text)
        older = re.search(r'rel="next" href="[^"]*before=([\d.]+)"', text)
        if not older:
            break
        query = {"before": older[1]}
    expected = [f"Invoice {n}" for n in ("newest",)] + [f"e{n}" for n in reversed(range(45))]
    expected += [f"Invoice a{n}" for n in reversed(range(45))] + ["Rounding account"] * 45
    assert seen == [*expected, "Invoice oldest"]
    assert changes == [f"c{n}" for n in reversed(range(45))]


def test_a_place_that_is_none_is_the_first_page(people: People, page: Page) -> None:
    event(people, "live")
    for before in ("x", "1.2", "9" * 18 + ".1.1", "-1.1.1", "1.1.1.1", "١.1.1"):
        assert titles(page("log/", before=before)) == ["Switched on"]


def test_filters(people: People, page: Page) -> None:
    event(people, "live")
    event(people, "poll", facts={"invoice": "2/3"})
    event(people, "poll_failed", good=False, problem={"code": "timeout", "subject": ""})
    event(people, "invited", facts={"email": "ola@fjell.example", "role": "viewer"})
    event(people, "transfers_asked", facts={"numbers": "10042, 10043", "count": "2", "kind": "invoice"})
    attempt(people, "10042")
    attempt(people, "10050", verdict="unavailable")
    attempt(people, "10051", verdict=None)
    change(people, "dimensions.project")
    assert sorted(titles(page("log/", sort="transfers"))) == [
        "Done",
        "In progress",
        "Manual transfer started",
        "No answer",
    ]
    assert sorted(titles(page("log/", sort="setup"))) == ["Setup changed", "Switched on"]
    assert sorted(titles(page("log/", sort="polls"))) == ["Sync with Moment failed", "Synced with Moment"]
    assert "Invoices: 3 checked, 2 to transfer" in page("log/", sort="polls")
    people_page = page("log/", sort="people")
    assert titles(people_page) == ["User invited"]
    assert abouts(people_page) == ["ola@fjell.example"]
    assert "Viewer" in people_page
    assert sorted(titles(page("log/", sort="bad"))) == ["No answer", "Sync with Moment failed"]
    assert abouts(page("log/", number="1004")) == ["Invoices 10042, 10043", "Invoice 10042"]
    assert "No matching entries" in page("log/", number="no such")
    assert len(titles(page("log/", sort="no-such"))) == 9


def test_days_are_oslos_and_rubbish_is_told(people: People, page: Page) -> None:
    attempt(people, "before", datetime(2026, 3, 1, 22, 59, tzinfo=UTC))
    attempt(people, "first", datetime(2026, 3, 1, 23, 0, tzinfo=UTC))
    attempt(people, "last", datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC))
    attempt(people, "after", datetime(2026, 3, 2, 23, 0, tzinfo=UTC))
    assert abouts(page("log/", begin="2026-03-02", end="2026-03-02")) == ["Invoice last", "Invoice first"]
    assert "Enter a valid date." in page("log/", begin="yesterday")
    assert "Enter a valid date." in page("log/", end="9999-12-31")
    assert "This is before the first day." in page("log/", begin="2026-03-02", end="2026-03-01")
    assert page("log/", number="10\x0042")


def download(people: People, form: str, language: str = "en", **query: str) -> bytes:
    answer = people.client("viewer", language).get(f"/c/fjell/log/export/{form}/", query)
    assert answer.status_code == 200
    assert 'filename="fjell-log-' in answer["Content-Disposition"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the test client has no event loop; the server has
        return b"".join(answer)


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "safe"]


def test_csv_has_all_pages_and_no_formulas(people: People) -> None:
    for number in range(120):
        attempt(people, f"a{number}")
    for origin in DANGEROUS:
        event(people, "live", NOON - timedelta(hours=1), origin=origin)
    event(people, "live", NOON - timedelta(hours=2), origin='semi;colon "quoted" æøå')
    content = download(people, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == ["Time", "Event", "About", "By", "Result", "Details"]
    assert len(rows) == 129
    assert rows[1][0] == "2026-03-02 12:00:00"
    assert [row[3] for row in reversed(rows[121:128])] == [*(f"'{one}" for one in DANGEROUS[:-1]), "safe"]
    assert rows[128][3] == 'semi;colon "quoted" æøå'
    assert download(people, "csv", "nb").decode("utf-8-sig").startswith("Tidspunkt;Hendelse;")
    assert len(download(people, "csv", number="a11").decode().splitlines()) == 1 + 11


def test_export_goes_over_more_than_one_chunk(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.web.log_pages import exporting

    monkeypatch.setattr(exporting, "CHUNK", 7)
    for number in range(21):
        attempt(people, f"a{number}")
    rows = download(people, "csv").decode().splitlines()
    assert len(rows) == 22
    assert len(set(rows)) == 22


def test_excel_has_the_same_and_takes_odd_characters(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    from bilag.web import spreadsheets

    for origin in [*DANGEROUS, "bell\x07", "x" * 300]:
        event(people, "live", origin=origin)
    sheet = load_workbook(io.BytesIO(download(people, "xlsx")), read_only=True).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:2] == ["Time (Oslo)", "Event"]
    by = [str(row[3]) for row in reversed(rows[1:])]
    assert by[:4] == ["'=1+1", "'+1", "'-1", "'@SUM(1)"]
    assert by[6:] == ["safe", "bell", "x" * 300]
    monkeypatch.setattr(spreadsheets, "MOST_IN_EXCEL", 3)
    few = load_workbook(io.BytesIO(download(people, "xlsx")), read_only=True).active
    assert few is not None
    last = list(few.iter_rows(values_only=True))[-1]
    assert last[0] == "There are more rows. Narrow the selection, or choose CSV."
    norwegian = load_workbook(io.BytesIO(download(people, "xlsx", "nb")), read_only=True).active
    assert norwegian is not None
    assert (
        list(norwegian.iter_rows(values_only=True))[-1][0]
        == "Det finnes flere rader. Avgrens utvalget, eller velg CSV."
    )


def test_there_is_no_other_form(people: People) -> None:
    assert people.client("owner").get("/c/fjell/log/export/pdf/").status_code == 404


def test_log_of_others_is_not_mixed_in(people: People, page: Page) -> None:
    from bilag.companies.models import Company
    from bilag.events.record import record

    other = Company.objects.get(slug="others")
    record(other.pk, "live", origin="somebody else")
    assert "somebody else" not in page("log/")


def test_what_happens_is_logged_with_who_did_it(people: People, page: Page) -> None:
    from bilag.companies import store
    from bilag.posting.problem import Problem
    from bilag.transfers.activation import pausing
    from bilag.transfers.intake import accept, poll

    world = people.world
    world.apply(dimensions={"project": 3})
    pausing.pause(store.load_setup(world.company_id), Problem("credentials_invalid", "setup"))
    pausing.pause(store.load_setup(world.company_id), Problem("credentials_invalid", "setup"))
    pausing.resume(store.load_setup(world.company_id))
    pausing.resume(store.load_setup(world.company_id))
    poll.poll(world.company_id)
    world.finalise()
    world.poll()
    accept.retry(world.company_id, origin="kari@fjell.example")  # nothing to try again
    attempt(people, "10042")
    from bilag.transfers.models import Kind

    accept.retry(world.company_id, Kind.INVOICE, ["10042"], origin="kari@fjell.example")
    from bilag.events.models import Event

    rows = list(Event.objects.order_by("id").values_list("name", "origin"))
    assert [name for name, _ in rows][:3] == ["setup_saved", "paused", "resumed"]
    assert rows[0] == ("setup_saved", "test")
    assert rows[-1] == ("retried", "kari@fjell.example")
    assert {name for name, _ in rows[3:-1]} == {"poll"}
    assert "Version 2, 1 field" in page("log/", sort="setup")


def test_counts_are_told_in_words_in_both_languages(people: People, page: Page) -> None:
    event(people, "expenses_imported", facts={"read": "4", "done": "1", "documents": "2", "needs_attention": "0"})
    event(people, "retention", facts={"attempts": "12", "names": "3"})
    english = page("log/")
    assert "4 lines read, 1 imported, 2 documents." in english
    assert "attempts: 12, names of customers and projects: 3" in english
    norwegian = people.client("owner").get("/c/fjell/log/", headers={"accept-language": "nb"}).content.decode()
    assert "4 linjer lest, 1 importert, 2 dokumenter." in norwegian
    assert "forsøk: 12, navn på kunder og prosjekter: 3" in norwegian


def test_a_failure_that_lasts_is_logged_once_an_hour(people: People) -> None:
    from bilag.events.models import Event
    from bilag.transfers.intake import poll
    from bilag.wire.errors import Unavailable

    people.world.moment.fault(kind="unavailable", times=99)
    for _ in range(3):
        with pytest.raises(Unavailable):
            poll.poll(people.world.company_id)
    assert Event.objects.filter(name="poll_failed").count() == 1
    with pytest.raises(Unavailable):
        poll.poll(people.world.company_id, origin="kari")
    Event.objects.update(at=NOON)
    with pytest.raises(Unavailable):
        poll.poll(people.world.company_id)
    assert Event.objects.filter(name="poll_failed").count() == 3


def test_a_transferred_invoice_costs_no_event(people: People) -> None:
    from bilag.events.models import Event

    invoice = people.world.finalise()
    people.world.hint(invoice)
    people.world.work()
    assert people.world.transfer(invoice["invoiceNumber"]).state == "done"
    assert Event.objects.count() == 0


def test_queries_do_not_grow_with_the_lines(people: People) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = people.client("owner")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/c/fjell/log/").status_code == 200
        return len(found)

    attempt(people, "1")
    before = queries()
    for number in range(60):
        attempt(people, f"a{number}")
        event(people, "retried", facts={"numbers": "1"})
    assert queries() == before


def test_what_went_wrong_is_found_by_an_index_among_many_that_went_well(people: People) -> None:
    """A company that all goes well for has a hundred thousand tries, and the page of what did not must not read them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bilag.events.models import Event
    from bilag.transfers.models import Attempt
    from bilag.transfers.queries.history import LogFilters, Sort, lines

    first = attempt(people, "1", verdict="refused")
    good = {"transfer": first.transfer, "company_id": first.company_id, "setup_version": 1, "verdict": "done"}
    Attempt.objects.bulk_create(Attempt(began_at=NOON + timedelta(seconds=n), **good) for n in range(5000))
    event(people, "paused", good=False)
    Event.objects.bulk_create(Event(company_id=first.company_id, name="poll") for _ in range(5000))
    with connection.cursor() as cursor:
        cursor.execute("analyze")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = lines(first.company_id, LogFilters(Sort.BAD), None, 50)
        assert [line.what for line in found] == ["event", "attempt"]
        for query, index in zip(asked.captured_queries, ("event_bad", "attempt_gone_wrong"), strict=True):
            cursor.execute(f"explain {query['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
            cursor.execute("select inhrelid::regclass::text from pg_inherits where inhparent = %s::regclass", [index])
            of_months = [name for (name,) in cursor.fetchall()]
            assert any(f" using {name} " in plan for name in (index, *of_months)), plan
