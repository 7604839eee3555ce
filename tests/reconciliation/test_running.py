"""A comparison that a person starts is shown while it waits and runs; then its result. Old addresses keep working."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.reconciliation.test_pages import follow, text
from tests.support.people import People
from tests.support.reconciliation import FIRST, LAST, Compare
from tests.support.world import World

PART = {"HX-Request": "true", "HX-Target": "running"}
ADDRESS = f"/c/fjell/reconciliation/period/{FIRST}/{LAST}/"


def running(world: World, **fields: Any) -> Any:
    from bilag.reconciliation.models import Reconciliation

    given = {"first": FIRST, "last": LAST, "began_at": timezone.now(), **fields}
    return Reconciliation.objects.create(company_id=world.company_id, **given)


def alive() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers default values")


def test_a_start_leads_to_the_comparison_then_to_its_result(people: People, posted: list[int]) -> None:
    from bilag.reconciliation.models import Reconciliation

    owner = people.client("owner")
    answer = owner.post("/c/fjell/reconciliation/start/", {"month": f"{FIRST:%Y-%m}"})
    assert answer["Location"] == ADDRESS
    waiting = text(owner.get(ADDRESS))
    assert "Waiting to start" in waiting
    assert "background service is not running" in waiting
    assert '<meta http-equiv="refresh"' in waiting, "without JavaScript the page asks again"
    alive()
    assert "Bilag starts in a few seconds" in text(owner.get(ADDRESS, headers=PART))
    people.world.work()
    run = Reconciliation.objects.get()
    result = f"/c/fjell/reconciliation/{run.pk}/"
    assert owner.get(ADDRESS)["Location"] == result
    done = owner.get(ADDRESS, headers=PART)
    assert (done.status_code, json.loads(done["HX-Location"])["path"]) == (204, result)
    assert run.compared == 3
    assert run.vouchers_read == 3


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"vouchers_read": 1}, "1 voucher read"),
        ({"vouchers_read": 1500}, "1,500 vouchers read"),
        ({"phase": "invoices", "compared": 1}, "1 invoice compared"),
        ({"phase": "invoices", "compared": 1200}, "1,200 invoices compared"),
        ({"phase": "rest", "compared": 1200}, "Looking up the last vouchers"),
    ],
)
def test_progress_is_told_by_rows(people: People, fields: dict[str, Any], said: str) -> None:
    running(people.world, **fields)
    part = text(people.client("viewer").get(ADDRESS, headers=PART))
    assert said in part
    assert "<html" not in part
    whole = text(people.client("viewer").get("/c/fjell/reconciliation/"))
    assert "Reconciling 1 Nov 2026 to 30 Nov 2026." in whole
    assert ADDRESS in whole


def test_an_earlier_comparison_says_how_much_there_is(people: People) -> None:
    running(people.world, ended_at=timezone.now(), counts={"matched": 1900, "missing": 100, "gap": 7})
    running(people.world, phase="invoices", compared=500)
    part = text(people.client("viewer").get(ADDRESS, headers=PART))
    assert '<progress max="2000" value="500"' in part
    assert "500 invoices compared, of about 2,000" in part


def test_a_comparison_that_waits_for_another_says_so(people: People) -> None:
    from bilag.reconciliation import enqueue

    running(people.world, first=date(2026, 10, 1), last=date(2026, 10, 31))
    enqueue.ask(people.world.company_id, FIRST, LAST, origin="kari")
    alive()
    assert "Bilag is reconciling 1 Oct 2026 to 31 Oct 2026" in text(people.client("viewer").get(ADDRESS, headers=PART))


def test_a_running_one_is_shown_at_its_own_address_too(people: People) -> None:
    run = running(people.world)
    assert people.client("viewer").get(f"/c/fjell/reconciliation/{run.pk}/")["Location"] == ADDRESS


def test_an_odd_period_is_not_found_and_an_unknown_one_leads_to_the_list(people: People) -> None:
    viewer = people.client("viewer")
    for odd in ("x/y", "2026-11-30/2026-11-01", "2026-02-30/2026-03-01", "0001-01-01/9999-12-31"):
        assert viewer.get(f"/c/fjell/reconciliation/period/{odd}/").status_code == 404
    assert viewer.get("/c/fjell/reconciliation/period/2020-01-01/2020-01-31/")["Location"] == "/c/fjell/reconciliation/"


def test_the_chosen_month_stays_chosen(people: People, compared: Compare) -> None:
    owner = people.client("owner")
    path = "/c/fjell/reconciliation/"
    owner.post(f"{path}start/", {"month": "2026-03"})
    assert 'name="month" type="month" value="2026-03"' in text(owner.get(path))
    assert "<details>" in text(owner.get(path))
    owner.post(f"{path}start/", {"from": "2026-02-03", "to": "2026-02-05"})
    page = text(owner.get(path))
    assert 'name="from" type="date" value="2026-02-03"' in page
    assert "<details open>" in page
    assert 'value="2025-01"' in text(owner.get(f"{path}?month=2025-01"))
    other = text(people.client("member").get(path))
    assert "2026-03" not in other.partition("<tbody>")[0], "it is the choice of one person"


def test_an_address_of_a_replaced_result_leads_to_the_new_one(
    people: People, posted: list[int], compared: Compare
) -> None:
    owner = people.client("owner")
    first, second, third = compared(), compared(), compared()
    for old in (first, second):
        for path, query in (("", "?found=matched"), ("print/", ""), ("export/csv/", "?found=matched")):
            answer = owner.get(f"/c/fjell/reconciliation/{old.pk}/{path}{query}")
            assert answer["Location"] == f"/c/fjell/reconciliation/{third.pk}/{path}{query}"
        for path in ("send/", "sign/", "gap/"):
            page = follow(owner, f"/c/fjell/reconciliation/{old.pk}/{path}", {"digest": third.digest, "number": "1"})
            assert "The period has been reconciled again since you opened it" in page
    assert people.client("stranger").get(f"/c/{people.other_slug}/reconciliation/{first.pk}/").status_code == 404
    assert owner.get("/c/fjell/reconciliation/99999/").status_code == 404


def test_addresses_are_forgotten_after_two_years(people: People, compared: Compare) -> None:
    from bilag.reconciliation.models import ReplacedRun

    compared()
    compared()
    ReplacedRun.objects.update(replaced_at=timezone.now() - timedelta(days=731))
    compared()
    assert ReplacedRun.objects.count() == 1
