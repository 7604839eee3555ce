"""The pages of rehearsals: start one, read why vouchers differ, accept proposals, sign."""

import asyncio
import csv
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.support.earlier_books import FIRST, LAST, insert_spread, post_history, rehearsed
from tests.support.people import People
from tests.support.world import World

HABITS = {"departmentUnit": 3, "roundingAccount": "7745", "accrual": "days", "numberOffset": 100_000, "text": "moment"}


@pytest.fixture
def staff(year: World) -> People:
    """The people of the company, and a stranger of another."""
    from bilag.companies.models import Company
    from bilag.members.models import Membership, Role, User
    from tests.support.bare_company import bare_company

    other = bare_company("others", name="De andre AS", secrets={"moment.api_key": "another-key"})
    for role in Role:
        user = User.objects.create_user(f"{role}@fjell.example")
        Membership.objects.create(company=Company.objects.get(pk=year.company_id), user=user, role=role)
    stranger = User.objects.create_user("stranger@fjell.example")
    Membership.objects.create(company=other, user=stranger, role=Role.OWNER)
    return People("fjell", other.slug, year)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def content(response: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return asyncio.run(read())


def follow(client: Client, path: str, body: dict[str, Any]) -> str:
    return text(client.post(path, body, follow=True))


def test_a_year_is_rehearsed_by_a_click_and_its_proposals_accepted(staff: People) -> None:
    from bilag.companies import store
    from bilag.rehearsal.models import Rehearsal

    world, member = staff.world, staff.client("member")
    insert_spread(world, 4)
    post_history(world, habits=HABITS)
    page = follow(member, "/c/fjell/rehearsal/start/", {"from": str(FIRST), "to": str(LAST)})
    assert "The rehearsal has started" in page
    world.work()
    run = Rehearsal.objects.get()
    page = text(member.get(f"/c/fjell/rehearsal/{run.pk}/"))
    assert "The department is in unit 3, not in unit 1." in page
    assert "Rounding is on account 7745, not on 7740." in page
    assert "Proposed: unit 3. The setup has: unit 1." in page
    assert "The books have: the invoice number + 100000." in page
    page = follow(member, f"/c/fjell/rehearsal/{run.pk}/accept/", {"name": "rounding.account"})
    assert "Saved in the setup" in page
    setup = store.load_setup(world.company_id)
    assert (setup.rounding.account, setup.dimensions.department) == ("7745", 1)
    world.work()
    again = Rehearsal.objects.latest("pk")
    assert again.setup_version == setup.version
    follow(member, f"/c/fjell/rehearsal/{again.pk}/accept/", {"all": "1"})
    world.work()
    last = Rehearsal.objects.latest("pk")
    setup = store.load_setup(world.company_id)
    assert (setup.dimensions.department, setup.accrual.enabled, setup.accrual.by) == (3, True, "days")
    page = text(member.get(f"/c/fjell/rehearsal/{last.pk}/"))
    assert "Of 304 invoices 304 would have been posted exactly as they stand." in page
    assert "Av 304 fakturaer ville 304 blitt bokført nøyaktig slik de står." in text(
        staff.client("viewer", "nb").get(f"/c/fjell/rehearsal/{last.pk}/")
    )


def test_differences_are_opened_field_by_field(staff: People) -> None:
    post_history(staff.world, habits={"departmentUnit": 3})
    run = rehearsed(staff.world)
    page = text(staff.client("viewer").get(f"/c/fjell/rehearsal/{run.pk}/?number=5001"))
    assert "Bilag would have posted" in page
    assert 'name="all"' not in page
    for form in ("print/", "?result=own_way", "?result=differs&after=5100"):
        text(staff.client("viewer", "nb").get(f"/c/fjell/rehearsal/{run.pk}/{form}"))


def test_a_rehearsal_is_signed_with_a_remark_and_kept(staff: People) -> None:
    from bilag.events.models import Event
    from bilag.rehearsal.models import RehearsalSignOff

    post_history(staff.world, habits={}, mistakes={"missing": 1})
    run = rehearsed(staff.world)
    address = f"/c/fjell/rehearsal/{run.pk}/"
    assert "Write a remark" in follow(staff.client("member"), f"{address}sign/", {"remark": " "})
    assert "Signed." in follow(staff.client("member"), f"{address}sign/", {"remark": "Posted by hand."})
    signed = RehearsalSignOff.objects.get()
    assert (signed.by, signed.digest, signed.remark) == ("member@fjell.example", run.digest, "Posted by hand.")
    assert Event.objects.filter(name="rehearsal_signed").count() == 1
    assert "Signed by member@fjell.example" in text(staff.client("viewer").get(f"{address}"))


def test_results_are_downloaded(staff: People) -> None:
    post_history(staff.world, habits={}, mistakes={"missing": 2})
    run = rehearsed(staff.world)
    address = f"/c/fjell/rehearsal/{run.pk}/export/"
    rows = list(
        csv.reader(
            io.StringIO(content(staff.client("viewer").get(f"{address}csv/")).decode("utf-8-sig")), delimiter=";"
        )
    )
    assert len(rows) == 301
    assert sum(row[1] == "Not in the journal" for row in rows) == 2
    sheet = load_workbook(io.BytesIO(content(staff.client("viewer", "nb").get(f"{address}xlsx/?result=missing"))))
    assert [row[1] for row in sheet.active.iter_rows(values_only=True)] == [
        "Resultat",
        "Ikke i journalen",
        "Ikke i journalen",
    ]
    assert staff.client("viewer").get(f"{address}pdf/").status_code == 404


def test_another_company_never_sees_it(staff: People) -> None:
    post_history(staff.world, habits={})
    run = rehearsed(staff.world)
    for path in ("", "print/", "export/csv/"):
        assert staff.client("stranger").get(f"/c/others/rehearsal/{run.pk}/{path}").status_code == 404
    for path in ("accept/", "sign/"):
        assert staff.client("stranger").post(f"/c/others/rehearsal/{run.pk}/{path}").status_code == 404
        assert staff.client("viewer").post(f"/c/fjell/rehearsal/{run.pk}/{path}").status_code == 403


def test_what_is_no_period_is_refused_in_words(staff: People) -> None:
    for body in (
        {},
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"from": "x", "to": "y"},
        {"from": "0001-01-01", "to": "2026-11-01"},
    ):
        assert "Nothing was started." in follow(staff.client("owner"), "/c/fjell/rehearsal/start/", body)


def test_rehearsal_whose_process_was_killed_is_continued_from_its_page(staff: People) -> None:
    from django.utils import timezone

    from bilag.jobs.lease import held
    from bilag.rehearsal.models import Rehearsal

    post_history(staff.world, habits={})
    days = {"first": FIRST, "last": LAST, "read_to": LAST}
    run = Rehearsal.objects.create(
        company_id=staff.world.company_id, setup_version=1, began_at=timezone.now(), phase="invoices", **days
    )
    owner = staff.client("owner")
    for address in ("/c/fjell/rehearsal/", f"/c/fjell/rehearsal/{run.pk}/"):
        with held("rehearsal", staff.world.company_id):
            assert "Invoices read from Moment: 0." in text(owner.get(address))
        assert "The rehearsal was interrupted before it was done." in text(owner.get(address))
    follow(owner, "/c/fjell/rehearsal/start/", {"from": str(FIRST), "to": str(LAST)})
    staff.world.work()
    run.refresh_from_db()
    assert (run.phase, run.counts["equal"] + run.counts["own_way"]) == ("done", 300)
