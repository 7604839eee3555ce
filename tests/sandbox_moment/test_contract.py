"""The API as the contract has it: signing in, lists, chosen fields, export status, attachments."""

import json
from decimal import Decimal
from typing import Any

import pytest

from bilag_sandbox import moment
from tests.support import local_http
from tests.support.moment.client import ROOT, Office

LISTS = (
    "customers", "projects", "projectStates", "departments", "userAccounts", "financialAccounts", "invoices",
    "projectExtensions", "projectExpenses",
)  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_as_the_contract_says(reading_room: Office, name: str) -> None:
    page = reading_room.get(f"/{name}", size="500")
    assert page["page"]["totalElements"] == len(page["content"])
    assert (name == "projectExpenses") == (page["content"] == [])


def test_single_objects(reading_room: Office) -> None:
    for name in ("customers", "projects", "invoices"):
        first = reading_room.rows(f"/{name}")[0]
        assert reading_room.get(f"/{name}/{first['id']}") == first
        assert reading_room.ask("GET", f"/{name}/1").status_code == 404
        assert reading_room.ask("GET", f"/{name}/x").status_code == 400


@pytest.mark.parametrize("auth", [None, ("apikey", "wrong"), ("someone", moment.API_KEY), ("", "")])
def test_without_the_key_nothing_is_told(reading_room: Office, auth: tuple[str, str] | None) -> None:
    answer = local_http.get(f"{reading_room.url}{ROOT}/customers", auth=auth)
    assert answer.status_code == 401
    assert "customers" not in answer.text


def test_a_key_runs_out_or_may_not(office: Office) -> None:
    office.do("PUT", "/settings", {"keyState": "expired"})
    assert office.ask("GET", "/customers").status_code == 401
    office.do("PUT", "/settings", {"keyState": "forbidden"})
    assert office.ask("GET", "/customers").status_code == 403
    office.do("PUT", "/settings", {"keyState": "valid", "apiKey": "new-key"})
    assert office.ask("GET", "/customers").status_code == 401
    office.auth = ("apikey", "new-key")
    assert office.ask("GET", "/customers").status_code == 200


def test_another_company_is_not_here(reading_room: Office) -> None:
    answer = reading_room.http.get("/api/1.0/companies/4022/customers", auth=reading_room.auth)
    assert answer.status_code == 404


def test_pages_hold_every_row_once(reading_room: Office) -> None:
    seen: list[int] = []
    for number in range(1, 8):
        page = reading_room.get("/invoices", page=str(number), size="43")
        assert page["page"] == {"number": number, "size": 43, "totalElements": 300, "totalPages": 7}
        seen += [row["id"] for row in page["content"]]
    assert len(seen) == len(set(seen)) == 300
    assert reading_room.get("/invoices", page="8", size="43")["content"] == []
    assert len(reading_room.get("/invoices")["content"]) == 50
    assert len(reading_room.get("/invoices", noLimit="true", size="5")["content"]) == 300


def test_lists_are_sorted_as_asked(reading_room: Office) -> None:
    rising = [
        row["invoiceNumber"] for row in reading_room.rows("/invoices", sort="invoiceNumber", invoiceState="finalized")
    ]
    assert rising == sorted(rising)
    for text in ("-totalAmount", "totalAmount,desc"):
        falling = [row["totalAmount"] for row in reading_room.rows("/invoices", sort=text)]
        assert falling == sorted(falling, reverse=True)


def test_invoices_are_filtered(reading_room: Office) -> None:
    drafts = reading_room.rows("/invoices", invoiceState="draft")
    assert len(drafts) == 25
    assert all(draft["invoiceNumber"] is None and draft["exportStatus"] == "toTransfer" for draft in drafts)
    assert len(reading_room.rows("/invoices", invoiceState="finalized", exportStatus="transferred")) == 275
    assert reading_room.rows("/invoices", exportStatus="doNotTransfer") == []
    assert [row["invoiceNumber"] for row in reading_room.rows("/invoices", invoiceNumber="5012")] == [5012]
    ids = f"{drafts[3]['id']},{drafts[1]['id']},1"
    assert [row["id"] for row in reading_room.rows("/invoices", ids=ids)] == [drafts[1]["id"], drafts[3]["id"]]


def test_free_text_finds_norwegian_names_and_numbers(reading_room: Office) -> None:
    assert [row["name"] for row in reading_room.rows("/customers", query="åse bjørkli")] == ["Åse Bjørkli"]
    assert [row["customerNumber"] for row in reading_room.rows("/customers", query="10042")] == ["10042"]
    assert reading_room.rows("/customers", query="finnes ikke") == []


def test_date_filters_take_days_and_moments(office: Office) -> None:
    before = office.finalised()
    customer = office.do("PATCH", "/customers/number:10002", {"name": "Nytt navn AS"})
    day, changed = customer["lastModifiedDate"][:10], customer["lastModifiedDate"]
    assert [row["id"] for row in office.rows("/customers", lastModifiedDateFrom=day)] == [customer["id"]]
    assert [row["id"] for row in office.rows("/customers", lastModifiedDateFrom=changed)] == [customer["id"]]
    assert customer["id"] in [row["id"] for row in office.rows("/customers", lastModifiedDateTo=changed)]
    assert customer["id"] in [row["id"] for row in office.rows("/customers", lastModifiedDateTo=day)]
    assert customer["id"] not in [row["id"] for row in office.rows("/customers", lastModifiedDateTo="2024-12-31")]
    assert [row["id"] for row in office.rows("/invoices", createdDateFrom=day)] == [before["id"]]


@pytest.mark.parametrize(
    "params",
    [
        {"page": "0"}, {"page": "x"}, {"size": "0"}, {"noLimit": "yes"}, {"sort": "lines"}, {"sort": "name; drop"},
        {"ids": "a"}, {"ids": "1," * 1001},
        {"lastModifiedDateFrom": "yesterday"}, {"createdDateTo": "2026-02-30"}, {"exportStatus": "maybe"},
        {"invoiceState": "gone"}, {"invoiceNumber": "x"}, {"unknown": "1"}, {"projectId": "1"},
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_refused(reading_room: Office, params: dict[str, str]) -> None:
    assert reading_room.ask("GET", "/invoices", params=params).status_code == 400


def test_chosen_fields_come_flat_and_with_the_id(reading_room: Office) -> None:
    row = reading_room.rows("/invoices/include/invoiceNumber+customer.name,project.projectNumber", sort="id")[0]
    assert list(row) == ["id", "invoiceNumber", "customerName", "projectProjectNumber"]
    whole = reading_room.get(f"/invoices/{row['id']}")
    assert row["customerName"] == whole["customer"]["name"]
    assert {"id", "name", "customerNumber"} == set(reading_room.rows("/customers/include/customerNumber+name")[0])
    without = [row for row in reading_room.rows("/invoices/include/project.name") if row["projectName"] is None]
    assert without


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/invoices/include/nothing", 400), ("/invoices/include/customer.email", 400), ("/invoices/include/+", 400),
        ("/invoices/include/invoiceNumber?exportStatus=toTransfer", 400), ("/projectStates/include/name", 404),
        ("/offers/include/name", 404),
    ],
)  # fmt: skip
def test_chosen_fields_that_are_not_there(reading_room: Office, path: str, status: int) -> None:
    assert reading_room.ask("GET", path).status_code == status


def test_amounts_are_numbers_with_their_two_decimals(reading_room: Office) -> None:
    text = reading_room.ask("GET", "/invoices", params={"noLimit": "true"}).text
    for invoice in json.loads(text, parse_float=str)["content"]:
        for amount in (invoice["netAmount"], invoice["vatAmount"], invoice["totalAmount"]):
            assert isinstance(amount, str)
            assert len(amount.partition(".")[2]) == 2


def test_export_status_is_set_once_and_stale_versions_are_conflicts(office: Office) -> None:
    invoice = office.finalised()
    path = f"/invoices/{invoice['id']}"
    stale = office.ask("PATCH", path, json={"exportStatus": "transferred", "version": invoice["version"] - 1})
    assert stale.status_code == 409
    assert office.get(path)["exportStatus"] == "toTransfer"
    first = office.ask("PATCH", path, json={"exportStatus": "transferred", "version": invoice["version"]}).json()
    assert (first["exportStatus"], first["version"]) == ("transferred", invoice["version"] + 1)
    assert first["lastModifiedDate"] > invoice["lastModifiedDate"]
    assert office.ask("PATCH", path, json={"exportStatus": "transferred"}).json() == first
    assert office.get(path)["lines"] == invoice["lines"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"exportStatus": "sent"}, 422), ({}, 400), ({"exportStatus": 1}, 400), ([], 400),
        ({"exportStatus": "transferred", "totalAmount": 1}, 400), ({"exportStatus": "transferred", "version": "1"}, 400),
    ],
)  # fmt: skip
def test_a_patch_that_makes_no_sense_changes_nothing(reading_room: Office, body: Any, status: int) -> None:
    invoice = reading_room.rows("/invoices", invoiceNumber="5007")[0]
    assert reading_room.ask("PATCH", f"/invoices/{invoice['id']}", json=body).status_code == status
    assert reading_room.get(f"/invoices/{invoice['id']}")["version"] == invoice["version"]


def test_what_is_no_json_is_refused(office: Office) -> None:
    path = f"/invoices/{office.finalised()['id']}"
    json_type = {"Content-Type": "application/json"}
    for content in (b"{", b'{"exportStatus": NaN}', b"\xff", b"[" * 200_000):
        assert office.ask("PATCH", path, content=content, headers=json_type).status_code == 400
    text_type = {"Content-Type": "text/plain"}
    assert office.ask("PATCH", path, content=b'{"exportStatus": "transferred"}', headers=text_type).status_code == 400


def test_an_invoices_pdf_is_as_long_as_told(reading_room: Office) -> None:
    invoice = reading_room.rows("/invoices", invoiceNumber="5003")[0]
    (attachment,) = invoice["attachments"]
    answer = reading_room.ask("GET", f"/invoices/{invoice['id']}/attachments/{attachment['id']}")
    assert answer.content.startswith(b"%PDF-1.7")
    assert (len(answer.content), answer.headers["content-type"]) == (attachment["size"], "application/pdf")
    assert reading_room.ask("GET", f"/invoices/{invoice['id']}/attachments/1").status_code == 404
    other = reading_room.rows("/invoices", invoiceNumber="5004")[0]
    assert reading_room.ask("GET", f"/invoices/{other['id']}/attachments/{attachment['id']}").status_code == 404


def test_money_of_an_invoice_keeps_every_digit(office: Office) -> None:
    line = {"accountNumber": "3000", "quantity": 1, "unitPrice": 0.1}
    lines = [line, line, line]
    invoice = office.finalised(lines=lines)
    assert (invoice["netAmount"], invoice["vatAmount"]) == (Decimal("0.30"), Decimal("0.09"))
