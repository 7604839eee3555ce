"""Both ways to post, and what is read back."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from bilag_sandbox.common import HeldClock
from bilag_sandbox.poweroffice_go.defaults import VAT_FROM
from tests.support.poweroffice_go.office import DAY, Office

WAYS = ["journal", "invoice"]
PATHS = {"journal": "/Vouchers/ManualJournals", "invoice": "/Vouchers/OutgoingInvoiceJournals"}


def brief(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(one["AccountNo"], one["PostingDate"], one["Amount"], one["VatCode"], one["VatAmount"]) for one in rows]


def refusal(answer: Any, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["status"] == status
    return str(body["detail"])


@pytest.mark.parametrize("way", WAYS)
def test_a_sale_is_posted_net_with_its_vat(office: Office, way: str) -> None:
    customer = office.customer()
    body = getattr(office, way)(customer)
    posted = office.post(PATHS[way], body)
    assert posted.status_code == 201
    assert brief(office.transactions()) == [
        (1500, DAY, 1250.0, "0", 0.0),
        (3000, DAY, -1000.0, "3", -250.0),
        (2700, DAY, -250.0, "3", 0.0),
    ]
    again = office.get(f"{PATHS[way]}/{posted.json()['Id']}").json()
    assert again == posted.json()
    assert again["ExternalImportReference"] == body["ExternalImportReference"]
    first = office.transactions()[0]
    assert (first["CustomerAccountNo"], first["VoucherId"]) == (10042, again["Id"])
    assert first["VoucherType"] == {"journal": "ManualJournal", "invoice": "OutgoingInvoice"}[way]


def test_an_invoice_shows_in_the_customers_sub_ledger(office: Office) -> None:
    customer = office.customer()
    body = office.invoice(customer, Cid="1234567890", CustomerReference="Kari Nordmann")
    posted = office.post(PATHS["invoice"], body).json()
    assert posted["CustomerReference"] == "Kari Nordmann"
    found = office.get(
        "/Customerledger/Statement", fromDate="2026-01-01", toDate="2026-12-31", invoiceNos=f"{body['InvoiceNo']},7"
    ).json()
    assert [(one["InvoiceNo"], one["Amount"], one["Cid"], one["DueDate"]) for one in found] == [
        (body["InvoiceNo"], 1250.0, "1234567890", "2026-03-28")
    ]


def test_a_negative_invoice_is_a_credit_note(office: Office) -> None:
    office.post(PATHS["invoice"], office.invoice(office.customer(), gross=-1250.0))
    assert {one["VoucherType"] for one in office.transactions()} == {"OutgoingCreditNote"}
    assert office.transactions()[0]["Amount"] == -1250.0


@pytest.mark.parametrize("way", WAYS)
def test_a_reference_and_an_invoice_number_are_used_once_until_reversed(office: Office, way: str) -> None:
    body = getattr(office, way)(office.customer())
    first = office.post(PATHS[way], body).json()["Id"]
    detail = refusal(office.post(PATHS[way], body))
    assert (
        f"ExternalImportReference is already in use. '{body['ExternalImportReference']}' is used on voucher Id = {first}."
        in detail
    )
    if way == "invoice":
        other = body | {"ExternalImportReference": "another"}
        assert refusal(office.post(PATHS[way], other)).startswith("InvoiceNo is already in use.")
    assert office.post(f"/Vouchers/Reverse/{first}", None).status_code == 200
    assert office.get(f"{PATHS[way]}/{first}").json()["IsReversed"] is True
    assert "already reversed" in refusal(office.post(f"/Vouchers/Reverse/{first}", None))
    assert office.post(PATHS[way], body).status_code == 201
    rows = office.transactions()
    assert sum(one["Amount"] for one in rows if one["AccountNo"] == 3000) == -1000.0
    assert {one["ReversedVoucherId"] for one in rows if one["VoucherType"] == "ReversalVoucher"} == {first}
    assert {one["IsReversed"] for one in rows if one["VoucherId"] == first} == {True}


def test_a_lines_accrual_is_spread_to_later_months(office: Office) -> None:
    accrual = {"IsActive": True, "FromDate": "2026-03-01", "ToDate": "2026-05-31", "BalanceAccountNo": 2965}
    line = {"AccountId": office.accounts[3000], "VatId": office.vat["3"], "CurrencyAmount": 1250.0, "Accrual": accrual}
    office.post(PATHS["invoice"], office.invoice(office.customer(), OutgoingInvoiceLines=[line]))
    rows = office.transactions()
    assert brief(rows)[3:] == [
        (3000, DAY, 666.67, "0", 0.0),
        (2965, DAY, -666.67, "0", 0.0),
        (3000, "2026-04-30", -333.34, "0", 0.0),
        (2965, "2026-04-30", 333.34, "0", 0.0),
        (3000, "2026-05-31", -333.33, "0", 0.0),
        (2965, "2026-05-31", 333.33, "0", 0.0),
    ]
    assert len({one["VoucherId"] for one in rows}) == 1


def test_a_manual_journal_may_post_lines_on_days_of_their_own(office: Office) -> None:
    body = office.journal(office.customer())
    body["VoucherLines"] += [
        office.line(office.accounts[3910], "0", 500.0, "2026-04-30"),
        office.line(office.accounts[2965], "0", -500.0, "2026-04-30"),
    ]
    assert office.post(PATHS["journal"], body).status_code == 201
    assert [one["PostingDate"] for one in office.transactions()] == [DAY] * 3 + ["2026-04-30"] * 2
    assert len(office.transactions(first="2026-04-01")) == 2
    body["VoucherLines"][-1]["PostingDate"] = "2026-05-31"
    body["ExternalImportReference"] = "another"
    assert "does not balance on 2026-04-30: the difference is 500.00" in refusal(office.post(PATHS["journal"], body))


def test_a_foreign_currency_is_kept_and_its_rounding_falls_on_the_customer(office: Office) -> None:
    body = office.invoice(office.customer(), gross=33.33, CurrencyCode="EUR", CurrencyExchangeRate=11.3333)
    assert office.post(PATHS["invoice"], body).status_code == 201
    rows = office.transactions()
    assert [(one["CurrencyAmount"], one["CurrencyCode"]) for one in rows] == [
        (33.33, "EUR"),
        (-26.66, "EUR"),
        (-6.67, "EUR"),
    ]
    assert rows[1]["Amount"] == -302.15
    assert round(sum(one["Amount"] for one in rows), 2) == 0


WRONG: Mapping[str, tuple[dict[str, Any], str, int]] = {
    "zero": ({"CurrencyAmount": 0}, "must be a positive or negative number not 0", 400),
    "three decimals": ({"CurrencyAmount": -1250.005}, "more than two decimals", 400),
    "a text for a number": ({"CurrencyAmount": "-1250.00"}, "must be a number", 400),
    "unbalanced": ({"CurrencyAmount": -1200.0}, "does not balance on 2026-03-16: the difference is 50.00", 400),
    "no VAT code": ({"VatId": None}, "VatId field is required", 400),
    "an unknown VAT code": ({"VatId": 999}, "VatCode with id = 999 not found", 404),
    "an unknown account": ({"AccountId": 999}, "Account with id = 999 not found", 404),
    "an unknown project": ({"ProjectId": 999}, "Project with id = 999 not found", 404),
    "an unknown field": ({"ProjectCode": "1207"}, "Could not find member 'ProjectCode'", 400),
    "no date": ({"PostingDate": "16.03.2026"}, "must be a date", 400),
    "before the books begin": ({"PostingDate": "1999-12-31"}, "before the conversion date", 400),
    "a currency that is none": ({"CurrencyCode": "XXX"}, "CurrencyCode 'XXX' is not valid", 400),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_line_is_refused_and_nothing_is_posted(office: Office, case: str) -> None:
    change, sentence, status = WRONG[case]
    office.configure(lockDate=None)
    body = office.journal(office.customer())
    body["VoucherLines"][1] |= change
    assert sentence in refusal(office.post(PATHS["journal"], body), status)
    assert office.person("GET", "/ledger") == []


def test_what_an_account_asks_for_is_asked_for(office: Office) -> None:
    customer = office.customer()

    def attempt(account: int, vat: str, **more: Any) -> Any:
        body = office.journal(customer)
        body["VoucherLines"][1] = office.line(office.accounts[account], vat, -1250.0, **more)
        return office.post(PATHS["journal"], body)

    assert "locked to VAT code 3" in refusal(attempt(3010, "5"))
    assert "only be posted through its sub-ledger" in refusal(attempt(1500, "0"))
    office.person("PUT", "/accounts/3000", projectRequired=True, departmentRequired=True)
    assert "Project is required on account 3000" in refusal(attempt(3000, "3"))
    department = office.person("PUT", "/departments/10")["Id"]
    assert attempt(3000, "3", ProjectId=office.project(), DepartmentId=department).status_code == 201
    office.person("PUT", "/accounts/3000", active=False)
    assert "Account 3000 is not active" in refusal(attempt(3000, "3"))


def test_what_is_closed_is_not_posted_to(office: Office) -> None:
    customer, project = office.customer(), office.project()
    body = office.journal(customer)
    body["VoucherLines"][1]["ProjectId"] = project
    office.patch(f"/Projects/{project}", {"op": "replace", "path": "/ProjectStatus", "value": "Archived"})
    assert "Project with code = '1207' is not active" in refusal(office.post(PATHS["journal"], body))
    office.patch(f"/Customers/{customer['Id']}", {"op": "replace", "path": "/IsArchived", "value": True})
    assert "Customer 10042 is archived" in refusal(office.post(PATHS["journal"], body))


@pytest.mark.parametrize("way", WAYS)
def test_the_lock_date_closes_its_own_day_and_all_before(office: Office, way: str) -> None:
    customer = office.customer()
    office.configure(lockDate="2026-03-16")
    assert office.get("/LockDateSettings").json() == {"LockDate": "2026-03-16"}
    body = getattr(office, way)(customer)
    assert "2026-03-16 is on or before the lock date 2026-03-16" in refusal(office.post(PATHS[way], body))
    assert office.post(PATHS[way], getattr(office, way)(customer, day="2026-03-17")).status_code == 201


def test_of_several_rows_of_a_vat_code_only_that_of_the_day_is_taken(office: Office) -> None:
    rows = [one for one in office.get("/VatCodes", includeExpired=True).json() if one["Code"] == "33"]
    assert [(one["ValidFrom"], one["ValidTo"], one["Rate"]) for one in rows] == [
        (VAT_FROM, "2020-03-31", 0.12),
        ("2020-04-01", "2021-09-30", 0.06),
        ("2021-10-01", None, 0.12),
    ]
    assert [one["Id"] for one in office.get("/VatCodes").json() if one["Code"] == "33"] == [rows[2]["Id"]]
    customer = office.customer()
    body = office.journal(customer, gross=1120.0)
    body["VoucherLines"][1] |= {"VatId": rows[1]["Id"], "AccountId": office.accounts[3050]}
    assert "VatCode 33 with id" in refusal(office.post(PATHS["journal"], body))
    body["VoucherLines"][1]["VatId"] = rows[2]["Id"]
    assert office.post(PATHS["journal"], body).status_code == 201
    assert office.transactions()[1]["Amount"] == -1000.0
    office.person("PUT", "/vat-codes/33", active=False)
    assert "VatCode 33 is not active" in refusal(office.post(PATHS["journal"], body | {"ExternalImportReference": "b"}))


def test_transactions_show_after_the_delay_and_by_created_time(office: Office, go_clock: HeldClock) -> None:
    office.configure(transactionDelaySeconds=30)
    customer = office.customer()
    posted = office.post(PATHS["invoice"], office.invoice(customer)).json()
    statement = {"fromDate": "2026-01-01", "toDate": "2026-12-31"}
    assert office.transactions() == []
    assert office.get("/Customerledger/Statement", **statement).status_code == 204
    assert office.get(f"{PATHS['invoice']}/{posted['Id']}").status_code == 200
    go_clock.advance(31)
    rows = office.transactions()
    assert len(rows) == 3
    created = rows[0]["CreatedDateTimeOffset"]
    assert office.transactions(createdDateTimeOffsetGreaterThan=created) == []
    assert datetime.fromisoformat(created).tzinfo is not None


def test_filters_of_transactions(office: Office) -> None:
    customer, project = office.customer(), office.project("A-1")
    office.project("B")
    body = office.journal(customer)
    body["VoucherLines"][1]["ProjectId"] = project
    office.post(PATHS["journal"], body)
    office.post(PATHS["invoice"], office.invoice(customer))

    def accounts(**query: Any) -> list[int]:
        return [one["AccountNo"] for one in office.transactions(**query)]

    assert accounts(accountNos="2000-2999, 4000-") == [2700, 2700]
    assert accounts(projectCodes="a-1,C") == [3000]
    assert accounts(projectCodes="-1", accountNos="3000") == [3000]
    assert accounts(voucherTypes="OutgoingInvoice,Expense") == [1500, 3000, 2700]
    assert accounts(voucherNos="2-") == [1500, 3000, 2700]
    assert accounts(vatCodes="3", PageSize=3, PageNumber=2) == [2700]
    assert accounts(OrderBy="AccountNo desc", PageSize=1) == [3000]
    one = office.transactions(Fields="Id,AccountNo", PageSize=1)
    assert [sorted(row) for row in one] == [["AccountNo", "Id"]]
    refusal(office.get("/AccountTransactions", fromDate=DAY, toDate=DAY, accountNos="3000-x"))
    refusal(office.get("/AccountTransactions", fromDate=DAY, toDate=DAY, voucherTypes="Nothing"))
    assert refusal(office.get("/AccountTransactions", fromDate=DAY)) == "The toDate field is required."
    assert office.get("/AccountTransactions", fromDate=DAY, toDate=DAY, PageSize=20_001).status_code == 400


def test_amounts_are_numbers_of_two_decimals(office: Office) -> None:
    office.post(PATHS["journal"], office.journal(office.customer(), gross=1000.1))
    answer = office.get("/AccountTransactions", fromDate=DAY, toDate=DAY)
    amounts = [one["Amount"] for one in json.loads(answer.text, parse_float=Decimal)]
    assert amounts == [Decimal("1000.1"), Decimal("-800.08"), Decimal("-200.02")]
    assert sum(amounts) == 0
