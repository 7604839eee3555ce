"""What the accountant does behind the hub: supplier invoices by command, by page and from a SAF-T journal."""

import base64
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bilag_sandbox import hub
from bilag_sandbox.common import running
from tests.support import local_http
from tests.support.hub.client import Company, Contract
from tests.support.hub.saft_examples import example
from tests.support.patience import PATIENCE

LINE = {"account": "4300", "net": "1000.00", "vatCode": "1", "text": "Modellmateriell", "project": "1207"}


def rows(company: Company) -> list[dict[str, Any]]:
    return list(company.ask("GET", "/reports/standard").json()["rows"])


def test_a_supplier_invoice_is_in_the_report_with_its_supplier_and_document(visma: Company) -> None:
    document = {"fileName": "F-88.pdf", "contentType": "application/pdf", "base64": base64.b64encode(b"%PDF").decode()}
    body = {"supplierName": "Byggvare Øst AS", "invoiceNumber": "F-88", "lines": [LINE], "documents": [document]}
    posted = visma.admin("POST", "/supplier-invoices", body)
    cost = next(row for row in rows(visma) if row["accountNumber"] == "4300")
    assert cost["journalNumber"] == posted["journalNumber"]
    assert (cost["netAmount"], cost["vatAmount"], cost["grossAmount"]) == ("1000.00", "250.00", "1250.00")
    assert (cost["supplierName"], cost["supplierInvoiceNumber"]) == ("Byggvare Øst AS", "F-88")
    assert cost["orgUnits"] == {"2": "1207"}
    assert len(cost["documentIds"]) == 1
    assert visma.admin("GET", "/trial-balance")["sum"] == "0.00"


def test_a_credit_note_in_foreign_currency_turns_all_signs(visma: Company) -> None:
    body = {"supplierName": "Studio GmbH", "creditNote": True, "currency": "EUR", "exchangeRate": "11.50"}
    visma.admin("POST", "/supplier-invoices", {**body, "lines": [{"account": "4300", "net": "100.00"}]})
    cost = next(row for row in rows(visma) if row["accountNumber"] == "4300")
    assert (cost["netAmount"], cost["currencyAmount"], cost["currency"]) == ("-1150.00", "-100.00", "EUR")
    assert cost["voucherType"] == "incomingCreditNote"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"account": "9999"}, "There is no account 9999."),
        ({"vatCode": "77"}, "There is no VAT code 77."),
        ({"net": "ten"}, "ten is no amount."),
        ({"net": "1.005"}, "1.005 is no amount of whole øre."),
        ({"colour": "red"}, "A line needs account and net"),
    ],
)
def test_what_cannot_be_posted_is_told_and_nothing_is(visma: Company, change: dict[str, Any], said: str) -> None:
    before = len(rows(visma))
    answer = visma.http.post(
        f"{visma.base_url}/admin/clients/{visma.number}/supplier-invoices", json={"lines": [{**LINE, **change}]}
    )
    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert len(rows(visma)) == before


def test_the_page_posts_one_and_tells_what_is_wrong(hub_address: str) -> None:
    form = {"supplierName": "Kopi <b>AS</b>", "account": "4300", "net": "12.50", "vatCode": "1", "project": "1207"}
    text = local_http.post(f"{hub_address}/admin/", data=form).text
    assert "is posted in journal" in text
    assert "<b>AS</b>" not in text
    assert "There is no account 1." in local_http.post(f"{hub_address}/admin/", data={**form, "account": "1"}).text
    assert local_http.get(f"{hub_address}/admin/?client=nobody").status_code == 404


def test_the_command_posts_one_with_its_document(hub_address: str, tmp_path: Path) -> None:
    receipt = tmp_path / "kvittering.pdf"
    receipt.write_bytes(b"%PDF-1.7\n")
    command = [
        sys.executable,
        "-m",
        "bilag.cli",
        "sandbox",
        "supplier-invoice",
        "--supplier",
        "Byggvare",
        "--net",
        "10.00",
    ]

    def typed(*more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([*command, *more], capture_output=True, text=True, timeout=PATIENCE, check=False)

    done = typed("--project", "1207", "--document", str(receipt), "--hub", f"{hub_address}/v1")
    assert done.returncode == 0, done.stderr
    assert "in journal" in done.stderr
    refused = typed("--account", "1", "--hub", hub_address)
    assert (refused.returncode, "It was not posted: There is no account 1." in refused.stderr) == (2, True)
    nobody = typed("--hub", "http://127.0.0.1:9")
    assert (nobody.returncode, "Start it with: bilag sandbox azets" in nobody.stderr) == (3, True)


def test_the_journal_of_a_saft_file_is_posted_and_what_cannot_be_is_told(contract: Contract | None) -> None:
    told: list[str] = []
    with running(hub.app(saft=example("v1.10"), saft_journal=True, report=told.append)) as url:
        company = Company(url, "123", contract)
        ledger = company.admin("GET", "/ledger")
        balance = company.admin("GET", "/trial-balance")
        kinds = {voucher["type"] for voucher in ledger}
        report = rows(company)
    assert ledger
    assert balance["sum"] == "0.00"
    assert f"{len(ledger)} transactions of the file are posted" in told
    assert "incomingInvoice" in kinds or not any(row["supplierNumber"] for row in report)
    assert len(told) >= 2
