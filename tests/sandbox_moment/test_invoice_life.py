"""Drafts are finalised, credited, mended; numbers have no gaps; nothing is lost when the server is killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from stdnum import luhn

from bilag_sandbox import moment
from bilag_sandbox.common import HeldClock
from tests.support.moment.client import Contract, Office, office_of


def test_finalising_gives_the_next_number_the_moment_and_a_payment_id(office: Office) -> None:
    draft = office.draft()
    assert (draft["invoiceNumber"], draft["invoiceState"], draft["finalizedDate"]) == (None, "draft", None)
    done = office.do("POST", f"/invoices/{draft['id']}/finalize")
    assert (done["invoiceNumber"], done["invoiceState"], done["exportStatus"]) == (5276, "finalized", "toTransfer")
    assert luhn.is_valid(done["paymentId"])
    assert done["version"] == draft["version"] + 1
    assert done["finalizedDate"][:10] == done["issueDate"] < done["dueDate"]
    assert done["totalAmount"] == Decimal("1250.00")
    assert office.get(f"/invoices/{draft['id']}") == done
    office.do("POST", f"/invoices/{draft['id']}/finalize", status=409)


def test_a_draft_says_beforehand_whether_it_goes_and_whether_it_has_a_payment_id(office: Office) -> None:
    done = office.finalised(exportStatus="doNotTransfer", kid=False)
    assert (done["exportStatus"], done["paymentId"]) == ("doNotTransfer", None)


def test_drafts_of_the_last_month_become_the_sample_again(office: Office, contract: Contract | None) -> None:
    done = office.do("POST", "/invoices/finalize", {})["invoices"]
    with office_of(contract, sample="finalized") as other:
        expected = other.rows("/invoices", sort="invoiceNumber")[-25:]
    for invoice, sample in zip(done, expected, strict=True):
        for name in ("invoiceNumber", "customer", "lines", "totalAmount", "issueDate", "dueDate", "paymentId"):
            assert invoice[name] == sample[name], name
        assert invoice["creditedInvoiceNumber"] == sample["creditedInvoiceNumber"]
        assert invoice["description"] == (sample["description"] if sample["creditedInvoiceNumber"] is None else
                                          f"Kreditnota til faktura {sample['creditedInvoiceNumber']}")  # fmt: skip


def test_all_three_hundred_can_be_drafts(contract: Contract | None) -> None:
    with office_of(contract, sample="drafts") as office:
        assert len(office.rows("/invoices", invoiceState="draft")) == 300
        done = office.do("POST", "/invoices/finalize", {"count": 120})["invoices"]
        assert [invoice["invoiceNumber"] for invoice in done] == list(range(5001, 5121))
        assert all(office.get(f"/invoices/{invoice['id']}")["invoiceState"] == "finalized" for invoice in done[:3])


def test_a_credit_note_waits_for_its_invoice(contract: Contract | None) -> None:
    with office_of(contract, sample="drafts") as office, office_of(contract, sample="finalized") as numbered:
        note = next(row for row in numbered.rows("/invoices") if row["creditedInvoiceNumber"] is not None)
        office.do("POST", f"/invoices/{note['id']}/finalize", status=409)
        credited = numbered.rows("/invoices", invoiceNumber=note["creditedInvoiceNumber"])[0]
        number = office.do("POST", f"/invoices/{credited['id']}/finalize")["invoiceNumber"]
        done = office.do("POST", f"/invoices/{note['id']}/finalize")
        assert (number, done["creditedInvoiceNumber"]) == (5001, 5001)


def test_numbers_follow_each_other_under_concurrent_requests(office: Office) -> None:
    drafts = [office.draft()["id"] for _ in range(24)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda number: office.do("POST", f"/invoices/{number}/finalize"), drafts))
    assert sorted(invoice["invoiceNumber"] for invoice in done) == list(range(5276, 5300))


def test_a_draft_is_finalised_once_however_many_try(office: Office) -> None:
    draft = office.draft()["id"]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: office.http.post(f"/admin/invoices/{draft}/finalize").status_code, range(6)))
    assert sorted(answers) == [200, 409, 409, 409, 409, 409]
    assert office.finalised()["invoiceNumber"] == 5277


def test_a_refused_draft_uses_no_number_up(office: Office) -> None:
    empty = office.draft(lines=[])
    office.do("POST", f"/invoices/{empty['id']}/finalize", status=422)
    assert office.finalised()["invoiceNumber"] == 5276


def test_credit_note_mirrors_its_invoice(office: Office) -> None:
    invoice = office.rows("/invoices", invoiceNumber="5006")[0]
    note = office.do("POST", "/invoices/number:5006/credit", {})
    assert (note["invoiceType"], note["creditedInvoiceNumber"], note["invoiceNumber"]) == ("creditNote", 5006, 5276)
    assert (note["paymentId"], note["dueDate"]) == (None, None)
    for name in ("netAmount", "vatAmount", "totalAmount"):
        assert note[name] == -invoice[name]
    for line, taken in zip(invoice["lines"], note["lines"], strict=True):
        assert (taken["netAmount"], taken["vatAmount"]) == (-line["netAmount"], -line["vatAmount"])
        assert taken["id"] != line["id"]


def test_part_of_an_invoice_is_credited(office: Office) -> None:
    invoice = office.finalised(
        lines=[{"accountNumber": "3000", "quantity": 4, "unitPrice": 999.99, "discountPercent": 10}]
    )
    line = invoice["lines"][0]
    note = office.do("POST", f"/invoices/{invoice['id']}/credit", {"lines": [{"id": line["id"], "quantity": 1}]})
    assert (note["netAmount"], note["vatAmount"], note["totalAmount"]) == (
        Decimal("-899.99"), Decimal("-225.00"), Decimal("-1124.99"),
    )  # fmt: skip
    office.do("POST", f"/invoices/{invoice['id']}/credit", {"lines": [{"id": line["id"], "quantity": 5}]}, status=422)
    office.do("POST", f"/invoices/{note['id']}/credit", {}, status=409)


def test_an_odd_invoice_is_kept_as_told_and_can_be_mended(office: Office) -> None:
    odd = office.do(
        "POST",
        "/invoices/insert",
        {
            "customer": "10003",
            "project": "1201",
            "lines": [{"accountNumber": "9999", "vatCode": "77", "unitPrice": 100, "vatAmount": 3}],
            "totalAmount": 1,
            "paymentId": "0052761234",
        },
    )
    seen = office.get(f"/invoices/{odd['id']}")
    assert (seen["invoiceState"], seen["totalAmount"], seen["paymentId"]) == ("finalized", 1, "0052761234")
    assert (seen["lines"][0]["accountNumber"], seen["lines"][0]["vatAmount"]) == ("9999", 3)
    assert seen["customer"]["customerNumber"] == "10003"
    line = {"id": seen["lines"][0]["id"], "accountNumber": "3000", "vatCode": "3", "vatRate": 25}
    mended = office.do("PATCH", f"/invoices/{odd['id']}", {"lines": [line], "recalculate": True, "paymentId": None})
    assert (mended["totalAmount"], mended["paymentId"], mended["version"]) == (Decimal("125.00"), None, 2)
    assert mended["lastModifiedDate"] > seen["lastModifiedDate"]
    kept = office.do("PATCH", f"/invoices/{odd['id']}", {"totalAmount": 7})
    assert (kept["totalAmount"], kept["lines"]) == (7, mended["lines"])


def test_an_invoice_without_customer_can_be_inserted(office: Office) -> None:
    line = {"accountNumber": "3000", "unitPrice": 10}
    odd = office.do("POST", "/invoices/insert", {"lines": [line], "invoiceNumber": 9000})
    assert (odd["customer"], odd["invoiceNumber"]) == (None, 9000)
    office.do("POST", "/invoices/insert", {"lines": [line], "invoiceNumber": 9000}, status=409)
    assert office.finalised()["invoiceNumber"] == 9001
    mended = office.do("PATCH", "/invoices/number:9000", {"customer": "10001"})
    assert office.get(f"/invoices/{mended['id']}")["customer"]["customerNumber"] == "10001"


def test_a_persons_change_of_export_status(office: Office) -> None:
    assert (
        office.do("PUT", "/invoices/number:5001/export-status", {"exportStatus": "toTransfer"})["exportStatus"]
        == "toTransfer"
    )
    assert [
        row["invoiceNumber"] for row in office.rows("/invoices", exportStatus="toTransfer", invoiceState="finalized")
    ] == [5001]
    office.do("PUT", "/invoices/number:5001/export-status", {"exportStatus": "never"}, status=422)


def test_a_customers_new_name_shows_wherever_it_is_named(office: Office) -> None:
    invoice = office.finalised()
    office.do("PATCH", "/customers/number:10001", {"name": "Ål & Ørret AS"})
    seen = office.get(f"/invoices/{invoice['id']}")
    assert (seen["customer"]["name"], seen["version"]) == ("Ål & Ørret AS", invoice["version"])


def test_new_customers_and_projects_get_numbers_that_nobody_has(office: Office) -> None:
    customer = office.do("POST", "/customers", {"name": "Nyhavna Båtbyggeri AS"})
    project = office.do(
        "POST", "/projects", {"name": "Båthall", "customer": customer["customerNumber"], "department": "10"}
    )
    assert int(customer["customerNumber"]) == 10001 + len(office.rows("/customers")) - 1
    assert office.get(f"/projects/{project['id']}")["department"]["name"] == "Plan"
    assert project["priceModels"]
    office.do("POST", "/customers", {"name": "X", "customerNumber": customer["customerNumber"]}, status=409)
    office.do("POST", "/projects", {"name": "X", "customer": "99999"}, status=422)
    office.do("POST", "/customers", {"nam": "X"}, status=400)


def test_another_year_can_be_loaded_in_its_place(office: Office) -> None:
    office.finalised()
    state = office.do("POST", "/sample", {"mode": "finalized", "lastDay": "2024-06-30", "seed": 3})
    assert state["exportStatus"] == {"toTransfer": 300}
    assert office.finalised()["invoiceNumber"] == 5301
    office.do("POST", "/sample", {"mode": "half"}, status=400)
    assert office.do("POST", "/sample", {"mode": "none"})["counts"] == {}


def test_unknown_options_are_refused_and_leave_the_folder_free(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no sample"):
        moment.app(data=tmp_path, sample="half")
    for _ in range(2):
        with pytest.raises(ValueError, match="http address"):
            moment.app(data=tmp_path, sample="none", webhook="localhost")


@contextmanager
def process(data: Path, contract: Contract | None) -> Iterator[tuple[Office, "subprocess.Popen[str]"]]:
    """The sandbox as a process of its own; killed at the end."""
    code = "import sys; from pathlib import Path; from bilag_sandbox import moment; "
    code += "moment.run(0, Path(sys.argv[1]), started=lambda url: (sys.stdout.write(url + '\\n'), sys.stdout.flush()))"
    with subprocess.Popen([sys.executable, "-c", code, str(data)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield Office(server.stdout.readline().strip(), contract, HeldClock()), server
        finally:
            server.kill()


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path, contract: Contract | None) -> None:
    with process(tmp_path, contract) as (office, server):
        invoice = office.finalised()
        office.do("PUT", "/settings", {"apiKey": "changed"})
        office.do("PUT", "/webhooks", {"invoice": "http://127.0.0.1:9/hook", "copies": 2})
        server.send_signal(signal.SIGKILL)
        server.wait()
    with process(tmp_path, contract) as (office, _):
        office.auth = ("apikey", "changed")
        assert office.get(f"/invoices/{invoice['id']}") == invoice
        assert office.do("GET", "/webhooks")["copies"] == 2
        assert len(office.rows("/invoices")) == 301
        assert office.finalised()["invoiceNumber"] == invoice["invoiceNumber"] + 1
        with pytest.raises(moment.DataInUse):
            moment.app(data=tmp_path)
