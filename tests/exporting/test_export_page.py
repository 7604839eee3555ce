"""The export on the page Tools: the same files, and a sentence where there is none."""

import threading
import warnings
from typing import Any

import pytest
from lxml import etree

from tests.support.exports import amount, in_the_ledger, loaded, rows_of, sums
from tests.support.patience import PATIENCE
from tests.support.people import People
from tests.support.world import World

YEARS = {"from": "2026-01-01", "to": "2027-12-31"}


def asked(people: People, form: str = "csv", who: str = "member", language: str = "en", **more: str) -> Any:
    return people.client(who, language).post("/c/fjell/tools/export/", {"form": form, **YEARS, **more}, follow=True)


def content(answer: Any) -> str:
    assert answer.status_code == 200
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the test client has no event loop; the server has
        return b"".join(answer).decode("utf-8-sig")


def test_each_form_is_sent_as_a_file_that_agrees_with_the_ledger(posted: World, people: People) -> None:
    answer = asked(people, "saft")
    assert 'filename="SAF-T Financial_310123455_20' in answer.headers["Content-Disposition"]
    assert etree.fromstring(content(answer).encode()) is not None
    in_ledger = in_the_ledger(posted)
    assert {
        key.rpartition(":")[2]: one for key, one in sums(loaded(content(asked(people, "beancount")))).items()
    } == in_ledger
    rows = rows_of(content(asked(people)))
    receivables = sum(amount(row["Amount"]) for row in rows if row["Account"] == "1500")
    assert receivables == in_ledger["1500"]


def test_what_is_in_the_way_is_told_on_the_page(people: People) -> None:
    empty = asked(people).content.decode()
    assert "Bilag posted nothing in this period" in empty
    assert "Bilag har ikke bokført noe i denne perioden" in asked(people, language="nb").content.decode()
    for wrong in ({"form": "pdf"}, {"from": "2028-01-01"}, {"to": "soon"}, {"from": "1900-01-01"}):
        assert "Choose a format, and a first and a last day" in asked(people, **wrong).content.decode()
    people.world.hub.fault(operation="listVouchers", kind="unavailable", times=50)
    assert "No file was created. " in asked(people).content.decode()
    assert "(HTTP 503)" in asked(people).content.decode()


def test_saft_without_an_organisation_number_is_told(people: People) -> None:
    world = people.world
    world.hub.ask("PATCH", "/admin/clients/123", {"organisationNumber": None})
    world.retry(world.insert_invoice({}))
    assert "SAF-T requires a valid organisation number" in asked(people, "saft").content.decode()
    assert "2026" in content(asked(people))


def test_a_voucher_that_does_not_balance_is_named(people: People, unbalanced: int) -> None:
    told = f"voucher {unbalanced} of 23 Nov 2026 does not balance: the difference is 0.01. Correct it there."
    assert told in asked(people).content.decode()
    assert f"går ikke bilag {unbalanced} av 23.11.2026 i null" in asked(people, language="nb").content.decode()


def test_a_viewer_sees_it_and_makes_no_file(people: People) -> None:
    text = people.client("viewer").get("/c/fjell/tools/").content.decode()
    assert "you need the role accountant. Ask" in text
    assert asked(people, who="viewer").status_code == 403


def test_one_export_of_a_company_at_a_time(people: People) -> None:
    from django.db import connection

    from bilag.jobs.lease import held

    holds, over = threading.Event(), threading.Event()

    def elsewhere() -> None:
        with held("export", people.world.company_id):
            holds.set()
            over.wait(PATIENCE)
        connection.close()

    other = threading.Thread(target=elsewhere)
    other.start()
    assert holds.wait(PATIENCE)
    try:
        assert "Another export is in progress. Try again" in asked(people).content.decode()
    finally:
        over.set()
        other.join()
    assert "Bilag posted nothing in this period" in asked(people).content.decode()


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "0001-12-31"), ("9999-01-01", "9999-12-31"), ("x", "y")])
def test_what_is_no_period_is_refused_in_words(people: People, first: str, last: str) -> None:
    page = people.client("owner").post(
        "/c/fjell/tools/export/", {"form": "csv", "from": first, "to": last}, follow=True
    )
    assert "Choose a format, and a first and a last day at most ten years apart." in page.content.decode()
