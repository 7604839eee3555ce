"""The pages of reconciliation: months, one period, the sheet on paper, what a person does there."""

import asyncio
import csv
import io
from datetime import date, timedelta
from typing import Any

from django.test import Client
from openpyxl import load_workbook

from bilag.posting.selection import OSLO
from tests.support.people import People
from tests.support.reconciliation import FIRST, LAST, Compare, found, other_voucher, reverse
from tests.support.world import LAST_DAY, World


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def content(response: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return asyncio.run(read())


def follow(client: Client, path: str, body: dict[str, str]) -> str:
    return text(client.post(path, body, follow=True))


def test_first_day_says_when_the_first_month_is_compared(people: People) -> None:
    page = text(people.client("owner").get("/c/fjell/reconciliation/"))
    assert "No months yet" in page
    assert "Ingen måneder ennå" in text(people.client("owner", "nb").get("/c/fjell/reconciliation/"))


def test_month_is_compared_by_a_click_and_shown(people: People, posted: list[int]) -> None:
    world, owner = people.world, people.client("owner")
    page = follow(owner, "/c/fjell/reconciliation/start/", {"month": f"{LAST_DAY:%Y-%m}"})
    assert "Waiting to start" in page
    world.work()
    page = text(owner.get("/c/fjell/reconciliation/"))
    assert ">November 2026</a>" in page
    assert '<span class="pill good">Agrees</span>' in page


def test_what_is_no_period_is_refused_in_words(people: People) -> None:
    owner = people.client("owner")
    for body in ({}, {"month": "2026-13"}, {"from": "2026-11-02", "to": "2026-11-01"}, {"from": "x", "to": "y"},
                 {"month": "9999-12"}, {"from": "0001-01-01", "to": "2026-11-01"},
                 {"from": "0001-01-01", "to": "0001-12-31"}, {"from": "9998-01-01", "to": "9999-12-31"},
                 {"month": "0001-01"}):  # fmt: skip
        assert "Nothing was reconciled. Choose a month" in follow(owner, "/c/fjell/reconciliation/start/", body)


def test_difference_is_opened_field_by_field(people: People, compared: Compare) -> None:
    number = people.world.insert_invoice({"exportStatus": "transferred"})
    other_voucher(people.world, number, "12000.00")
    run = compared()
    page = text(people.client("viewer").get(f"/c/fjell/reconciliation/{run.pk}/"))
    assert "<td>the total</td><td>12,500.00</td><td>12,000.00</td>" in page
    assert "the net amount, account 3000, VAT code 3" in page
    norwegian = text(people.client("viewer", "nb").get(f"/c/fjell/reconciliation/{run.pk}/"))
    assert "På fakturaen" in norwegian


def test_a_letters_link_leads_to_the_newest_comparison_of_its_month(people: People, compared: Compare) -> None:
    """Each night puts another in the place of the one that the letter told of."""
    viewer, link = people.client("viewer"), "/c/fjell/reconciliation/month/2026-11/?found=duplicate"
    assert viewer.get(link)["Location"] == "/c/fjell/reconciliation/", "nothing is compared yet"
    compared()
    newest = compared()
    assert viewer.get(link)["Location"] == f"/c/fjell/reconciliation/{newest.pk}/?found=duplicate"
    assert viewer.get(link.replace("duplicate", "%22%3E"))["Location"] == f"/c/fjell/reconciliation/{newest.pk}/"
    assert viewer.get("/c/fjell/reconciliation/month/oops/")["Location"] == "/c/fjell/reconciliation/"


def test_what_is_missing_is_sent_by_a_click_and_only_once(people: People, posted: list[int], compared: Compare) -> None:
    world, owner = people.world, people.client("owner")
    number = world.insert_invoice({})
    run = compared()
    page = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/?found=missing"))
    assert "It should have been transferred, but was not." in page
    assert f"Transfer {number}" in page
    for _ in range(2):
        follow(owner, f"/c/fjell/reconciliation/{run.pk}/send/", {"number": str(number)})
    world.work(rounds=2)
    assert len(world.vouchers(number)) == 1
    page = follow(owner, f"/c/fjell/reconciliation/{run.pk}/send/", {"number": str(posted[0])})
    assert "Nothing was transferred" in page


def test_all_that_is_missing_is_sent_together(people: People, compared: Compare) -> None:
    numbers = [people.world.insert_invoice({}) for _ in range(3)]
    run = compared()
    page = follow(people.client("member"), f"/c/fjell/reconciliation/{run.pk}/send/", {})
    assert "Transferring 3 invoices." in page
    people.world.work(rounds=2)
    assert found(compared(), "matched") == numbers


def test_reason_of_a_number_is_recorded_and_shown_on_paper(
    people: People, posted: list[int], compared: Compare
) -> None:
    people.world.insert_invoice({"invoiceNumber": posted[-1] + 2})
    run, owner = compared(), people.client("owner")
    body = {"number": str(posted[-1] + 1), "reason": "Kladd slettet <b>"}
    assert "The reason is saved." in follow(owner, f"/c/fjell/reconciliation/{run.pk}/gap/", body)
    paper = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/print/"))
    assert "Kladd slettet &lt;b&gt;" in paper
    assert "Date and signature" in paper
    for bad in ({"number": str(posted[-1] + 1), "reason": " "}, {"number": "1", "reason": "x"}, {"number": "-"}):
        assert "Nothing was saved" in follow(owner, f"/c/fjell/reconciliation/{run.pk}/gap/", bad)


def test_month_is_signed_for_when_it_is_over_and_a_later_change_shows(people: People, compared: Compare) -> None:
    world, owner = people.world, people.client("owner")
    october = {"first": date(2026, 10, 1), "last": date(2026, 10, 31)}
    dated = {"issueDate": "2026-10-30", "dueDate": "2026-11-13"}
    world.insert_invoice(dated)
    world.poll()
    world.work()
    run = compared(**october)
    sign = f"/c/fjell/reconciliation/{run.pk}/sign/"
    assert "has been reconciled again since you opened it" in follow(owner, sign, {"digest": "x"})
    assert "Signed. Bilag shows it if the month changes later" in follow(owner, sign, {"digest": run.digest})
    assert "Signed by owner@fjell.example" in text(owner.get(f"/c/fjell/reconciliation/{run.pk}/"))
    world.insert_invoice(dated)
    again = compared(**october)
    page = text(owner.get(f"/c/fjell/reconciliation/{again.pk}/"))
    assert "The month has changed since it was signed." in page
    assert "Changed since signing" in text(owner.get("/c/fjell/reconciliation/"))
    sign = f"/c/fjell/reconciliation/{again.pk}/sign/"
    assert "Write a remark about what you decided" in follow(owner, sign, {"digest": again.digest})
    body = {"digest": again.digest, "remark": "Sendes i morgen"}
    assert "Sendes i morgen" in follow(owner, sign, body)


def test_month_that_is_not_over_is_not_signed_for(people: People, compared: Compare) -> None:
    from django.utils import timezone

    today = timezone.localdate(timezone=OSLO)
    first = today.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    run = compared(first=first, last=last)
    page = follow(people.client("owner"), f"/c/fjell/reconciliation/{run.pk}/sign/", {"digest": run.digest})
    assert "The month is not over yet" in page
    other = compared(first=FIRST, last=FIRST)
    page = follow(people.client("owner"), f"/c/fjell/reconciliation/{other.pk}/sign/", {"digest": other.digest})
    assert "You can only sign whole months" in page


def test_every_number_is_in_the_sheets(people: People, posted: list[int], compared: Compare) -> None:
    missing = people.world.insert_invoice({})
    run, owner = compared(), people.client("owner")
    answer = owner.get(f"/c/fjell/reconciliation/{run.pk}/export/csv/")
    rows = list(csv.reader(io.StringIO(content(answer).decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [str(number) for number in [*posted, missing]]
    assert rows[1][7:10] == ["12500,00", "12500,00", "0,00"]
    assert rows[-1][1] == "Missing in the journal"
    answer = owner.get(f"/c/fjell/reconciliation/{run.pk}/export/xlsx/?found=missing")
    book = load_workbook(io.BytesIO(content(answer)))
    assert [row[0].value for row in book.active.iter_rows(min_row=2)] == [missing]
    assert owner.get(f"/c/fjell/reconciliation/{run.pk}/export/pdf/").status_code == 404


def test_reconciliation_of_another_company_is_not_found(people: People, compared: Compare) -> None:
    run = compared()
    stranger = people.client("stranger")
    for path in ("", "print/", "export/csv/"):
        assert stranger.get(f"/c/{people.other_slug}/reconciliation/{run.pk}/{path}").status_code == 404
    for path in ("send/", "sign/", "gap/"):
        assert stranger.post(f"/c/{people.other_slug}/reconciliation/{run.pk}/{path}").status_code == 404


def test_stopped_comparison_says_why_and_what_to_do(people: People, compared: Compare, world: World) -> None:
    world.hub.fault(operation="listVouchers", kind="unavailable", times=50)
    run = compared()
    page = text(people.client("owner").get("/c/fjell/reconciliation/"))
    assert "stopped before it was done:" in page
    assert "there is no result for the period" in text(people.client("owner").get(f"/c/fjell/reconciliation/{run.pk}/"))
    assert LAST > FIRST


def test_a_reversed_voucher_is_not_offered_for_transfer(people: People, posted: list[int], compared: Compare) -> None:
    world, owner = people.world, people.client("owner")
    reverse(world, posted[0])
    run = compared()
    page = text(owner.get(f"/c/fjell/reconciliation/{run.pk}/?found=missing"))
    assert "Its voucher was reversed in the accounting system. Bilag does not post it again." in page
    assert "Reverse the reversal in the accounting system" in page
    assert f"Transfer {posted[0]}" not in page
    assert "Transfer all missing" not in page
    norwegian = text(people.client("viewer", "nb").get(f"/c/fjell/reconciliation/{run.pk}/?found=missing"))
    assert "Reverser reverseringen i regnskapssystemet" in norwegian
    before = len(world.vouchers(posted[0]))
    for body in ({}, {"number": str(posted[0])}):
        assert "Nothing was transferred." in follow(owner, f"/c/fjell/reconciliation/{run.pk}/send/", body)
    world.work(rounds=2)
    assert len(world.vouchers(posted[0])) == before


def test_the_causes_of_several_reversed_vouchers_say_what_to_do(
    people: People, posted: list[int], compared: Compare
) -> None:
    for number in posted[:2]:
        reverse(people.world, number)
    page = text(people.client("owner").get(f"/c/fjell/reconciliation/{compared().pk}/?found=missing"))
    causes = page.split('id="causes-missing"')[1].split("</table>")[0]
    assert "2 ×" in causes
    assert "Reverse the reversal in the accounting system" in causes


def test_a_month_that_was_signed_with_a_reversed_voucher_has_the_same_digest(
    posted: list[int], people: People, compared: Compare
) -> None:
    """Earlier versions said that such a voucher was gone: the month that was signed so has not changed."""
    from bilag.reconciliation.models import Why
    from bilag.reconciliation.totals import digest

    reverse(people.world, posted[0])
    run = compared()
    assert run.findings.filter(reason=Why.REVERSED).update(reason=Why.GONE) == 1
    assert digest(run) == run.digest
