"""One transfer: an invoice beside its voucher; a failed one is understood, mended and tried again, or kept back."""

import re
from html import unescape
from typing import Any

from bilag.transfers.models import Transfer
from tests.support.people import People


def text_of(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def pk_of(number: object) -> int:
    return Transfer.objects.get(kind="invoice", number=str(number)).pk


def test_a_posted_invoice_stands_beside_its_voucher_with_its_journal_number(people: People) -> None:
    invoice = people.world.finalise()
    people.world.hint(invoice)
    people.world.work()
    row = Transfer.objects.get(kind="invoice", number=str(invoice["invoiceNumber"]))
    text = text_of(people.client("viewer").get(f"/c/{people.slug}/transfers/{row.pk}/"))
    assert f"voucher {invoice['invoiceNumber']}" in text
    assert f"Journal number {row.journal_number}" in text
    assert "The invoice in Moment" in text
    assert "Invoice lines" in text
    assert "Azets: POST" in text
    assert "example-password" not in text
    assert "Retry" not in text


def test_a_failed_invoice_is_understood_mended_and_tried_again(people: People) -> None:
    number = people.world.insert_invoice({"line": {"vatCode": "99"}})
    people.world.poll()
    people.world.work()
    client = people.client("member")
    address = f"/c/{people.slug}/transfers/{pk_of(number)}/"
    text = text_of(client.get(address))
    assert "Needs attention" in text
    assert "99" in text
    assert "No voucher yet" in text
    norwegian = text_of(people.client("member", "nb").get(address))
    assert "Må følges opp" in norwegian
    stored = people.world.invoices[number]
    people.world.moment.ask(
        "PATCH", f"/admin/invoices/{stored['id']}", {"lines": [{"id": stored["lines"][0]["id"], "vatCode": "3"}]}
    )
    answer = client.post(f"/c/{people.slug}/transfers/retry/", {"id": pk_of(number), "next": address})
    assert answer.headers["location"] == address
    people.world.work()
    assert "Done" in text_of(client.get(address))
    assert len(people.world.vouchers(number)) == 1


def test_an_accrued_invoice_is_shown_with_its_schedule_by_month(people: People) -> None:
    people.world.apply(accrual={"enabled": True, "debit_account": "3910", "credit_account": "2965"})
    number = people.world.insert_invoice({"line": {"accrualFrom": "2026-11-01", "accrualTo": "2027-01-31"}})
    people.world.retry(number)
    address = f"/c/{people.slug}/transfers/{pk_of(number)}/"
    text = text_of(people.client("viewer").get(address))
    assert "Accrual by month Bilag posts these in the same batch as the invoice" in text
    assert "2965 3910" in text
    assert "3,333.34" in text
    assert "Periodisering måned for måned" in text_of(people.client("viewer", "nb").get(address))


def test_what_a_person_keeps_back_is_not_woken_by_hints_but_by_a_person(people: People) -> None:
    number = people.world.insert_invoice({"line": {"vatCode": "99"}})
    people.world.poll()
    people.world.work()
    client = people.client("member")
    address = f"/c/{people.slug}/transfers/{pk_of(number)}/"
    silent = client.post(f"{address}exclude/", {"note": "fordi"}, follow=True)
    assert "Nothing was excluded. Choose why." in text_of(silent)
    assert Transfer.objects.get(pk=pk_of(number)).state == "needs_attention"
    client.post(f"{address}exclude/", {"excluded_as": "not_for_the_books", "note": "Laget ved en feil"})
    assert "It does not belong in the books. Laget ved en feil." in text_of(client.get(address))
    assert "It does not belong in the books, Laget ved en feil" in text_of(client.get(f"/c/{people.slug}/log/"))
    assert "A user has excluded it from accounting." in text_of(client.get(address))
    people.world.hint(people.world.invoices[number])
    people.world.poll()
    people.world.work()
    assert Transfer.objects.get(pk=pk_of(number)).state == "skipped"
    client.post(f"/c/{people.slug}/transfers/retry/", {"id": pk_of(number)})
    people.world.work()
    assert Transfer.objects.get(pk=pk_of(number)).state == "needs_attention"


def test_what_is_in_accounting_cannot_be_kept_back(people: People) -> None:
    invoice = people.world.finalise()
    people.world.hint(invoice)
    people.world.work()
    address = f"/c/{people.slug}/transfers/{pk_of(invoice['invoiceNumber'])}/"
    said = text_of(
        people.client("member").post(f"{address}exclude/", follow=True, data={"excluded_as": "posted_manually"})
    )
    assert "so you cannot exclude it. Credit the invoice in Moment instead." in said
    assert Transfer.objects.get(pk=pk_of(invoice["invoiceNumber"])).state == "done"


def test_names_from_moment_are_text_and_nothing_else(people: People) -> None:
    number = people.world.insert_invoice({"description": "<script>alert(1)</script>", "line": {"vatCode": "99"}})
    people.world.poll()
    people.world.work()
    html = people.client("viewer").get(f"/c/{people.slug}/transfers/{pk_of(number)}/").content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_transfer_of_another_company_is_not_found(people: People) -> None:
    invoice = people.world.finalise()
    people.world.hint(invoice)
    pk = pk_of(invoice["invoiceNumber"])
    stranger = people.client("stranger")
    assert stranger.get(f"/c/{people.other_slug}/transfers/{pk}/").status_code == 404
    assert stranger.post(f"/c/{people.other_slug}/transfers/{pk}/exclude/").status_code == 404
    assert people.client("viewer").post(f"/c/{people.slug}/transfers/{pk}/exclude/").status_code == 403


ABROAD = {
    "currency": "EUR",
    "exchangeRate": 21.5,
    "line": {"vatCode": "52", "accountNumber": "3105", "vatRate": 0, "vatAmount": 0},
}


def test_a_person_confirms_an_exchange_rate_and_the_log_says_who(people: People) -> None:
    number = people.world.insert_invoice({**ABROAD, "vatAmount": 0, "totalAmount": 10000})
    people.world.poll()
    people.world.work()
    client, address = people.client("member"), f"/c/{people.slug}/transfers/{pk_of(number)}/"
    assert "Confirm exchange rate" in text_of(client.get(address))
    assert "confirm-rate/" in client.get(address).content.decode()
    assert "confirm-rate/" not in people.client("viewer").get(address).content.decode()
    assert people.client("viewer").post(f"{address}confirm-rate/", {"rate": "21.5"}).status_code == 403
    for wrong in ("21.6", "", "NaN", "x" * 500):
        text = text_of(client.post(f"{address}confirm-rate/", {"rate": wrong}, follow=True))
        assert "does not wait for this exchange rate" in text
    text = text_of(client.post(f"{address}confirm-rate/", {"rate": "21.5"}, follow=True))
    assert f"The exchange rate of invoice {number} is confirmed" in text
    people.world.work(rounds=2)
    assert Transfer.objects.get(pk=pk_of(number)).state == "done"
    log = text_of(client.get(f"/c/{people.slug}/log/"))
    assert "Exchange rate confirmed" in log
    assert f"{number}, EUR, 21.5" in log


def test_no_rate_can_be_confirmed_of_an_invoice_that_stopped_for_another_reason(people: People) -> None:
    number = people.world.insert_invoice({"line": {"vatCode": "99"}})
    people.world.poll()
    people.world.work()
    client, address = people.client("member"), f"/c/{people.slug}/transfers/{pk_of(number)}/"
    assert "Confirm exchange rate" not in text_of(client.get(address))
    assert "does not wait" in text_of(client.post(f"{address}confirm-rate/", {"rate": "1"}, follow=True))
    assert client.post(f"/c/{people.slug}/transfers/99999/confirm-rate/", {"rate": "1"}).status_code == 404
