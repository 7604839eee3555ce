"""Customers, projects, departments, dimensions: created, changed by JSON Patch, found by their filters."""

from typing import Any

import pytest

from bilag_sandbox import poweroffice_go as go
from bilag_sandbox.common import HeldClock
from tests.support.poweroffice_go.office import Office

ADDRESS = {"City": "Oslo", "ZipCode": "0155"}


def detail(answer: Any, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["detail"])


def replaced(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def test_a_customer_gets_an_id_and_an_account_of_the_sub_ledger(office: Office) -> None:
    made = office.customer()
    assert made["Number"] == 10042
    assert len({made["Id"], made["SubledgerAccountId"], made["Number"]}) == 3
    assert made["MailAddress"]["City"] == "Oslo"
    assert office.get(f"/Customers/{made['Id']}").json() == made
    assert detail(office.get("/Customers/12345"), 404) == "Customer with id = 12345 not found."
    assert detail(office.get("/Customers/abc"), 404) == "Object with id = abc not found."


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "Name is required"),
        ({"Name": "A", "IsPerson": True}, 400, "FirstName and LastName are required"),
        ({"Name": "A", "Number": 5}, 400, "Number 5 is not within any customer ledger number series"),
        ({"Name": "A", "Number": 20001}, 400, "not within any customer ledger number series"),
        ({"Name": "A", "Number": "10001"}, 400, "Number must be a whole number"),
        ({"Name": "A", "Number": 10042}, 400, "Number is already in use. '10042' is used on (contact) Id ="),
        ({"Name": "A", "MailAddress": {"City": "Oslo"}}, 400, "MailAddress.ZipCode field is required"),
        ({"Name": "A", "MailAddress": ADDRESS | {"CountryCode": "XX"}}, 400, "CountryCode 'XX' is not a valid"),
        ({"Name": "A", "MailAddress": ADDRESS | {"Street": "x"}}, 400, "Could not find member 'Street'"),
        ({"Name": "A", "ExternalImportReference": "x" * 51}, 400, "maximum length of 50"),
        ({"Name": "A", "DepartmentCode": "99"}, 404, "Department with code = '99' not found."),
        ({"Name": "A", "PaymentTermId": 4}, 404, "PaymentTermId = 4 not found"),
        ({"Name": "A", "InvoiceDeliveryType": "Pigeon"}, 400, "must be one of"),
        ([], 400, "must be an object"),
    ],
)
def test_a_wrong_customer_is_refused(office: Office, body: Any, status: int, words: str) -> None:
    office.customer()
    assert words in detail(office.post("/Customers", body), status)
    assert len(office.get("/Customers").json()) == 1


def test_customers_lie_in_several_series_and_without_a_number_get_the_next(office: Office) -> None:
    series = office.get("/SubLedgerNumberSeries", subLedgerNumberSeriesType="Customer").json()
    assert [(one["FromInclusive"], one["ToInclusive"], one["IsDefault"]) for one in series] == [
        (10000, 19999, True),
        (30000, 39999, False),
    ]
    assert office.customer(30001)["Number"] == 30001
    assert office.customer(10041)["Number"] == 10041
    assert office.post("/Customers", {"Name": "Uten nummer AS"}).json()["Number"] == 10042


def test_a_reference_is_used_once_among_customers(office: Office) -> None:
    office.configure(privileges=["Customer_Full", "Supplier_Full"])
    first = office.post("/Customers", {"Name": "A", "ExternalImportReference": "ABC123"}).json()["Id"]
    found = detail(office.post("/Customers", {"Name": "B", "ExternalImportReference": "ABC123"}))
    assert found == f"ExternalImportReference is already in use. 'ABC123' is used on (contact) Id = {first}."
    assert office.post("/Suppliers", {"Name": "B", "ExternalImportReference": "ABC123"}).status_code == 201


def test_a_patch_changes_what_it_names_or_nothing(office: Office, go_clock: HeldClock) -> None:
    made = office.customer()
    go_clock.advance(60)
    changed = office.patch(
        f"/Customers/{made['Id']}", replaced("/name", "Nytt navn AS"), replaced("/MailAddress/City", "Bergen"),
        {"op": "add", "path": "/EmailAddress", "value": "post@nytt.example"}, {"op": "remove", "path": "/PhoneNumber"},
        {"op": "test", "path": "/Name", "value": "Nytt navn AS"},
    ).json()  # fmt: skip
    assert (changed["Name"], changed["MailAddress"]["City"], changed["EmailAddress"]) == (
        "Nytt navn AS", "Bergen", "post@nytt.example",
    )  # fmt: skip
    assert changed["LastChangedDateTimeOffset"] > made["LastChangedDateTimeOffset"]
    refused = office.patch(f"/Customers/{made['Id']}", replaced("/Name", "Aldri"), replaced("/SubledgerAccountId", 5))
    assert "target location specified by path segment 'subledgeraccountid' was not found" in detail(refused)
    assert "must be a string" in detail(office.patch(f"/Customers/{made['Id']}", replaced("/Name", 5)))
    assert "not equal to the test value" in detail(
        office.patch(f"/Customers/{made['Id']}", {"op": "test", "path": "/Name", "value": "x"})
    )
    assert office.get(f"/Customers/{made['Id']}").json() == changed
    sent_as_json = office.http.patch(f"{go.BASE}/Customers/{made['Id']}", json=[replaced("/Name", "x")])
    assert sent_as_json.status_code == 415


def test_filters_of_customers(office: Office, go_clock: HeldClock) -> None:
    for number in (10001, 10002, 10050, 30001):
        office.customer(number)

    def numbers(**query: Any) -> list[int]:
        answer = office.get("/Customers", **query)
        return [one["Number"] for one in answer.json()] if answer.status_code == 200 else []

    assert numbers(customerNos="10001-10010, 30000-") == [10001, 10002, 30001]
    assert numbers(customerNos="10002") == [10002]
    assert numbers(customerNos=" ") == [10001, 10002, 10050, 30001]
    assert numbers(PageSize=2, PageNumber=2) == [10050, 30001]
    assert numbers(OrderBy="Number desc", PageSize=1) == [30001]
    assert numbers(PageNumber=9) == []
    assert "which is no number" in detail(office.get("/Customers", customerNos="10001;10002"))
    assert "range of numbers" in detail(office.get("/Customers", contactGroupIds="1-5"))
    stamp = office.get("/Customers").json()[-1]["LastChangedDateTimeOffset"]
    go_clock.advance(60)
    first = office.get("/Customers").json()[0]
    office.patch(f"/Customers/{first['Id']}", replaced("/Name", "Endret AS"))
    assert numbers(lastChangedDateTimeOffsetGreaterThan=stamp) == [10001]
    assert numbers(customerCreatedDateTimeOffsetGreaterThan=stamp) == []


def test_a_customer_with_a_balance_cannot_be_archived(office: Office) -> None:
    made = office.customer()
    office.post("/Vouchers/ManualJournals", office.journal(made))
    assert "ledger balance" in detail(office.patch(f"/Customers/{made['Id']}", replaced("/IsArchived", True)))


def test_projects_by_code_and_sub_projects(office: Office) -> None:
    department = office.post("/Departments", {"Name": "Plan", "Code": "10", "IsActive": True}).json()
    made = office.post("/Projects", {"Name": "Nytt hovedkontor", "Code": "P-7", "DepartmentCode": "10"})
    assert made.status_code == 201
    assert (made.json()["DepartmentId"], made.json()["ProjectStatus"]) == (department["Id"], "Active")
    assert "'.' is reserved" in detail(office.post("/Projects", {"Name": "x", "Code": "P.7"}))
    assert "Code is already in use" in detail(office.post("/Projects", {"Name": "x", "Code": "P-7"}))
    assert "Customer with number = 10042 not found" in detail(
        office.post("/Projects", {"Name": "x", "CustomerNo": 10042}), 404
    )
    assert "field is required" in detail(office.post("/Projects", {"Code": "9"}))
    sub = office.post("/Projects", {"Name": "Trinn 2", "Code": "2", "ParentProjectCode": "P-7"}).json()
    assert sub["Code"] == "P-7.2"

    def codes(**query: Any) -> list[str]:
        answer = office.get("/Projects", **query)
        return [one["Code"] for one in answer.json()] if answer.status_code == 200 else []

    assert codes(projectCodes="p-7") == ["P-7"]
    assert codes(projectCodes="P-7", includeSubProjects="true") == ["P-7", "P-7.2"]
    assert codes(name="hoved") == ["P-7"]
    changed = office.patch(
        f"/Projects/{sub['Id']}", replaced("/Name", "Trinn to"), replaced("/ProjectStatus", "Archived")
    )
    assert (changed.status_code, changed.content) == (200, b"")
    assert codes(excludeArchivedProject="true") == ["P-7"]
    assert codes(status="Archived") == ["P-7.2"]
    assert office.get(f"/Projects/{sub['Id']}").json()["Name"] == "Trinn to"


def test_a_department_is_inactive_unless_told_otherwise(office: Office) -> None:
    made = office.post("/Departments", {"Name": "Plan", "Code": "10"}).json()
    assert made["IsActive"] is False
    body = office.journal(office.customer())
    body["VoucherLines"][1]["DepartmentId"] = made["Id"]
    assert "Department with code = '10' is not active" in detail(office.post("/Vouchers/ManualJournals", body))
    assert office.patch(f"/Departments/{made['Id']}", replaced("/IsActive", True)).status_code == 200
    assert office.post("/Vouchers/ManualJournals", body).status_code == 201
    assert [one["Code"] for one in office.get("/Departments", codes="10,11").json()] == ["10"]
    assert office.get("/Departments", isActive="false").status_code == 204
    assert office.get(f"/Departments/{made['Id']}").json()["IsActive"] is True


def test_values_of_the_three_dimensions(office: Office) -> None:
    assert [one["Name"] for one in office.get("/CustomDimensionSettings").json()] == [
        "Fakturerbar",
        "Kampanje",
        "Dimensjon 3",
    ]
    made = office.post("/CustomDimensions", {"Ordinal": 2, "Code": "VÅR", "Name": "Vårkampanje"}).json()
    assert office.get(f"/CustomDimensions/{made['Id']}").json() == made
    assert [one["Code"] for one in office.get("/CustomDimensions", ordinal="1").json()] == ["1", "2"]
    assert [one["Code"] for one in office.get("/CustomDimensions", codes="vår").json()] == ["VÅR"]
    assert "is not active on the client" in detail(office.post("/CustomDimensions", {"Ordinal": 3, "Name": "x"}))
    assert "between 1 and 3" in detail(office.post("/CustomDimensions", {"Ordinal": 4, "Name": "x"}))
    assert office.patch(f"/CustomDimensions/{made['Id']}", replaced("/Name", "Vår")).json()["Name"] == "Vår"
    body = office.journal(office.customer())
    body["VoucherLines"][1]["Dim2Id"] = made["Id"]
    assert office.post("/Vouchers/ManualJournals", body).status_code == 201
    assert office.transactions()[1]["Dim2Code"] == "VÅR"


def test_what_the_client_has_set_up(office: Office) -> None:
    account = office.get("/GeneralLedgerAccounts", accountNos="3000-3010").json()
    assert [(one["AccountNo"], one["VatCode"], one["IsVatCodeLocked"]) for one in account] == [
        (3000, "3", False),
        (3010, "3", True),
    ]
    assert office.get(f"/GeneralLedgerAccounts/{account[0]['Id']}").json() == account[0]
    assert office.get("/GeneralLedgerAccounts", accountNos="1").status_code == 204
    assert office.get("/Currencies", currencyCode="eur").json() == [
        {"Code": "EUR", "Notation": "EUR", "IsActive": True}
    ]
    settings = office.get("/FinancialSettings").json()
    assert (settings["CurrencyCode"], settings["CurrencyGainsAccountNo"]) == ("NOK", 8060)
    office.configure(lockDate=None)
    assert office.get("/LockDateSettings").json() == {}
    series = office.get("/SubLedgerNumberSeries", isDefault="false").json()[0]
    assert office.get(f"/SubLedgerNumberSeries/{series['Id']}").json() == series
