"""From a batch to the journal: what is posted, what its read-back shows, and each state of a batch's life."""

import threading
from typing import Any

import pytest

from bilag_sandbox.common import HeldClock
from tests.support import local_http
from tests.support.hub.batches import DAY, TODAY, batch, journal, line, simple, voucher
from tests.support.hub.client import Company, Contract


def test_an_invoice_is_posted_as_the_contract_shows(visma: Company) -> None:
    posted = visma.post_batch(batch()).json()
    assert (posted["status"], posted["voucherJournalNumber"], posted["errorMessage"]) == ("updated", 1, None)
    (found,) = visma.vouchers(voucherNumber=5001)
    assert [(e["accountNumber"], e["amount"], e["vatCode"]) for e in found["entries"]] == [
        ("1500", "91636.75", None),
        ("3000", "-63125.00", "3"),
        ("2700", "-15781.25", "3"),
        ("3010", "-9000.00", "3"),
        ("2700", "-2250.00", "3"),
        ("3100", "-1480.50", "5"),
    ]
    assert [e["entryNumber"] for e in found["entries"]] == [1, 2, 3, 4, 5, 6]
    assert found["entries"][0]["customerNumber"] == "10042"
    assert found["entries"][1]["orgUnits"] == {"1": "10", "2": "1207"}
    assert (found["externalId"], found["paymentId"], found["yourReference"], found["totalAmount"]) == (
        "moment-4021-invoice-5001",
        "0050013",
        "Kari Nilsen",
        "91636.75",
    )


def test_the_contracts_own_examples_are_posted(visma: Company, poweroffice: Company, contract: Contract | None) -> None:
    if contract is None:
        pytest.skip("../shared is not here: the contract's examples cannot be sent")
    examples = {name: example["value"] for name, example in contract.document["components"]["examples"].items()}
    visma.put_customer("10077", name="Malmö AB", countryCode="SE")
    visma.put_unit(2, "1311")
    for company in (visma, poweroffice):
        company.admin("PUT", "/periods/2026/1", {"state": "open"})
    for name in ("BatchInvoice", "BatchCreditNote", "BatchForeignCurrency"):
        assert visma.post_batch(examples[name]).json()["status"] == "updated", name
    assert poweroffice.post_batch(examples["BatchAccrualLine"]).json()["status"] == "updated"
    (expected,) = examples["PostedVouchers"]["items"]
    (posted,) = visma.vouchers(voucherNumber=5001)
    for place in (expected, posted, *expected["entries"], *posted["entries"]):
        place.pop("journalNumber")
        place.pop("batchNumber", None)
    assert posted == expected
    with_accrual = examples["BatchAccrualJournal"] | {"externalId": "another"}
    assert visma.post_batch(with_accrual).json()["status"] == "updated"
    assert visma.post_batch(examples["BatchAccrualJournal"]).json()["sameContent"] is False


def test_a_credit_note_mirrors(visma: Company) -> None:
    lines = [line("3000", "debit", "3", "2500.00", "625.00", "3125.00")]
    note = voucher(type="creditNote", voucherNumber=5002, dueDate=None, paymentId=None, totalAmount="3125.00",
                   creditedInvoiceNumber=5001, lines=lines)  # fmt: skip
    assert visma.post_batch(batch(note)).json()["status"] == "updated"
    (found,) = visma.vouchers(voucherNumber=5002)
    assert [e["amount"] for e in found["entries"]] == ["-3125.00", "2500.00", "625.00"]
    assert (found["totalAmount"], found["creditedInvoiceNumber"]) == ("-3125.00", 5001)


def test_foreign_currency_rounds_each_entry_and_the_customer_takes_the_rest(visma: Company) -> None:
    lines = [line("3105", "credit", "52", "0.05", "0.00", "0.05") for _ in range(3)]
    lines.append(line("3105", "debit", "52", "0.05", "0.00", "0.05"))
    invoice = voucher(currency="EUR", exchangeRate="11.5", paymentId=None, totalAmount="0.10", lines=lines)
    assert visma.post_batch(batch(invoice)).json()["status"] == "updated"
    (found,) = visma.vouchers(voucherNumber=5001)
    # 0.05 x 11.5 = 0.575, half away from zero 0.58; the customer 2 x 0.58, not 0.10 x 11.5 = 1.15
    assert [e["amount"] for e in found["entries"]] == ["1.16", "-0.58", "-0.58", "-0.58", "0.58"]
    assert [e["currencyAmount"] for e in found["entries"]] == ["0.10", "-0.05", "-0.05", "-0.05", "0.05"]


def test_an_invoice_and_its_accrual_are_one_journal(visma: Company) -> None:
    answer = visma.post_batch(batch(voucher(), journal(), journal(amount="3000.00"))).json()
    assert [v["status"] for v in answer["vouchers"]] == ["updated"] * 3
    assert answer["vouchers"][1]["voucherNumber"] == 900_001
    found = visma.vouchers(voucherNumber=5001)
    assert [(v["type"], v["journalNumber"]) for v in found] == [
        ("outgoingInvoice", 1),
        ("journal", 1),
        ("journal", 1),
    ]
    assert [e["entryNumber"] for v in found for e in v["entries"]] == list(range(1, 11))


def test_accrual_on_the_line_is_spread_over_later_months(poweroffice: Company) -> None:
    first = TODAY.replace(year=TODAY.year, month=1, day=1)
    until = TODAY.replace(month=3, day=31)
    day = first.replace(day=15).isoformat()
    spread = {"from": str(first), "to": str(until), "balanceAccount": "2965", "resultAccount": "3910"}
    one = line("3010", "credit", "3", "100.00", "25.00", "125.00", orgUnits={"2": "DRIFT-7"}, accrual=spread)
    invoice = voucher(
        voucherDate=day, dueDate=day, customerNumber="10018", paymentId=None, totalAmount="125.00", lines=[one]
    )
    assert poweroffice.post_batch(batch(invoice)).json()["status"] == "updated"
    accruals = poweroffice.vouchers(voucherNumber=5001)[1:]
    seen = [(v["valueDate"][5:], [(e["accountNumber"], e["amount"]) for e in v["entries"]]) for v in accruals]
    assert seen[0] == ("01-15", [("3910", "66.67"), ("2965", "-66.67")])
    assert seen[1] in [(f"02-{d}", [("3910", "-33.34"), ("2965", "33.34")]) for d in (28, 29)]
    assert seen[2] == ("03-31", [("3910", "-33.33"), ("2965", "33.33")])


def test_the_ledger_balances_and_journal_numbers_have_no_gaps(visma: Company) -> None:
    for number in range(1, 6):
        visma.post_batch(simple(number))
        visma.post_batch(simple(number + 100, account="9999"))  # refused: takes no number
    balance = visma.admin("GET", "/trial-balance")
    assert (balance["sum"], balance["missingJournalNumbers"], balance["customers"]) == ("0.00", 0, {"10042": "625.00"})
    assert [v["journalNumber"] for v in visma.admin("GET", "/ledger")] == [1, 2, 3, 4, 5]


def test_a_voucher_number_may_be_used_again_under_another_external_id(visma: Company) -> None:
    visma.post_batch(simple(7))
    assert visma.post_batch(simple(7) | {"externalId": "another"}).json()["status"] == "updated"
    assert len(visma.vouchers(voucherNumber=7)) == 2


def test_same_external_id_gives_the_earlier_batch_and_whether_the_content_is_the_same(visma: Company) -> None:
    first = visma.post_batch(simple(7)).json()
    again = visma.post_batch(simple(7))
    assert (again.status_code, again.json()["sameContent"], again.json()["batch"]) == (409, True, first)
    written_otherwise = simple(7, valueDate=None, creditedInvoiceNumber=None)
    assert visma.post_batch(written_otherwise).json()["sameContent"] is True
    other = visma.post_batch(simple(7, text="Noe annet"))
    assert (other.status_code, other.json()["sameContent"]) == (409, False)
    visma.admin("PATCH", "", {"lockDate": DAY})
    assert visma.post_batch(simple(7)).status_code == 409  # what is there counts, not whether it could be posted now
    assert len(visma.admin("GET", "/ledger")) == 1


def test_two_requests_with_one_external_id_at_the_same_time(visma: Company) -> None:
    statuses: list[int] = []

    def send() -> None:
        headers = {"Authorization": f"Bearer {visma.token}"}
        answer = local_http.post(visma.base_url + visma.path + "/batches", json=simple(9), headers=headers)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201] + [409] * 7
    assert len(visma.vouchers(voucherNumber=9)) == 1


def process(company: Company, *numbers: int) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = company.ask("PUT", "/batches/process", json=list(numbers)).json()
    return results


def test_without_auto_update_a_batch_is_created_and_processed_later(visma: Company) -> None:
    made = visma.post_batch(simple(7) | {"autoUpdate": False}).json()
    assert (made["status"], made["voucherJournalNumber"], made["errorCode"]) == ("created", None, None)
    assert visma.vouchers(voucherNumber=7) == []
    (result,) = process(visma, made["batchNumber"])
    assert (result["status"], result["voucherJournalNumber"]) == ("updated", 1)
    assert process(visma, made["batchNumber"]) == [result]


def test_a_locked_ledger_leaves_the_batch_created_until_it_is_processed(visma: Company) -> None:
    visma.admin("POST", "/posting", {"effect": "locked", "times": 2})
    made = visma.post_batch(simple(7)).json()
    assert (made["status"], made["errorCode"]) == ("created", "ledger_locked")
    (result,) = process(visma, made["batchNumber"])
    assert (result["status"], result["errorCode"]) == ("created", "ledger_locked")
    (result,) = process(visma, made["batchNumber"])
    assert (result["status"], result["errorCode"], result["errorMessage"]) == ("updated", None, None)


def test_a_period_closed_between_check_and_posting_fails_and_can_be_processed_again(visma: Company) -> None:
    visma.admin("POST", "/posting", {"effect": "closePeriod"})
    made = visma.post_batch(simple(7)).json()
    assert (made["status"], made["errorCode"]) == ("failed", "batch_update_failed")
    assert made["errorMessage"] == "Bunten kan ikke oppdateres. Perioden er avsluttet."
    assert [(e["field"], e["code"]) for e in made["vouchers"][0]["errors"]] == [("voucherDate", "period_closed")]
    (result,) = process(visma, made["batchNumber"])
    assert (result["status"], result["errorCode"], bool(result["errorMessage"])) == ("failed", None, True)
    visma.admin("PUT", f"/periods/{TODAY.year}/{TODAY.month}", {"state": "open"})
    assert process(visma, made["batchNumber"])[0]["status"] == "updated"


def test_an_account_made_inactive_between_check_and_posting_fails(visma: Company) -> None:
    visma.admin("POST", "/posting", {"effect": "deactivateAccount"})
    made = visma.post_batch(simple(7)).json()
    assert made["vouchers"][0]["errors"][0]["code"] == "account_inactive"
    assert made["vouchers"][0]["errors"][0]["field"] == "lines[0].accountNumber"


def test_a_failed_batch_can_be_deleted_and_its_external_id_is_free_again(visma: Company) -> None:
    visma.admin("POST", "/posting", {"effect": "refused", "errorMessage": "Nei."})
    made = visma.post_batch(simple(7)).json()
    assert (made["status"], made["errorMessage"]) == ("failed", "Nei.")
    path = f"/batches/{made['batchNumber']}"
    assert visma.ask("DELETE", path).status_code == 204
    assert visma.ask("GET", path).json()["code"] == "batch_unknown"
    again = visma.post_batch(simple(7)).json()
    assert (again["status"], again["voucherJournalNumber"]) == ("updated", 1)
    refused = visma.ask("DELETE", f"/batches/{again['batchNumber']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "batch_already_updated")


def test_posting_that_takes_its_time(visma: Company, hub_clock: HeldClock) -> None:
    visma.admin("POST", "/posting", {"effect": "delay", "seconds": 600})
    made = visma.post_batch(simple(7)).json()
    assert (made["status"], made["updateInProgress"]) == ("created", True)
    number = made["batchNumber"]
    assert process(visma, number)[0]["errorCode"] == "batch_busy"
    assert visma.ask("DELETE", f"/batches/{number}").json()["code"] == "batch_busy"
    hub_clock.advance(600)
    now = visma.ask("GET", f"/batches/{number}").json()
    assert (now["status"], now["updateInProgress"], now["voucherJournalNumber"]) == ("updated", False, 1)


@pytest.mark.parametrize("posted", [True, False])
def test_process_can_answer_200_with_an_error_whatever_is_true(visma: Company, posted: bool) -> None:
    made = visma.post_batch(simple(7) | {"autoUpdate": False}).json()
    effect = {"effect": "misreport", "status": "updated", "errorMessage": "Ukjent feil.", "posted": posted}
    visma.admin("POST", "/posting", effect)
    (result,) = process(visma, made["batchNumber"])
    assert (result["status"], result["voucherJournalNumber"], result["errorMessage"]) == (
        "updated",
        None,
        "Ukjent feil.",
    )
    assert len(visma.vouchers(voucherNumber=7)) == posted


def test_process_answers_in_the_order_asked_and_names_unknown_batches(visma: Company) -> None:
    made = [visma.post_batch(simple(n) | {"autoUpdate": False}).json()["batchNumber"] for n in (1, 2)]
    results = process(visma, made[1], 99999, made[0])
    assert [r["batchNumber"] for r in results] == [made[1], 99999, made[0]]
    assert [r["errorCode"] for r in results] == [None, "batch_unknown", None]
    for wrong in ([], [1, 1], ["1"], [0], {"1": 1}, [True]):
        assert visma.ask("PUT", "/batches/process", json=wrong).status_code == 422


def test_batches_are_found_by_external_id_and_newest_first(visma: Company) -> None:
    for number in (1, 2, 3):
        visma.post_batch(simple(number))
    found = visma.ask("GET", "/batches", params={"externalId": "moment-4021-invoice-2"}).json()
    assert [b["vouchers"][0]["voucherNumber"] for b in found["items"]] == [2]
    assert visma.ask("GET", "/batches", params={"externalId": "nobody"}).json()["items"] == []
    page = visma.ask("GET", "/batches", params={"limit": 2}).json()
    rest = visma.ask("GET", "/batches", params={"limit": 2, "cursor": page["nextCursor"]}).json()
    assert [b["vouchers"][0]["voucherNumber"] for b in page["items"] + rest["items"]] == [3, 2, 1]
    assert rest["nextCursor"] is None
    assert visma.ask("GET", "/batches", params={"status": "failed"}).json()["items"] == []


def test_vouchers_are_found_by_posting_date_and_paged(visma: Company) -> None:
    earlier = TODAY.replace(day=1)
    for number in (1, 2):
        visma.post_batch(simple(number, valueDate=str(earlier)))
    visma.post_batch(simple(3))
    first = visma.ask("GET", "/vouchers", params={"fromDate": str(earlier), "toDate": DAY, "limit": 2}).json()
    rest = visma.ask(
        "GET", "/vouchers", params={"fromDate": str(earlier), "limit": 2, "cursor": first["nextCursor"]}
    ).json()
    assert [v["voucherNumber"] for v in first["items"] + rest["items"]] == [1, 2, 3]
    assert visma.vouchers(toDate="1999-01-01") == []
    assert visma.ask("GET", "/vouchers").json()["code"] == "request_malformed"
    assert visma.ask("GET", "/vouchers", params={"fromDate": "1.1.2026"}).json()["code"] == "request_malformed"


def test_read_back_can_lag_behind(visma: Company, hub_clock: HeldClock) -> None:
    visma.admin("PATCH", "", {"readBackLagSeconds": 600})
    assert visma.post_batch(simple(7)).json()["status"] == "updated"
    query = {"externalId": "moment-4021-invoice-7"}
    assert visma.ask("GET", "/batches", params=query).json()["items"] == []
    assert visma.vouchers(voucherNumber=7) == []
    hub_clock.advance(601)
    assert visma.ask("GET", "/batches", params=query).json()["items"][0]["status"] == "updated"
    assert len(visma.vouchers(voucherNumber=7)) == 1


def test_a_person_posts_a_voucher_with_our_number(visma: Company) -> None:
    spec = {"voucherNumber": 5001, "customerNumber": "10042", "totalAmount": "99.00"}
    visma.admin("POST", "/vouchers", spec)
    (found,) = visma.vouchers(voucherNumber=5001)
    assert (found["externalId"], found["type"], found["totalAmount"]) == (None, "outgoingInvoice", "99.00")
    assert visma.admin("GET", "/trial-balance")["sum"] == "0.00"


def test_a_person_posts_our_unposted_batch(visma: Company) -> None:
    made = visma.post_batch(simple(7) | {"autoUpdate": False}).json()
    visma.admin("POST", f"/batches/{made['batchNumber']}/post")
    assert visma.ask("GET", f"/batches/{made['batchNumber']}").json()["status"] == "updated"


def test_a_reversal_is_new_rows_and_the_report_tells_what_they_take_back(visma: Company) -> None:
    visma.post_batch(simple(7))
    visma.admin("POST", "/journals/1/reverse")
    page = visma.ask("GET", "/reports/standard", params={"limit": 4}).json()
    rest = visma.ask("GET", "/reports/standard", params={"after": page["nextCursor"]}).json()
    rows = page["rows"] + rest["rows"]
    assert [(r["journalNumber"], r["entryNumber"]) for r in rows] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]
    assert (page["hasMore"], rest["hasMore"]) == (True, False)
    assert (rows[1]["netAmount"], rows[1]["vatAmount"], rows[1]["grossAmount"]) == ("-100.00", "-25.00", "-125.00")
    assert rows[4]["reverses"] == {"journalNumber": 1, "entryNumber": 2}
    nothing = visma.ask("GET", "/reports/standard", params={"after": rest["nextCursor"]}).json()
    assert (nothing["rows"], nothing["nextCursor"]) == ([], rest["nextCursor"])
    assert visma.ask("GET", "/reports/annet").json()["code"] == "report_unknown"


def test_a_supplier_invoice_with_a_document_comes_in_the_report(visma: Company) -> None:
    entries = [
        {"accountNumber": "2400", "amount": "-1250.00", "supplierNumber": "50010"},
        {
            "accountNumber": "4300",
            "amount": "1000.00",
            "vatAmount": "250.00",
            "vatCode": "1",
            "orgUnits": {"2": "1207"},
        },
        {"accountNumber": "2710", "amount": "250.00", "vatCode": "1"},
    ]
    spec = {"voucherNumber": 20015, "type": "incomingInvoice", "supplierNumber": "50010", "entries": entries,
            "documents": [{"fileName": "F-88 ø.pdf", "contentType": "application/pdf", "base64": "JVBERg=="}]}  # fmt: skip
    visma.admin("POST", "/vouchers", spec)
    row = visma.ask("GET", "/reports/standard").json()["rows"][1]
    assert (row["grossAmount"], row["supplierNumber"], row["orgUnits"]) == ("1250.00", "50010", {"2": "1207"})
    document = visma.ask("GET", f"/documents/{row['documentIds'][0]}")
    assert document.content == b"%PDF"
    assert "F-88%20%C3%B8.pdf" in document.headers["content-disposition"]
    assert visma.ask("GET", "/documents/123456").json()["code"] == "document_unknown"


def test_attachments_follow_the_profile(visma: Company) -> None:
    visma.post_batch(simple(7))
    form = {"externalId": "moment-4021-invoice-7", "externalDocumentId": "a-1"}
    file = {"file": ("faktura-7.pdf", b"%PDF-1.7", "application/pdf")}
    refused = visma.ask("POST", "/vouchers/7/documents", data=form, files=file)
    assert (refused.status_code, refused.json()["code"]) == (422, "attachments_not_supported")
    visma.admin("PATCH", "", {"capabilities": {"attachments": True}})
    first = visma.ask("POST", "/vouchers/7/documents", data=form, files=file)
    again = visma.ask("POST", "/vouchers/7/documents", data=form, files=file)
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    unknown = visma.ask("POST", "/vouchers/8/documents", data=form, files=file)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "voucher_unknown")
    text = {"file": ("a.txt", b"hei", "text/plain")}
    assert (
        visma.ask("POST", "/vouchers/7/documents", data=form, files=text).json()["code"] == "document_type_not_allowed"
    )
