"""A year of another integration in the hub's stand-in: balanced, with the habits and mistakes that were asked for."""

from decimal import Decimal
from typing import Any

import httpx2
import pytest

from bilag_sandbox import hub
from bilag_sandbox.common import running
from bilag_sandbox.hub.habits import Habits, drawn_habits, drawn_mistakes
from tests.support import local_http


def invoice(number: int, net: str = "1000.00", vat: str = "250.00", **changes: Any) -> dict[str, Any]:
    """An invoice as Moment's API gives it."""
    line = {
        "text": "Honorar", "accountNumber": "3000", "vatCode": "3", "netAmount": net, "vatAmount": vat, "project": None,
        "department": None, "accrualFrom": None, "accrualTo": None, **changes.pop("line", {}),
    }  # fmt: skip
    return {
        "invoiceNumber": number, "issueDate": "2026-10-05", "dueDate": "2026-10-19", "description": "Skisse", "currency": "NOK",
        "exchangeRate": 1, "customer": {"customerNumber": "10001", "name": "Nøst AS"}, "yourReference": None, "paymentId": None,
        "project": {"projectNumber": "1207"}, "department": {"externalDepartmentNumber": "10"}, "creditedInvoiceNumber": None,
        "lines": [line], "totalAmount": str(Decimal(net) + Decimal(vat)), **changes,
    }  # fmt: skip


def posted(url: str, **body: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    answer = local_http.post(f"{url}/admin/clients/123/history", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json(), local_http.get(f"{url}/admin/clients/123/ledger").json()


@pytest.fixture
def url() -> Any:
    with running(hub.app()) as address:
        yield address


def test_habits_are_followed(url: str) -> None:
    habits = {
        "projectUnit": 7,
        "projectZeros": 6,
        "departmentUnit": 3,
        "numberOffset": 100_000,
        "text": "number",
        "customerZeros": 8,
    }
    _answer, [voucher] = posted(url, invoices=[invoice(5001)], habits=habits, mistakes={})
    assert (voucher["voucherNumber"], voucher["text"], voucher["customerNumber"]) == (
        105001,
        "Faktura 5001",
        "00010001",
    )
    assert voucher["entries"][1]["orgUnits"] == {"3": "10", "7": "001207"}
    assert [one["accountNumber"] for one in voucher["entries"]] == ["1500", "3000", "2700"]
    assert sum(Decimal(one["amount"]) for one in voucher["entries"]) == 0


def test_rounding_and_accruals_go_to_their_accounts(url: str) -> None:
    spread = {"accrualFrom": "2026-10-01", "accrualTo": "2026-12-31"}
    habits = {"roundingAccount": "7745", "accrual": "months", "accrualDebit": "3911", "accrualCredit": "2961"}
    rounded = invoice(5001, line=spread, totalAmount="1250.01")
    _answer, ledger = posted(url, invoices=[rounded], habits=habits, mistakes={})
    assert {one["accountNumber"]: one["amount"] for one in ledger[0]["entries"]}["7745"] == "-0.01"
    deferred = {
        (one["voucherDate"], one["relatedVoucherNumber"]): sum(
            Decimal(entry["amount"]) for entry in one["entries"] if entry["accountNumber"] == "3911"
        )
        for one in ledger[1:]
    }
    shares = [Decimal("666.67"), Decimal("-333.34"), Decimal("-333.33")]
    assert deferred == dict(
        zip([(day, 5001) for day in ("2026-10-05", "2026-11-30", "2026-12-31")], shares, strict=True)
    )
    accounts = {
        row["accountNumber"] for row in local_http.get(f"{url}/admin/clients/123/trial-balance").json()["accounts"]
    }
    assert {"7745", "3911", "2961"} <= accounts


def test_mistakes_are_made_as_often_as_asked_and_named(url: str) -> None:
    invoices = [invoice(number) for number in range(5001, 5021)]
    asked = {"missing": 2, "twice": 1, "oreOff": 1, "wrongVatCode": 1, "withoutUnits": 1}
    answer, ledger = posted(url, invoices=invoices, habits={}, mistakes=asked)
    named = {kind: {one["invoiceNumber"] for one in answer["mistakes"] if one["kind"] == kind} for kind in asked}
    assert {kind: len(numbers) for kind, numbers in named.items()} == asked
    times = [sum(one["voucherNumber"] == number for one in ledger) for number in range(5001, 5021)]
    assert times.count(0) == 2
    assert times.count(2) == 1
    assert {one["voucherNumber"] for one in ledger if one["totalAmount"] == "1250.01"} == named["oreOff"]
    assert local_http.get(f"{url}/admin/clients/123/trial-balance").json()["sum"] == "0.00"
    assert answer["posted"] == 18


@pytest.mark.parametrize(
    "body",
    [
        {"invoices": [{}], "habits": {}, "mistakes": {}},
        {"invoices": [], "habits": {"colour": "red"}},
        {"invoices": [], "habits": {"projectUnit": 2, "departmentUnit": 2}},
        {"invoices": [], "mistakes": {"missing": -1}},
        {"invoices": [], "month": 5},
        {},
    ],
)
def test_what_is_no_history_is_refused(url: str, body: dict[str, Any]) -> None:
    answer: httpx2.Response = local_http.post(f"{url}/admin/clients/123/history", json=body)
    assert answer.status_code == 400
    assert local_http.get(f"{url}/admin/clients/123/ledger").json() == []


def test_sample_year_is_posted_once_in_empty_books(tmp_path: Any) -> None:
    for said_again in (1, 0):
        said: list[str] = []
        with running(hub.app(data=tmp_path, history=7, report=said.append)) as address:
            ledger = local_http.get(f"{address}/admin/clients/123/ledger").json()
        assert len([sentence for sentence in said if "posted by another integration" in sentence]) == said_again
        assert 260 < len({one["voucherNumber"] for one in ledger if one["type"] != "journal"}) <= 275


def test_a_seed_draws_the_same_habits_and_seeds_differ() -> None:
    assert drawn_habits(3) == drawn_habits(3)
    assert len({str(drawn_habits(seed)) for seed in range(20)}) > 10
    assert len({str(drawn_mistakes(seed)) for seed in range(20)}) > 10
    assert Habits.from_json(drawn_habits(5).as_json()) == drawn_habits(5)
