"""What people do in the books past the API: supplier invoices, vouchers of their own, reversals, documents; and the page."""

import base64
import io
import zipfile
from typing import Any

import pytest
from typer.testing import CliRunner

from bilag_sandbox import poweroffice_go as go
from tests.support.poweroffice_go.office import DAY, Office

PDF = b"%PDF-1.4 \xff\xfe\x00 a document"
LINE = {"account": 4300, "net": "1000.00", "vatCode": "1", "project": "1207", "text": "Modellmateriell"}


def supplier_invoice(office: Office, **more: Any) -> Any:
    body = {"supplierName": "Byggvare Øst AS", "date": DAY, "lines": [LINE]} | more
    return office.person("POST", "/supplier-invoices", **body)


def test_a_suppliers_invoice_is_posted_with_its_vat_and_project(office: Office) -> None:
    posted = supplier_invoice(office)
    rows = office.transactions()
    assert [(one["AccountNo"], one["Amount"], one["VatAmount"], one["ProjectCode"]) for one in rows] == [
        (4300, 1000.0, 250.0, "1207"),
        (2710, 250.0, 0.0, None),
        (2400, -1250.0, 0.0, None),
    ]
    assert {one["VoucherType"] for one in rows} == {"IncomingInvoice"}
    supplier = office.get("/Suppliers").json()[0]
    assert (supplier["Name"], supplier["Number"]) == ("Byggvare Øst AS", rows[2]["SupplierAccountNo"])
    assert office.get(f"/Suppliers/{supplier['Id']}").json() == supplier
    assert posted["voucherNo"] == rows[0]["VoucherNo"]
    supplier_invoice(office, creditNote=True)
    assert sum(one["Amount"] for one in office.transactions() if one["AccountNo"] == 4300) == 0
    assert len(office.get("/Suppliers").json()) == 1


def test_a_foreign_invoice_is_kept_in_both_currencies(office: Office) -> None:
    line = LINE | {"account": 4510, "vatCode": "0"}
    supplier_invoice(office, currency="EUR", exchangeRate="11.4321", lines=[line])
    first = office.transactions()[0]
    assert (first["Amount"], first["CurrencyAmount"], first["CurrencyCode"]) == (11432.1, 1000.0, "EUR")


def test_a_person_reverses_on_another_day(office: Office) -> None:
    posted = supplier_invoice(office)
    office.configure(lockDate=DAY)
    refused = office.admin.post(f"/clients/{office.name}/vouchers/{posted['voucherNo']}/reverse", json={})
    assert "lock date" in refused.json()["detail"]
    new = office.person("POST", f"/vouchers/{posted['voucherNo']}/reverse", date="2026-04-01")
    assert new["type"] == "ReversalVoucher"
    rows = office.transactions(first="2026-04-01")
    assert [(one["AccountNo"], one["Amount"], one["ReversedVoucherNo"]) for one in rows] == [
        (4300, -1000.0, posted["voucherNo"]), (2710, -250.0, posted["voucherNo"]), (2400, 1250.0, posted["voucherNo"]),
    ]  # fmt: skip


def test_an_integration_reverses_only_what_integrations_posted(office: Office) -> None:
    posted = supplier_invoice(office)
    answer = office.post(f"/Vouchers/Reverse/{posted['id']}", None)
    assert answer.status_code == 404
    assert office.post("/Vouchers/Reverse/nothing", None).status_code == 404


def test_a_person_posts_an_invoice_with_a_number(office: Office) -> None:
    office.customer()
    spec = {"customerNumber": "10042", "totalAmount": "100.00", "date": DAY, "invoiceNumber": 970001, "paymentId": "12"}
    posted = office.person("POST", "/vouchers", **spec)
    found = office.get("/Customerledger/Statement", fromDate=DAY, toDate=DAY, invoiceNos="970001").json()
    assert [(one["VoucherNo"], one["Amount"], one["Cid"], one["IsCreatedByCurrentIntegration"]) for one in found] == [
        (posted["voucherNo"], 100.0, "12", False)
    ]
    body = office.invoice(office.customer(10043), InvoiceNo="970001")
    answer = office.post("/Vouchers/OutgoingInvoiceJournals", body)
    assert answer.json()["detail"].startswith("InvoiceNo is already in use. '970001'")
    for entries in ([{"account": 1920, "amount": "1.00"}], [{"account": 1920, "amount": "1.00"}] * 2):
        refused = office.admin.post(f"/clients/{office.name}/vouchers", json={"entries": entries})
        assert refused.status_code == 400


def test_documents_come_as_one_zip_file(office: Office) -> None:
    documents = [
        {"fileName": "faktura.pdf", "contentType": "application/pdf", "base64": base64.b64encode(PDF).decode()},
        {"fileName": "bilde.png", "contentType": "image/png", "base64": base64.b64encode(b"\x89PNG").decode()},
    ]
    posted = supplier_invoice(office, documents=documents)
    listed = office.get("/VoucherDocumentation", id=posted["id"]).json()
    assert (listed[0]["HasPdf"], listed[0]["HasImages"], listed[0]["IsImported"]) == (True, True, False)
    answer = office.get("/VoucherDocumentation/Download", id=posted["id"])
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["faktura.pdf", "bilde.png"]
        assert archive.read("faktura.pdf") == PDF
    images = office.get("/VoucherDocumentation/Download", id=posted["id"], documentationType="Images")
    with zipfile.ZipFile(io.BytesIO(images.content)) as archive:
        assert archive.namelist() == ["bilde.png"]
    assert office.get("/VoucherDocumentation/Download", id=posted["id"], documentationType="Ehf").status_code == 204


def upload(office: Office, key: str, content: bytes, name: str = "file") -> Any:
    return office.http.put(
        f"{go.BASE}/VoucherDocumentation", params={"id": key}, files={name: ("faktura.pdf", content, "application/pdf")}
    )


def test_an_integration_attaches_one_pdf_to_what_it_posted(office: Office) -> None:
    posted = office.post("/Vouchers/OutgoingInvoiceJournals", office.invoice(office.customer())).json()
    assert office.get("/VoucherDocumentation/Download", id=posted["Id"]).status_code == 204
    assert upload(office, posted["Id"], PDF).status_code == 204
    assert upload(office, posted["Id"], PDF + b" again").status_code == 204
    answer = office.get("/VoucherDocumentation/Download", id=posted["Id"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [PDF + b" again"]
    assert "Only PDF" in upload(office, posted["Id"], b"\x89PNG").json()["detail"]
    assert "one part, file" in upload(office, posted["Id"], PDF, name="pdf").json()["detail"]
    assert "not found" in upload(office, "00000000-0000-4000-8000-000000000000", PDF).json()["detail"]
    others = supplier_invoice(office)
    assert "only be added to imported vouchers" in upload(office, others["id"], PDF).json()["detail"]


@pytest.mark.parametrize("megabytes", [5, 31])
def test_a_document_has_at_most_thirty_megabytes(office: Office, megabytes: int) -> None:
    posted = office.post("/Vouchers/OutgoingInvoiceJournals", office.invoice(office.customer())).json()
    answer = upload(office, posted["Id"], PDF + bytes(megabytes * 1024 * 1024))
    assert answer.status_code == (204 if megabytes < 30 else 413)


def test_the_next_posting_can_be_refused_or_lose_fields(office: Office) -> None:
    customer = office.customer()
    office.person("POST", "/posting", effect="refused", detail="Something else.")
    body = office.invoice(customer, Cid="12345")
    assert office.post("/Vouchers/OutgoingInvoiceJournals", body).json()["detail"] == "Something else."
    office.person("POST", "/posting", effect="lose", lost=["Cid", "DueDate"])
    posted = office.post("/Vouchers/OutgoingInvoiceJournals", body).json()
    assert (posted["Cid"], posted["DueDate"]) == (None, None)
    found = office.get("/Customerledger/Statement", fromDate=DAY, toDate=DAY).json()[0]
    assert (found["Cid"], found["DueDate"], found["InvoiceNo"]) == (None, None, body["InvoiceNo"])


def test_a_description_is_all_that_changes_of_a_posted_voucher(office: Office) -> None:
    office.post("/Vouchers/ManualJournals", office.journal(office.customer(), Description="Før"))
    before = office.transactions()
    office.person("PATCH", "/vouchers/1", description="Etter")
    after = office.transactions()
    changing = ("VoucherDescription", "LastChangedDateTimeOffset")
    assert [{k: v for k, v in one.items() if k not in changing} for one in before] == [
        {k: v for k, v in one.items() if k not in changing} for one in after
    ]
    assert after[0]["VoucherDescription"] == "Etter"
    assert office.transactions(createdDateTimeOffsetGreaterThan=before[0]["CreatedDateTimeOffset"]) == []
    assert len(office.transactions(lastChangedDateTimeOffsetGreaterThan=before[0]["LastChangedDateTimeOffset"])) == 3


def test_the_trial_balance(office: Office) -> None:
    customer = office.customer()
    office.post("/Vouchers/OutgoingInvoiceJournals", office.invoice(customer))
    supplier_invoice(office)
    found = office.person("GET", "/trial-balance")
    assert found["sum"] == "0.00"
    assert found["accounts"] == {
        "1500": "1250.00", "2400": "-1250.00", "2700": "-250.00", "2710": "250.00", "3000": "-1000.00", "4300": "1000.00",
    }  # fmt: skip
    assert found["customers"] == {"10042": "1250.00"}
    assert found["projects"] == {"1207 4300": "1000.00"}
    assert found["vatCodes"]["3 3000"] == "-1000.00"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/pigeons/5", {}, 404),
        ("POST", "/vouchers", {"totalAmount": "1.00"}, 400),
        ("POST", "/vouchers", {"entries": [{"account": "x", "amount": "1.00"}] * 2}, 400),
        ("POST", "/vouchers", {"nothing": 1}, 400),
        ("POST", "/supplier-invoices", {"lines": [{"account": 4300}]}, 400),
        ("POST", "/supplier-invoices", {"lines": [{"account": 1, "net": "1.00"}]}, 400),
        ("POST", "/supplier-invoices", {"lines": [{"account": 4300, "net": "1.00"}], "date": "today"}, 400),
        ("POST", "/vouchers/9/reverse", {}, 404),
        ("PATCH", "", {"lockDate": "soon"}, 400),
        ("PATCH", "", {"nothing": 1}, 400),
        ("PUT", "/vat-codes/99", {"active": False}, 404),
        ("POST", "/posting", {"effect": "magic"}, 400),
    ],
)
def test_what_an_operator_has_wrong_is_said_and_nothing_is_posted(
    office: Office, method: str, path: str, body: dict[str, Any], status: int
) -> None:
    answer = office.admin.request(method, f"/clients/{office.name}{path}", json=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert office.person("GET", "/ledger") == []


def test_an_accountant_posts_by_the_command(office: Office) -> None:
    from bilag.cli.main import app

    command = [
        "sandbox",
        "supplier-invoice",
        "--hub",
        f"{office.url}/v2",
        "--client",
        office.name,
        "--supplier",
        "Byggvare",
    ]
    done = CliRunner().invoke(app, [*command, "--net", "1000.00", "--project", "1207"])
    assert (done.exit_code, done.output.strip()) == (0, "Posted as voucher 1.")
    refused = CliRunner().invoke(app, [*command, "--net", "1000.00", "--vat-code", "99"])
    assert refused.exit_code == 2
    assert "The invoice was not posted: There is no VAT code 99" in refused.output


def test_an_accountant_posts_on_the_page(office: Office) -> None:
    page = office.admin.get(f"{office.url}/?client={office.name}")
    assert page.headers["content-type"].startswith("text/html")
    form = {
        "supplierName": "<b>Byggvare</b>",
        "account": "4300",
        "net": "1000.00",
        "vatCode": "1",
        "project": "1207",
        "text": "Ærlig",
    }
    answer = office.admin.post(f"{office.url}/?client={office.name}", data=form)
    assert "Voucher 1 is posted." in answer.text
    assert "Ærlig" in answer.text
    assert "<b>Byggvare" not in answer.text
    assert len(office.transactions(first="2020-01-01", last="2099-12-31")) == 3
    for wrong in ({"account": "x"}, {"net": "x"}, {"vatCode": "99"}, {"account": ""}):
        assert "It was not posted" in office.admin.post(f"{office.url}/?client={office.name}", data=form | wrong).text
